import { buildApp } from "./app.js";
import { DatabaseError } from "./db/database.js";
import { openDatabase } from "./db/open.js";
import { startJobs } from "./domain/jobs/jobs.js";
import { ensureFirstOperator } from "./domain/operators/accounts.js";
import { ErasureLedgerError } from "./domain/people/erasure-ledger.js";
import { replayErasures } from "./domain/people/replay-erasures.js";
import { SettingsError } from "./env.js";
import { loadSettings } from "./load-settings.js";

// The only side effects: read the environment, open the database, listen.

/** How long requests in flight and running jobs have to finish once the process stops. */
const graceMs = 10_000;

// Writing to a pipe that its reader closed fails asynchronously, and must not end the process.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

try {
  const settings = loadSettings(process.env);
  const db = await openDatabase(settings);
  const { server, internal, deps, startDraining } = await buildApp({ settings, db });

  let stopJobs = async (): Promise<void> => {};
  let stopping = false;
  let exitCode = 0;

  /** Ends the process: answers the requests in flight, finishes the running jobs, closes the database. */
  const stop = async (code: 0 | 1): Promise<void> => {
    exitCode ||= code;
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(exitCode), graceMs);
    try {
      startDraining();
      await server.close();
      await internal?.close();
      await stopJobs();
      await db.close();
    } catch (error) {
      server.log.error({ event: "stop_failed", err: error }, "the process did not stop cleanly");
    }
    // A pipe is written asynchronously on some systems, and exit() would drop what is still queued.
    process.stdout.write("", () => process.exit(exitCode));
  };

  // An unhandled rejection arrives here too. The state of the process is unknown from now on, so it ends and its
  // supervisor starts another one. Failures that are expected are handled where they arise.
  process.on("uncaughtException", (error, origin) => {
    server.log.fatal({ event: origin, err: error }, "an error outside any request or job ends the process");
    void stop(1);
  });

  if (settings.production && settings.usesSimulator) {
    deps.log.warn(
      { event: "simulator_in_production" },
      "the simulator is allowed in production: anyone can sign in as anyone",
    );
  }
  if (settings.usesRelay) {
    deps.log.warn(
      { event: "relay", host: new URL(settings.wechatApiUrl).host },
      "calls to WeChat go through the relay in WECHAT_API_URL, which sees the app secrets and answers in WeChat's place",
    );
  }
  if (settings.wechatProxy) {
    deps.log.info(
      { event: "proxy", host: settings.wechatProxy.host },
      "calls to WeChat go through the proxy in HTTPS_PROXY",
    );
  }
  for (const { key, name } of settings.apps) {
    if (name !== undefined) continue;
    deps.log.warn(
      { event: "app_without_name", app: key },
      "an app has no `name` in WECHAT_APPS: people will not see whose page asks them to sign in",
    );
  }
  for (const { key, group, profile, kind, unionidConsent } of settings.apps) {
    if (group === undefined || profile === "ask" || kind === "website" || unionidConsent) continue;
    deps.log.warn(
      { event: "group_without_profile", app: key },
      'an app has a `group` and `profile: "none"`: WeChat tells its unionids only for people who follow the account, so others are not recognized in the apps of the group (`unionidConsent` asks them)',
    );
  }
  if (settings.retentionDays < 180) {
    deps.log.warn(
      { event: "retention_short", days: settings.retentionDays },
      "RETENTION_DAYS is below 180: Chinese law asks for the records of sign-ins of six months",
    );
  }
  await replayErasures(deps);
  if (settings.firstOperator) await ensureFirstOperator(deps, settings.firstOperator);
  const { host, port, internalPort } = settings;
  if (internalPort !== undefined) await internal?.listen({ host, port: internalPort });
  await server.listen({ host, port });
  // Without a listener, a client that disconnects before accept(), or a lack of file descriptors, would end the process.
  server.server.on("error", (error) =>
    server.log.error({ event: "accept_failed", err: error }, "a connection was not accepted"),
  );
  stopJobs = startJobs(deps);

  // on() and not once(): a second signal must not end a process that is stopping. A terminal sends Ctrl-C to the whole
  // process group, and the parent process sends another.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(0));
} catch (error) {
  // Connections to the database and a server that listens already would keep the process alive. What it logged comes first.
  process.stdout.write("", () => process.stderr.write(`${startProblem(error)}\n`, () => process.exit(1)));
}

/** One line for what an operator can fix; the error with its stack for anything else. */
function startProblem(error: unknown): string {
  if (error instanceof SettingsError || error instanceof ErasureLedgerError) return error.message;
  if (error instanceof DatabaseError && error.reason === "newer") {
    return "The database belongs to a newer version of this system, which has changed it. Start that version, or restore a backup from before.";
  }
  if (error instanceof DatabaseError && /^(missing|network_file_system)$/.test(error.reason)) {
    return `The start was refused: ${error.message}.`;
  }
  if (error instanceof DatabaseError) {
    return `The database could not be opened: ${databaseProblem(error.cause)}. Check DATA_DIR (is the folder writable, the disk full?) or DATABASE_URL (are special characters of the password percent-encoded?).`;
  }
  if (error instanceof Error && "code" in error && "syscall" in error) {
    if (error.code === "EADDRINUSE") {
      const port = "port" in error ? ` ${error.port}` : "";
      return `The port${port} is in use: stop what listens there, or set PORT or INTERNAL_PORT.`;
    }
    if (error.syscall === "mkdir" || error.syscall === "open" || error.syscall === "stat")
      return `DATA_DIR cannot be used: ${error.code}.`;
    if (error.syscall === "listen" || error.syscall === "getaddrinfo") {
      return `HOST and PORT cannot be listened on: ${error.code}.`;
    }
  }
  return error instanceof Error ? (error.stack ?? error.message) : "The start failed.";
}

/** The message of a failed connection names a host, which may be part of a password that was not percent-encoded. */
function databaseProblem(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown";
  return "syscall" in cause && "code" in cause ? String(cause.code) : cause.message;
}
