import { and, asc, eq, isNotNull, sql } from "drizzle-orm";
import type { Database } from "../db/database.js";
import type { AlertKind } from "../db/schema.js";
import { encoded, type Params, statement } from "../db/statement.js";
import { publishEvents } from "../domain/events/publish.js";
import { recordFailure } from "../domain/failures/failures.js";
import type { Requester } from "../domain/tokens/requesters.js";
import { idOf, Random } from "../seed/random.js";
import type { RowWriter } from "../seed/write.js";
import type { Act } from "./acts.js";
import type { EarlierSystem } from "./earlier-system.js";
import { type Existing, hostClientId } from "./existing.js";
import { type ClockTime, chinaTime } from "./week.js";

// What no visit leaves behind: the global token's history, what the host application was told, and alerts.

const tokenEndpoint = "cgi-bin/stable_token";
const hourMs = 3_600_000;

interface About {
  /** The app of the global token. */
  appId: string;
  now: Date;
  existing: Existing;
}

/** The global token, fetched every two hours less a few minutes; one afternoon WeChat refused the server's address. */
export function planTokenFetches(now: Date) {
  const refusedFrom = chinaTime(now, 5, "14:04").getTime();
  const refusedUntil = chinaTime(now, 5, "15:29").getTime();
  const fetches: { at: Date; errcode?: string }[] = [];
  const end = now.getTime() - hourMs;
  let at = now.getTime() - 7 * 24 * hourMs + 11 * 60_000;
  while (at < end) {
    const isRefused = at >= refusedFrom && at < refusedUntil;
    fetches.push({ at: new Date(at), ...(isRefused && { errcode: "40164" }) });
    const next = at + (isRefused ? 6.5 * 60_000 : 115 * 60_000);
    // Its token ended within that afternoon, and then it was tried every few minutes.
    at = at < refusedFrom && next > refusedFrom ? refusedFrom : next;
  }
  return fetches;
}

/** The failures of those fetches, at their time. */
export function tokenFailures(system: EarlierSystem, { appId, now }: About): Act[] {
  const failure = {
    ...{ endpoint: tokenEndpoint, errcode: "40164", attempt: 1 },
    errmsg: "invalid ip 203.0.113.24 ipv6 ::ffff:203.0.113.24, not in whitelist",
  };
  const { deps } = system.app;
  return planTokenFetches(now).map(({ at, errcode = "" }, number) => ({
    at,
    async run() {
      deps.callCounts.add(at, appId, tokenEndpoint, errcode);
      const rid = `6740${(number * 7919).toString(16).padStart(4, "0")}-2f1ac6d9-70e34b18`;
      if (errcode) await recordFailure(deps, { ...failure, rid }, { appId, latencyMs: 64 + (number % 40) });
    },
  }));
}

const raiseGeneration = statement(
  "demo_raise_generation",
  (orm, { appTokens: t }, p: Params<{ appId: string; by: number }>) =>
    orm
      .update(t)
      .set({ generation: sql`${t.generation} + ${p.by}`, version: sql`${t.version} + 1` })
      .where(and(eq(t.appId, p.appId), eq(t.kind, "access_token")))
      .returning({ generation: t.generation }),
);

const raiseFetches = statement(
  "demo_raise_fetches",
  (orm, { appTokenFetches: f }, p: Params<{ appId: string; by: number }>) =>
    orm
      .update(f)
      .set({ generation: sql`${f.generation} + ${p.by}` })
      .where(and(eq(f.appId, p.appId), eq(f.kind, "access_token"), isNotNull(f.generation)))
      .returning({ id: f.id }),
);

/** The history of the token. The one that is used now counts on from there. */
export async function writeTokenHistory(db: Database, writer: RowWriter, { appId, now }: About) {
  let generation = 0;
  const rows = planTokenFetches(now).map(({ at, errcode }, number) => ({
    ...{ id: idOf("demo fetch", at.getTime(), number), appId, kind: "access_token", at },
    ...{ source: "stable_token", requestedBy: requesterOf(number), latencyMs: 58 + ((number * 13) % 60) },
    ...{ generation: errcode ? null : ++generation, errcode: errcode ?? null },
  }));
  const by = { appId, by: generation };
  await db.batch([raiseGeneration.with(by), raiseFetches.with(by), writer.step("appTokenFetches", rows)]);
}

const requesterOf = (number: number): Requester =>
  number % 23 === 9 ? `host:${hostClientId}` : number === 50 ? "operator:zhouhang" : "schedule";

/** What the host application knows of its users, and the events that it was told. */
export async function writeHost(
  system: EarlierSystem,
  writer: RowWriter,
  { now, existing }: About,
): Promise<void> {
  const { db } = system.app.deps;
  const users = await db.consoleQuery((orm, t) =>
    orm.select({ id: t.users.id, createdAt: t.users.createdAt }).from(t.users).orderBy(asc(t.users.id)),
  );
  const random = new Random(15);
  const externalUsers = users
    .filter(({ id }) => !existing.users.has(id) && !random.isOneOf(4))
    .map(({ id, createdAt }, number) => ({
      ...{ clientId: hostClientId, externalId: String(880_120 + number * 3) },
      ...{ userId: id, createdAt: new Date(createdAt.getTime() + 20_000) },
    }));
  await publishEvents(system.app.deps);
  const [endpoint] = await db.consoleQuery((orm, t) =>
    orm
      .select({ id: t.webhookEndpoints.id })
      .from(t.webhookEndpoints)
      .where(eq(t.webhookEndpoints.clientId, hostClientId)),
  );
  const events = await db.consoleQuery((orm, t) =>
    orm
      .select({ number: t.outbox.number, at: t.outbox.at })
      .from(t.outbox)
      .where(isNotNull(t.outbox.number))
      .orderBy(asc(t.outbox.number)),
  );
  const deliveries = events.map(({ number, at }) => ({
    ...{ id: `${endpoint?.id}-${number}`, endpointId: endpoint?.id, eventNumber: number, createdAt: at },
    ...deliveryAt(at, now, random),
  }));
  for (let start = 0; start < deliveries.length; start += 500) {
    await db.batch([writer.step("webhookDeliveries", deliveries.slice(start, start + 500))]);
  }
  await db.batch([writer.step("externalUsers", externalUsers)]);
}

/** What the shop did not answer within an evening's 40 minutes failed for good later; one delivery in many took a second try. */
function deliveryAt(at: Date, now: Date, random: Random) {
  const isDown = at >= chinaTime(now, 2, "19:10") && at < chinaTime(now, 2, "19:50");
  const isSecond = random.isOneOf(40);
  const lastAttemptAt = new Date(at.getTime() + (isDown ? 27 * hourMs : isSecond ? 5_400 : 600));
  return {
    ...{ state: isDown ? "failed" : "delivered", attempts: isDown ? 8 : isSecond ? 2 : 1 },
    ...{ lastAttemptAt: lastAttemptAt < now ? lastAttemptAt : now, durationMs: 40 + random.below(160) },
    ...(isDown ? { lastStatus: 503, lastError: "HTTP 503" } : { lastStatus: 200, lastError: null }),
  };
}

interface PlannedIncident {
  kind: AlertKind;
  errcode?: string;
  opened: Date;
  /** Absent: it goes on. */
  minutes?: number;
  people?: number;
  events?: number;
  percent?: number;
}

function planIncidents(now: Date): PlannedIncident[] {
  const at = (daysAgo: number, time: ClockTime) => chinaTime(now, daysAgo, time);
  const recently = new Date(now.getTime() - 40 * 60_000);
  return [
    { kind: "ip_refused", errcode: "40164", opened: at(5, "14:05"), minutes: 85 },
    { kind: "group_new", errcode: "40125", opened: at(4, "10:16"), minutes: 95, people: 4, events: 6 },
    { kind: "success_share", opened: at(2, "20:45"), minutes: 60, events: 21, percent: 38 },
    { kind: "people_spike", errcode: "-1", opened: at(2, "20:44"), minutes: 71, people: 19, events: 24 },
    { kind: "group_regressed", errcode: "40125", opened: at(1, "12:11"), minutes: 65, people: 2, events: 3 },
    { kind: "people_spike", errcode: "40163", opened: recently, people: 11, events: 14 },
  ];
}

/** What went wrong for a while, with what the channels were told of it. */
export async function writeIncidents(
  system: EarlierSystem,
  writer: RowWriter,
  { appId, now, existing }: About,
): Promise<void> {
  const { db } = system.app.deps;
  const groups = await db.consoleQuery((orm, { errorGroups: g }) =>
    orm.select({ id: g.id, appId: g.appId, endpoint: g.endpoint, errcode: g.errcode }).from(g),
  );
  const channels = await listChannels(db, existing);
  const incidents = planIncidents(now).map(({ opened, minutes, ...planned }, number) => {
    const group = groups.find(({ errcode }) => errcode === planned.errcode);
    const recoveredAt = minutes === undefined ? null : new Date(opened.getTime() + minutes * 60_000);
    return {
      ...planned,
      id: idOf("demo incident", opened.getTime(), number),
      subject: subjectOf(planned, group, appId),
      ...(group ? { appId: group.appId, endpoint: group.endpoint } : { appId }),
      ...{ openedAt: opened, toldAt: opened, recoveredAt },
      lastAt: recoveredAt ?? now,
    };
  });
  const deliveries = incidents.flatMap(({ id, openedAt, recoveredAt }) =>
    [
      { change: "opened", at: openedAt },
      ...(recoveredAt ? [{ change: "recovered", at: recoveredAt }] : []),
    ].flatMap(({ change, at }) =>
      channels.map((channel) => ({
        ...{ channelId: channel.id, incidentId: id, change, state: "sent" },
        sentAt: new Date(at.getTime() + 30_000),
      })),
    ),
  );
  await db.batch([
    writer.step("alertIncidents", incidents),
    writer.step("alertDeliveries", deliveries),
    ...channels.map(({ id }) => noteSent.with({ id, sentAt: new Date(now.getTime() - 39 * 60_000) })),
  ]);
}

const noteSent = statement(
  "demo_note_sent",
  (orm, { alertChannels: c }, p: Params<{ id: string; sentAt: Date }>) =>
    orm
      .update(c)
      .set({ lastSentAt: sql`${encoded(c.lastSentAt, p.sentAt)}` })
      .where(eq(c.id, p.id))
      .returning({ id: c.id }),
);

/** What the rules of the alerts call it. */
function subjectOf(
  { kind }: Pick<PlannedIncident, "kind">,
  group: { id: string } | undefined,
  appId: string,
): string {
  if (kind === "ip_refused") return `${appId}:access_token`;
  if (kind === "group_regressed") return `${group?.id}@0`;
  return group?.id ?? appId;
}

const turnWebhookOff = statement(
  "demo_turn_webhook_off",
  (orm, { webhookEndpoints: e }, p: Params<{ id: string; at: Date }>) =>
    orm
      .update(e)
      .set({ disabledAt: sql`${encoded(e.disabledAt, p.at)}`, disabledReason: "host" })
      .where(eq(e.id, p.id))
      .returning({ id: e.id }),
);

const turnChannelOff = statement(
  "demo_turn_channel_off",
  (orm, { alertChannels: c }, p: Params<{ id: string; at: Date }>) =>
    orm
      .update(c)
      .set({ disabledAt: sql`${encoded(c.disabledAt, p.at)}` })
      .where(eq(c.id, p.id))
      .returning({ id: c.id }),
);

/** The demo's own. */
async function listChannels(db: Database, existing: Existing) {
  const rows = await db.consoleQuery((orm, { alertChannels: c }) => orm.select({ id: c.id }).from(c));
  return rows.filter(({ id }) => !existing.channels.has(id));
}

/** Nothing is sent to places that do not exist: the webhook and the channels are off while the week is played, and since. */
export async function turnOff(db: Database, at: Date, existing: Existing): Promise<void> {
  const webhooks = await db.consoleQuery((orm, { webhookEndpoints: e }) =>
    orm.select({ id: e.id }).from(e).where(eq(e.clientId, hostClientId)),
  );
  const channels = await listChannels(db, existing);
  await db.batch([
    ...webhooks.map(({ id }) => turnWebhookOff.with({ id, at })),
    ...channels.map(({ id }) => turnChannelOff.with({ id, at })),
  ]);
}
