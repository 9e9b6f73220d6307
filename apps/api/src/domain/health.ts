import { findAnyOperator } from "../db/operators.js";
import { deleteThrottle, rememberUntil } from "../db/throttles.js";
import { type Deps, later } from "./deps.js";

/** Long enough for a busy moment, short enough for a load balancer's own timeout. */
const timeoutMs = 1_000;

/** For how long one attempt to write counts: /readyz is public, and must not write as often as it is asked. */
export const writabilitySeconds = 10;

/** SQLite stores a key of this length on a page of its own, for which a full file has no room. */
const longKey = `readiness ${"x".repeat(2_000)}`;

/**
 * `read-only`: what people and hosts read is served, and what has to be written is refused with a page that says so. It is no reason
 * to send requests elsewhere: all processes share the database, and a load balancer would have no one left.
 */
export type Readiness = "ok" | "read-only" | "not ready";

/** What is known after a second at the latest. */
export async function readReadiness(deps: Deps): Promise<Readiness> {
  let readiness: Readiness = "not ready";
  const look = async () => {
    if (!(await isDatabaseAnswering(deps))) return;
    readiness = "read-only";
    if (await deps.writability.get(deps.now(), () => isDatabaseWritable(deps))) readiness = "ok";
  };
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([look(), timedOut]).finally(() => clearTimeout(timer));
  return readiness;
}

const isDatabaseAnswering = ({ db, log }: Deps): Promise<boolean> =>
  isDone(db.run(findAnyOperator, {}), (err) =>
    log.error({ event: "database_unavailable", err }, "the database does not answer"),
  );

/** Writes a row, and deletes it in the same transaction. */
function isDatabaseWritable({ db, log, now }: Deps): Promise<boolean> {
  const row = { key: longKey, expiresAt: later(now(), writabilitySeconds) };
  return isDone(db.batch([rememberUntil.with(row), deleteThrottle.with(row)]), (err) =>
    log.error({ event: "database_not_writable", err }, "the database can be read and not written"),
  );
}

const isDone = (work: Promise<unknown>, logError: (error: unknown) => void): Promise<boolean> =>
  work.then(
    () => true,
    (error: unknown) => {
      logError(error);
      return false;
    },
  );
