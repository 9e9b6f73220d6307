import { setImmediate as yieldToRequests } from "node:timers/promises";
import { findEvent } from "../../db/events.js";
import { jsonRows } from "../../db/json-rows.js";
import type { BoundStatement } from "../../db/statement.js";
import {
  claimDeliveries,
  clearEndpointFailing,
  deferDeliveries,
  disableEndpoint,
  failDeliveries,
  findEndpointOfDelivery,
  finishAttempt,
  listDueDeliveries,
  setEndpointFailing,
} from "../../db/webhooks.js";
import { type Deps, later } from "../deps.js";
import { toHostEvent } from "./feed.js";
import type { WebhookAnswer } from "./webhook-client.js";
import { secretsOf } from "./webhook-secrets.js";
import { signedHeaders } from "./webhook-signature.js";

/** Longer than a try takes: a process that was killed leaves its deliveries to the others after this. */
const leaseSeconds = 30;

const pageSize = 50;

/** How many full pages one run looks at. */
const pagesPerRun = 20;

/** When a delivery is tried again after each failure, in seconds; after the last one it has failed. */
const retryDelays = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600];

/** An endpoint that takes nothing for so long is disabled. */
const failingSeconds = 3 * 86_400;

const secondsUntilNext = { failing: 60, busy: 2 };

/**
 * How long to wait after a number of failed tries: a tenth more at most, so that what failed together does not come back together.
 *
 * @returns undefined after the last one.
 */
export function retryDelaySeconds(failures: number, random: number): number | undefined {
  const delay = retryDelays[failures - 1];
  return delay === undefined ? undefined : delay * (1 + random / 10);
}

/**
 * Sends what is due to webhooks, at least once each and in no certain order, without waiting for the answers: a receiver that
 * hangs holds up no other one. A delivery is leased, so that two processes do not send it at the same time.
 *
 * @throws {DatabaseError}
 */
export async function deliverWebhooks(deps: Deps): Promise<void> {
  await deps.deliverySlots.claim(async () => {
    for (let page = 0; page < pagesPerRun; page++) {
      if (!(await claimPage(deps, { mayDefer: true }))) return;
      await yieldToRequests();
    }
  });
}

/** What ended makes room for one more. A database that fails is noticed by the job. */
const deliverNext = (deps: Deps): Promise<void> =>
  deps.deliverySlots.claim(async () => void (await claimPage(deps, { mayDefer: false }))).catch(() => {});

type Due = (typeof listDueDeliveries)["row"] & {};
type Claimed = (typeof claimDeliveries)["row"] & {};

/** @returns whether there may be more that can be sent now. */
async function claimPage(deps: Deps, { mayDefer }: { mayDefer: boolean }): Promise<boolean> {
  const { db, deliverySlots } = deps;
  if (deliverySlots.free === 0) return false;
  const now = deps.now();
  const due = await db.run(listDueDeliveries, { now, limit: pageSize });
  const { ready: sendable, ...rows } = sortDue(deps, due);
  const ready = sendable.slice(0, deliverySlots.free); // the others are sent once one of these has ended
  const idsOf = (some: readonly Due[]) => jsonRows(some.map(({ id }) => ({ id })));
  if (rows.disabled.length > 0) {
    await db.run(failDeliveries, { rows: idsOf(rows.disabled), error: "endpoint disabled" });
  }
  if (ready.length > 0) {
    const leaseUntil = later(now, leaseSeconds);
    const claimed = await db.run(claimDeliveries, { rows: idsOf(ready), now, leaseUntil });
    for (const delivery of claimed) {
      void deliverySlots
        .take(delivery.endpointId, () => deliver(deps, delivery, leaseUntil))
        .then(() => deliverNext(deps));
    }
  }
  if (due.length < pageSize) return false;
  // A full page of endpoints that take no more now would hide what is behind it.
  if (mayDefer) {
    for (const kind of ["failing", "busy"] as const) {
      const waiting = rows[kind];
      if (waiting.length === 0) continue;
      await db.run(deferDeliveries, { rows: idsOf(waiting), until: later(now, secondsUntilNext[kind]) });
    }
  }
  return true;
}

function sortDue({ deliverySlots }: Deps, due: readonly Due[]) {
  const rows = { disabled: [], ready: [], failing: [], busy: [] } as Record<
    "disabled" | "ready" | "failing" | "busy",
    Due[]
  >;
  const free = new Map<string, number>();
  for (const row of due) {
    const { endpointId, disabledAt } = row;
    const isFailing = row.failingSince !== null;
    const left = free.get(endpointId) ?? deliverySlots.freeFor(endpointId, { isFailing });
    if (disabledAt !== null) rows.disabled.push(row);
    else if (left > 0) rows.ready.push(row);
    else rows[isFailing ? "failing" : "busy"].push(row);
    free.set(endpointId, left - 1);
  }
  return rows;
}

/** Tries a delivery once. Never rejects: what the database does not take is tried again after the lease. */
async function deliver(deps: Deps, delivery: Claimed, leaseUntil: Date): Promise<void> {
  try {
    const [endpoint] = await deps.db.run(findEndpointOfDelivery, { id: delivery.endpointId });
    if (!endpoint) return;
    const { clientId } = endpoint;
    const [row] = await deps.db.run(findEvent, { number: delivery.eventNumber ?? 0, clientId });
    if (!row) {
      const rows = jsonRows([{ id: delivery.id }]);
      await deps.db.run(failDeliveries, { rows, error: "event deleted" });
      return;
    }
    const { id, type, timestamp, data } = toHostEvent(row);
    const startedAt = performance.now();
    const answer = await sendSigned(deps, endpoint, { id, body: JSON.stringify({ type, timestamp, data }) });
    await finish(deps, { delivery, leaseUntil, endpoint }, answer, performance.now() - startedAt);
  } catch (error) {
    deps.log.error({ event: "webhook_not_recorded", err: error }, "a webhook could not be sent or recorded");
  }
}

export type Endpoint = (typeof findEndpointOfDelivery)["row"] & {};

/** Signs a message with the secrets of an endpoint, and sends it. */
export async function sendSigned(
  deps: Deps,
  endpoint: Endpoint,
  { id, body }: { id: string; body: string },
): Promise<WebhookAnswer> {
  const now = deps.now();
  const secrets = secretsOf(deps, endpoint, now);
  if (secrets.length === 0) return { status: null, error: "secret unreadable" };
  const timestamp = Math.floor(now.getTime() / 1000);
  return deps.webhooks.post(endpoint.url, signedHeaders({ id, timestamp, body }, secrets), body);
}

async function finish(
  deps: Deps,
  { delivery, leaseUntil, endpoint }: { delivery: Claimed; leaseUntil: Date; endpoint: Endpoint },
  { status, error }: WebhookAnswer,
  durationMs: number,
): Promise<void> {
  const now = deps.now();
  const { id, clientId } = endpoint;
  const delay = retryDelaySeconds(delivery.attempts + 1, Math.random());
  const nextAttemptAt = error === null || status === 410 || delay === undefined ? null : later(now, delay);
  const attempt = finishAttempt.with({
    id: delivery.id,
    leaseUntil,
    state: error === null ? "delivered" : nextAttemptAt === null ? "failed" : "pending",
    now,
    nextAttemptAt,
    status,
    error,
    durationMs: Math.round(durationMs),
  });
  if (error === null) {
    await deps.db.batch([attempt, ...(endpoint.failingSince ? [clearEndpointFailing.with({ id })] : [])]);
    return;
  }
  const isOver = endpoint.failingSince && later(endpoint.failingSince, failingSeconds) <= now;
  const reason = status === 410 ? "gone" : isOver ? "failing" : undefined;
  const change: BoundStatement<{ id: string }> =
    reason === undefined ? setEndpointFailing.with({ id, now }) : disableEndpoint.with({ id, reason, now });
  const [, changed] = await deps.db.batch([attempt, change]);
  if (changed.length === 0) return; // by another delivery
  const about = { clientId, endpointId: id, error, status };
  if (reason === undefined) {
    deps.log.warn({ event: "webhook_failing", ...about }, "a webhook of a host application fails");
  } else {
    deps.log.warn(
      { event: "webhook_disabled", ...about, reason },
      "a webhook of a host application was disabled; its events stay in the feed",
    );
  }
}
