import type { Simulator } from "./control/simulator.js";
import { CommandError } from "./input/command-error.js";
import { readApps } from "./input/parse-app.js";
import { startSimulator } from "./start-simulator.js";

/** Starts a simulator with the settings of the environment. @throws {CommandError} */
export async function startFromEnvironment(env: NodeJS.ProcessEnv): Promise<Simulator> {
  const port = readPort(env.SIMULATOR_PORT || "4010", "SIMULATOR_PORT");
  const callbackHosts = (env.SIMULATOR_CALLBACK_HOST ?? "")
    .split(",")
    .map((host) => host.trim())
    .filter((host) => host !== "");
  try {
    return await startSimulator({
      port,
      ...(callbackHosts.length > 0 ? { callbackHosts } : {}),
      ...(env.SIMULATOR_APPS ? { apps: readApps(env.SIMULATOR_APPS) } : {}),
    });
  } catch (error) {
    throw startProblem(error, "The simulator", [{ port, setting: "SIMULATOR_PORT" }]);
  }
}

/** A port number, 0 for any free one. @throws {CommandError} */
export function readPort(value: string, name: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535) {
    throw new CommandError(`${name} must be a port number from 0 to 65535.`);
  }
  return number;
}

/** Explains why a server could not listen. */
export function startProblem(
  error: unknown,
  what: string,
  ports: readonly { port: number; setting: string }[],
): CommandError {
  const { code, port: failed, message } = error as NodeJS.ErrnoException & { port?: number };
  const used = ports.find(({ port }) => port === failed) ?? ports[0];
  if (used && code === "EADDRINUSE") {
    const { port, setting } = used;
    return new CommandError(`Port ${port} is in use: stop what listens there, or set ${setting}.`, error);
  }
  if (used && code === "EACCES") {
    const { port, setting } = used;
    return new CommandError(
      `Listening on port ${port} is not permitted here: set ${setting} to a port above 1023.`,
      error,
    );
  }
  return new CommandError(`${what} could not start: ${message ?? String(error)}`, error);
}

/** Ends the process on Ctrl-C or SIGTERM, after `close`. */
export function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // Repeated signals are ignored: a terminal sends Ctrl-C to the whole group, and the parent process may send another.
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      void close().finally(() => process.exit(0));
    });
  }
}
