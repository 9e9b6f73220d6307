import { buildApp } from "./app.js";
import { DatabaseError } from "./db/database.js";
import { openDatabase } from "./db/open.js";
import { startMaintenance } from "./domain/maintenance.js";
import { ensureFirstOperator } from "./domain/operators.js";
import { readSettings, SettingsError } from "./env.js";
import { keptKeys } from "./kept-keys.js";

// The only side effects: read the environment, open the database, listen.

/** Requests in flight have this long when the process is told to stop. */
const graceMs = 10_000;

try {
  const settings = readSettings(process.env, keptKeys);
  const db = await openDatabase(settings);
  const { server, deps, stopTakingPeople } = await buildApp({ settings, db });
  if (settings.production && settings.wechatOpenUrl !== "https://open.weixin.qq.com") {
    deps.log.warn(
      { event: "simulator_in_production" },
      "the simulator is allowed in production: anybody can be anybody",
    );
  }
  if (settings.firstOperator) await ensureFirstOperator(deps, settings.firstOperator);
  await server.listen({ host: settings.host, port: settings.port });
  const stopMaintenance = startMaintenance(deps);

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stopTakingPeople();
      setTimeout(() => process.exit(0), graceMs).unref();
      void server
        .close()
        .then(stopMaintenance)
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
  if (error instanceof DatabaseError) {
    const reason = error.cause instanceof Error ? error.cause.message : "unknown";
    return `The database could not be opened: ${reason}. Check DATA_DIR (is the folder writable, the disk full?) or DATABASE_URL.`;
  }
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    return "The port is in use: stop what listens there, or set PORT.";
  }
  return error instanceof Error ? (error.stack ?? error.message) : "The start failed.";
}
