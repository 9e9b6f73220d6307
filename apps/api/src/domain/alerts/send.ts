import { claimAlertChannel, listDueAlertChannels, releaseAlertChannel } from "../../db/alert-channels.js";
import { finishDeliveries, listPendingDeliveries, postponeDeliveries } from "../../db/alert-incidents.js";
import { jsonRows } from "../../db/json-rows.js";
import { type Deps, later } from "../deps.js";
import { newId } from "../ids.js";
import { readAddress } from "./channel-secrets.js";
import { groupingSeconds } from "./incidents.js";
import { type AlertMessage, alertMessage, criticalKinds, type Told } from "./message.js";
import { endOfQuietHours } from "./quiet-hours.js";
import { robots } from "./robots.js";

/** Longer than a try takes: a process that was killed leaves the channel to the others after this. */
const leaseSeconds = 30;

/** So much is told in one message. */
const mostInMessage = 200;

/** When a message is tried again after each failure, in seconds; the last one also after that. Longer than any robot's limit. */
const retryDelays = [60, 5 * 60, 30 * 60, 2 * 3600];

type Channel = (typeof claimAlertChannel)["row"] & {};

/**
 * Sends each channel what is due, at least once, as one message: so a channel gets at most one in 30 seconds, which is within the
 * limits of every robot, however much goes wrong. A channel is leased, so that two processes do not send the same.
 *
 * @throws {DatabaseError}
 */
export async function sendAlerts(deps: Deps): Promise<void> {
  const due = await deps.db.run(listDueAlertChannels, { now: deps.now() });
  await Promise.all(due.map(({ id }) => sendTo(deps, id)));
}

async function sendTo(deps: Deps, channelId: string): Promise<void> {
  const now = deps.now();
  const leaseUntil = later(now, leaseSeconds);
  const [channel] = await deps.db.run(claimAlertChannel, { id: channelId, now, leaseUntil });
  if (!channel) return; // another process has it
  const until = later(now, groupingSeconds);
  const pending = await deps.db.run(listPendingDeliveries, { channelId, until, limit: mostInMessage });
  const { told, postponed, quietUntil } = sortByQuietHours(channel, pending, now);
  const rowsOf = (some: readonly Told[]) =>
    jsonRows(some.map(({ change, incident }) => ({ incidentId: incident.id, change })));
  const waits = quietUntil
    ? [postponeDeliveries.with({ channelId, rows: rowsOf(postponed), until: quietUntil })]
    : [];
  if (told.length === 0) {
    const { lastSentAt, failingSince, lastError, failures, retryAt } = channel;
    const as = { lastSentAt, failingSince, lastError, failures, retryAt };
    await deps.db.batch([...waits, releaseAlertChannel.with({ id: channelId, leaseUntil, ...as })]);
    return;
  }
  const error = await post(deps, channel, alertMessage(deps, told, channel));
  if (error === undefined) {
    await deps.db.batch([
      ...waits,
      finishDeliveries.with({ channelId, rows: rowsOf(told), now }),
      releaseAlertChannel.with({
        ...{ id: channelId, leaseUntil, lastSentAt: now },
        ...{ failingSince: null, lastError: null, failures: 0, retryAt: null },
      }),
    ]);
    return;
  }
  const delay = retryDelays[Math.min(channel.failures, retryDelays.length - 1)] ?? 0;
  await deps.db.batch([
    ...waits,
    releaseAlertChannel.with({
      ...{ id: channelId, leaseUntil, lastSentAt: channel.lastSentAt, lastError: error },
      ...{ failingSince: channel.failingSince ?? now, failures: channel.failures + 1 },
      retryAt: later(now, delay),
    }),
  ]);
  deps.log.warn({ event: "alert_not_sent", channelId, kind: channel.kind, error }, "an alert was not sent");
}

/** In quiet hours only what is critical is told, and its end; the rest when they are over. */
function sortByQuietHours(channel: Channel, pending: readonly Told[], now: Date) {
  const quietUntil = endOfQuietHours(channel, now);
  const isTold = ({ incident }: Told) => !quietUntil || criticalKinds.has(incident.kind);
  return { quietUntil, told: pending.filter(isTold), postponed: pending.filter((one) => !isTold(one)) };
}

/**
 * Sends one message to a channel.
 *
 * @returns why it did not arrive; undefined if it did.
 */
export async function post(
  deps: Deps,
  channel: { id: string; kind: Channel["kind"]; url: string; secret: string | null },
  message: AlertMessage,
): Promise<string | undefined> {
  const robot = robots[channel.kind];
  const address = readAddress(deps, channel);
  if (!address) return "secret unreadable";
  const now = deps.now();
  const { url, headers, body } = robot.request({ ...address, message, id: `alert_${newId(now)}`, now });
  return robot.refusalOf(await deps.webhooks.post(url, headers, body, { readsAnswer: true }));
}
