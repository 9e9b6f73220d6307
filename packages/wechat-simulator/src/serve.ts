import type { Simulator } from "./control/simulator.js";
import { CommandError } from "./input/command-error.js";
import { readApps } from "./input/parse-app.js";
import { startSimulator } from "./start-simulator.js";

/**
 * Starts the simulator that the environment describes.
 *
 * @throws {CommandError} it cannot
 */
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

/** A port of this machine, 0 for any. @throws {CommandError} it is none */
export function readPort(value: string, name: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535) {
    throw new CommandError(`${name} must be a port number from 0 to 65535.`);
  }
  return number;
}

/** What to tell somebody when something of ours cannot listen. */
export function startProblem(
  error: unknown,
  what: string,
  places: readonly { port: number; setting: string }[],
): CommandError {
  const { code, port: failed, message } = error as NodeJS.ErrnoException & { port?: number };
  const place = places.find(({ port }) => port === failed) ?? places[0];
  if (place && code === "EADDRINUSE") {
    const { port, setting } = place;
    return new CommandError(`Port ${port} is in use: stop what listens there, or set ${setting}.`, error);
  }
  if (place && code === "EACCES") {
    const { port, setting } = place;
    return new CommandError(
      `Port ${port} may not be listened on here: set ${setting} to one above 1023.`,
      error,
    );
  }
  return new CommandError(`${what} could not start: ${message ?? String(error)}`, error);
}

/** Ends the process on Ctrl-C or SIGTERM, after what must be closed. */
export function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // Every signal is taken: a terminal sends Ctrl-C to the whole group, and whoever started us sends another.
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      // Nothing to save: it stops at once.
      void close().finally(() => process.exit(0));
    });
  }
}
