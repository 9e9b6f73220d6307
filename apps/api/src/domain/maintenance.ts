import { setImmediate as yieldToRequests } from "node:timers/promises";
import { deleteAuditBefore } from "../db/audit.js";
import { deleteCallCountsBefore, deleteFailuresBefore } from "../db/failures.js";
import { deleteDeadOperatorLinks, deleteDeadOperatorSessions } from "../db/operators.js";
import { deleteDeadSessions } from "../db/sessions.js";
import { abandonSignIns, deleteSignInsBefore } from "../db/sign-ins.js";
import { slice } from "../db/slices.js";
import { deleteDeadThrottles } from "../db/throttles.js";
import { keepAppTokensFresh } from "./app-tokens.js";
import { type Deps, later } from "./deps.js";

/** Who did what is asked for longer than who signed in. */
const auditDays = 365;

/** Repeats a clean-up until it finds less than it may take at once, and lets requests in between. */
async function inSlices(cleanUp: () => Promise<unknown[]>): Promise<void> {
  while ((await cleanUp()).length >= slice) await yieldToRequests();
}

/** Deletes what has had its time. Safe to run in several processes at once. */
export async function sweep(deps: Deps): Promise<void> {
  const now = deps.now();
  const before = later(now, -deps.settings.retentionDays * 86_400);
  const idleSince = later(now, -deps.settings.sessionIdleSeconds);
  const cleanUps = [
    () => deps.db.run(abandonSignIns, { now }),
    () => deps.db.run(deleteDeadSessions, { now, seenBefore: idleSince }),
    () => deps.db.run(deleteDeadOperatorSessions, { now, seenBefore: later(now, -86_400) }),
    () => deps.db.run(deleteDeadOperatorLinks, { now }),
    () => deps.db.run(deleteDeadThrottles, { now }),
    () => deps.db.run(deleteSignInsBefore, { before }),
    () => deps.db.run(deleteFailuresBefore, { before }),
    () => deps.db.run(deleteAuditBefore, { before: later(now, -auditDays * 86_400) }),
    () => deps.db.run(deleteCallCountsBefore, { minute: Math.floor(before.getTime() / 60_000) }),
  ];
  const failures: unknown[] = [];
  for (const cleanUp of cleanUps) await inSlices(cleanUp).catch((error) => failures.push(error));
  // One that fails does not keep the others from theirs.
  if (failures.length > 0) throw failures[0];
}

const chores = [
  { name: "sweep", everyMs: 60_000, run: sweep },
  { name: "app_tokens", everyMs: 60_000, run: keepAppTokensFresh },
  { name: "call_counts", everyMs: 5_000, run: (deps: Deps) => deps.callCounts.flush(deps.db) },
];

/**
 * Starts what runs beside the requests. A chore that fails is logged and tried again at its next turn; it
 * never ends the process, and never runs twice at once.
 *
 * @returns stops the chores and waits for the one that is running.
 */
export function startMaintenance(deps: Deps): () => Promise<void> {
  let stopped = false;
  const running = new Set<Promise<void>>();
  const timers = chores.map(({ name, everyMs, run }) => {
    let busy = false;
    const turn = () => {
      if (busy || stopped) return;
      busy = true;
      const done = run(deps)
        .catch((error: unknown) =>
          deps.log.error({ event: "chore_failed", chore: name, err: error }, "a chore failed"),
        )
        .finally(() => {
          busy = false;
          running.delete(done);
        });
      running.add(done);
    };
    turn();
    return setInterval(turn, everyMs).unref();
  });
  return async () => {
    stopped = true;
    for (const timer of timers) clearInterval(timer);
    await Promise.all(running);
    await deps.callCounts.flush(deps.db).catch(() => {});
  };
}
