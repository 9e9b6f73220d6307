import { startSimulator } from "./start-simulator.js";

const port = readPort(process.env.SIMULATOR_PORT || "4010");
const callbackHosts = (process.env.SIMULATOR_CALLBACK_HOST ?? "")
  .split(",")
  .map((host) => host.trim())
  .filter((host) => host !== "");

try {
  const simulator = await startSimulator({ port, ...(callbackHosts.length > 0 ? { callbackHosts } : {}) });
  console.log(`WeChat simulator ready at ${simulator.url}`);
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // Every signal is taken: a terminal sends Ctrl-C to the whole group, and whoever started us sends another.
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      // Nothing to save: it stops at once.
      void simulator.close().finally(() => process.exit(0));
    });
  }
} catch (error) {
  fail(
    error instanceof Error && "code" in error && error.code === "EADDRINUSE"
      ? `Port ${port} is in use: stop what listens there, or set SIMULATOR_PORT.`
      : `The simulator could not start: ${error instanceof Error ? error.message : String(error)}`,
  );
}

function readPort(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535) {
    fail("SIMULATOR_PORT must be a port number from 0 to 65535.");
  }
  return number;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
