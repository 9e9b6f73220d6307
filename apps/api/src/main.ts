import { buildApp } from "./app.js";
import { DatabaseError } from "./db/database.js";
import { openDatabase } from "./db/open.js";
import { startJobs } from "./domain/jobs/jobs.js";
import { ensureFirstOperator } from "./domain/operators/accounts.js";
import { SettingsError } from "./env.js";
import { loadSettings } from "./load-settings.js";

// The only side effects: read the environment, open the database, listen.

/** Requests in flight have this long when the process is told to stop. */
const graceMs = 10_000;

// Whoever reads our log may go away, and a mistake beside the requests is no reason to end them.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

try {
  const settings = loadSettings(process.env);
  const db = await openDatabase(settings);
  const { server, deps, stopTakingPeople } = await buildApp({ settings, db });
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) =>
      deps.log.error({ event, err: error }, "an error that nobody caught"),
    );
  }
  if (settings.production && settings.usesSimulator) {
    deps.log.warn(
      { event: "simulator_in_production" },
      "the simulator is allowed in production: anybody can be anybody",
    );
  }
  if (settings.firstOperator) await ensureFirstOperator(deps, settings.firstOperator);
  await server.listen({ host: settings.host, port: settings.port });
  const stopJobs = startJobs(deps);

  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // Every signal is taken: a terminal sends Ctrl-C to the whole group, and whoever started us sends another.
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      stopTakingPeople();
      setTimeout(() => process.exit(0), graceMs).unref();
      void server
        .close()
        .then(stopJobs)
        .then(() => db.close())
        .finally(() => process.exit(0));
    });
  }
} catch (error) {
  process.stderr.write(`${startProblem(error)}\n`);
  process.exitCode = 1;
}

/** One clear line for what an operator can mend; for anything else the error itself. */
function startProblem(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  if (error instanceof DatabaseError && error.reason === "newer") {
    return "The database belongs to a newer version of this system, which has changed it. Start that version, or restore a backup from before.";
  }
  if (error instanceof DatabaseError) {
    return `The database could not be opened: ${databaseProblem(error.cause)}. Check DATA_DIR (is the folder writable, the disk full?) or DATABASE_URL (are special characters of the password percent-encoded?).`;
  }
  if (error instanceof Error && "code" in error && "syscall" in error) {
    if (error.code === "EADDRINUSE") return "The port is in use: stop what listens there, or set PORT.";
    if (error.syscall === "mkdir" || error.syscall === "open")
      return `DATA_DIR cannot be used: ${error.code}.`;
    if (error.syscall === "listen" || error.syscall === "getaddrinfo") {
      return `HOST and PORT cannot be listened on: ${error.code}.`;
    }
  }
  return error instanceof Error ? (error.stack ?? error.message) : "The start failed.";
}

/** A failed connection's message names a host, which may be part of a password that was not percent-encoded. */
function databaseProblem(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown";
  return "syscall" in cause && "code" in cause ? String(cause.code) : cause.message;
}
