import { setImmediate as yieldToRequests } from "node:timers/promises";
import { deleteIncidentsBefore } from "../../db/alert-incidents.js";
import { deleteAppTokenFetchesBefore } from "../../db/app-token-fetches.js";
import { deleteBindLinksBefore } from "../../db/bind-links.js";
import { deleteCallCountsBefore, deleteCallSlotsBefore } from "../../db/call-counts.js";
import { deleteBatchSize } from "../../db/delete-batch.js";
import {
  day,
  deleteErrorGroupCountsBefore,
  deleteErrorGroupPeopleBefore,
  quarter,
  slotOf,
} from "../../db/error-groups.js";
import { deleteEventsBefore } from "../../db/events.js";
import { clearFailureBody, deleteFailuresBefore, listFailuresAfter } from "../../db/failures.js";
import { deleteHandOutsBefore } from "../../db/hand-outs.js";
import { deleteExpiredIdempotencyKeys } from "../../db/idempotency-keys.js";
import { deleteMovesBefore } from "../../db/merges.js";
import { deleteExpiredChallenges } from "../../db/operator-factors.js";
import { deleteExpiredOperatorLinks, deleteExpiredOperatorSessions } from "../../db/operators.js";
import { deleteExpiredSessions } from "../../db/sessions.js";
import { abandonSignIns, deleteSignInsBefore, deleteUnfinishedSignIns } from "../../db/sign-ins.js";
import { deleteExpiredThrottles } from "../../db/throttles.js";
import { deleteExpiredTickets } from "../../db/tickets.js";
import { deleteDeliveriesBefore } from "../../db/webhooks.js";
import { deleteAuditBefore } from "../audit-seals.js";
import { type Deps, later } from "../deps.js";
import { unixDay } from "../hosts/hand-outs.js";
import { undoableAfter } from "../identity/merges.js";
import { idBoundary } from "../ids.js";
import { closeFloods } from "../operators/floods.js";
import { defaultReturnTo } from "../return-to.js";
import { livenessAt, operatorSessionLifetime, userSessionLifetime } from "../sessions/lifetime.js";
import { fetchHistoryDays } from "../tokens/fetch-history.js";

/** What an operator did is kept longer than who signed in. */
const auditDays = 365;

/** How many calls, sign-ins and failures of each kind a day had is kept longer than they are. */
const countDays = 400;

/** What WeChat said about a failed call, and its request id there, help only while the failure is new. */
const failureBodyDays = 30;

/** How far back a host can read the feed. */
const eventDays = 30;

/** Anyone can begin a sign-in, so one that was not finished is kept for a day only; its count stays. */
const unfinishedDays = 1;

/** How far back operators see what alerts told of. */
const incidentDays = 90;

/** So long a host can ask what became of a bind link that has expired. */
const bindLinkDays = 1;

/** One that a process which was stopped for longer than this left behind stays for RETENTION_DAYS. */
const unfinishedWindowDays = 7;

/** Deletes what has expired, in batches. Safe to run in several processes at the same time. */
export async function deleteExpired(deps: Deps): Promise<void> {
  const now = deps.now();
  const before = later(now, -deps.settings.retentionDays * 86_400);
  const unfinished = {
    after: later(now, -(unfinishedDays + unfinishedWindowDays) * 86_400),
    before: later(now, -unfinishedDays * 86_400),
  };
  const slots = {
    quarter: slotOf(before, quarter),
    day: slotOf(later(now, -countDays * 86_400), day),
  };
  const steps = [
    () => abandon(deps, now),
    () => deps.db.run(deleteUnfinishedSignIns, unfinished),
    () => deps.db.run(deleteExpiredSessions, livenessAt(userSessionLifetime(deps.settings), now)),
    () => deps.db.run(deleteExpiredOperatorSessions, livenessAt(operatorSessionLifetime, now)),
    () => deps.db.run(deleteExpiredOperatorLinks, { now }),
    () => deps.db.run(deleteExpiredChallenges, { now }),
    () => deps.db.run(deleteExpiredThrottles, { now }),
    () => deps.db.run(deleteMovesBefore, { mergeId: idBoundary(undoableAfter(now)) }),
    () => deps.db.run(deleteExpiredIdempotencyKeys, { now }),
    () => deps.db.run(deleteHandOutsBefore, { day: unixDay(before) }),
    () => deps.db.run(deleteExpiredTickets, { now }),
    () => deps.db.run(deleteBindLinksBefore, { before: later(now, -bindLinkDays * 86_400) }),
    () => deps.db.run(deleteDeliveriesBefore, { before: later(now, -eventDays * 86_400) }),
    () => deps.db.run(deleteEventsBefore, { before: later(now, -eventDays * 86_400) }),
    () => deps.db.run(deleteAppTokenFetchesBefore, { before: later(now, -fetchHistoryDays * 86_400) }),
    () => deps.db.run(deleteIncidentsBefore, { before: later(now, -incidentDays * 86_400) }),
    () => deps.db.run(deleteSignInsBefore, { before }),
    () => deps.db.run(deleteFailuresBefore, { before }),
    () => deps.db.run(deleteErrorGroupPeopleBefore, { before }),
    () => deps.db.run(deleteErrorGroupCountsBefore, slots),
    () => deps.db.run(deleteCallSlotsBefore, slots),
    () => deps.db.run(deleteCallCountsBefore, { minute: Math.floor(before.getTime() / 60_000) }),
  ];
  const errors: unknown[] = [];
  for (const step of steps) await inBatches(step).catch((error) => errors.push(error));
  await closeFloods(deps).catch((error) => errors.push(error));
  await deleteAuditBefore(deps, later(now, -auditDays * 86_400)).catch((error) => errors.push(error));
  await clearFailureBodies(deps, later(now, -failureBodyDays * 86_400)).catch((error) => errors.push(error));
  // A step that fails does not stop the others.
  if (errors.length > 0) throw errors[0];
}

/** How many batches one run reads, so that a process that stops does not wait for long. */
const clearedBatches = 200;

/**
 * Empties the failures that are older, the oldest first. Where the last run stopped is kept in memory: a start reads them once
 * more.
 */
async function clearFailureBodies(deps: Deps, before: Date): Promise<void> {
  for (let n = 0; n < clearedBatches; n++) {
    const rows = await deps.db.run(listFailuresAfter, { ...deps.clearedFailures, before });
    const full = rows.filter(({ errmsg, rid, request }) => errmsg !== "" || rid !== null || request !== null);
    if (full.length > 0) await deps.db.batch(full.map(({ id }) => clearFailureBody.with({ id })));
    const last = rows.at(-1);
    if (last) Object.assign(deps.clearedFailures, { afterAt: last.at, afterId: last.id });
    if (rows.length < deleteBatchSize) return;
    await yieldToRequests();
  }
}

async function abandon(deps: Deps, now: Date): Promise<unknown[]> {
  const rows = await deps.db.run(abandonSignIns, { now, defaultReturnTo });
  for (const { appId, createdAt } of rows) deps.callCounts.add(createdAt, appId, "sign_in", "abandoned");
  return rows;
}

/** Repeats a step until it deletes less than a batch, and lets requests run in between. */
async function inBatches(step: () => Promise<unknown[]>): Promise<void> {
  while ((await step()).length >= deleteBatchSize) await yieldToRequests();
}
