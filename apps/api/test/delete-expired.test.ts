import { afterEach, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import type { Tables } from "../src/db/schema.js";
import { sealAudit } from "../src/domain/audit-seals.js";
import { type Deps, later } from "../src/domain/deps.js";
import { newId } from "../src/domain/ids.js";
import { deleteExpired } from "../src/domain/jobs/delete-expired.js";
import { addChannel, incidentRow } from "./support/alert-rows.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
afterEach(() => harness.close());

const [minute, day] = [60, 86_400];
const idleSeconds = 1000;

/** How much older than its limit a row is, in seconds. */
const ages = {
  "a minute younger": -minute,
  "1 ms younger": -0.001,
  "at the limit": 0,
  "1 ms older": 0.001,
  "a minute older": minute,
};
type Age = keyof typeof ages;
const all = Object.keys(ages) as Age[];
/** What is left where a row goes once it is older than its limit, or already at its limit. */
const untilLimit: Age[] = ["a minute younger", "1 ms younger", "at the limit"];
const beforeLimit: Age[] = ["a minute younger", "1 ms younger"];

async function start(env: Record<string, string>) {
  harness = await startDomainHarness({
    SESSION_IDLE_SECONDS: String(idleSeconds),
    SESSION_ABSOLUTE_SECONDS: String(30 * day),
    ...env,
  });
  const now = harness.deps.now();
  const ago = (seconds: number) => later(now, -seconds);
  const add = <Name extends keyof Tables>(name: Name, rows: Tables[Name]["$inferInsert"][]) =>
    addRows(harness.db, name, rows);
  /** One row for each age around the moment `limitSeconds` ago. */
  const around = <Row>(limitSeconds: number, row: (at: Date, age: Age) => Row): Row[] =>
    all.map((age) => row(ago(limitSeconds + ages[age]), age));
  return { now, ago, add, around };
}

const signIn = (id: string, createdAt: Date, about: Partial<Tables["signIns"]["$inferInsert"]> = {}) => ({
  ...{ id, purpose: "sign_in" as const, appId: "wx1", returnTo: "/", browserHash: `hash of ${id}` },
  ...{ createdAt, expiresAt: createdAt, outcome: "signed_in" as const, outcomeAt: createdAt },
  ...about,
});

const session = (id: string, lastSeenAt: Date, expiresAt: Date) => ({
  ...{ secretHash: id, id, userId: "alice", signInId: "-", createdAt: lastSeenAt, lastSeenAt, expiresAt },
});

const operatorSession = (id: string, lastSeenAt: Date, expiresAt: Date) => ({
  ...{ secretHash: id, operatorId: "olga", createdAt: lastSeenAt, lastSeenAt, expiresAt },
});

async function addOwners({ now, add }: Pick<Awaited<ReturnType<typeof start>>, "now" | "add">) {
  await add("users", [{ id: "alice", createdAt: now }]);
  const role = "owner" as const;
  await add("operators", [
    { id: "olga", username: "olga", passwordHash: "-", role, status: "active", createdAt: now },
  ]);
}

const failure = (id: string, at: Date) => ({
  ...{ id, at, appId: "wx1", endpoint: "sns/userinfo", errcode: "40003", errmsg: "no" },
  ...{ attempt: 1, latencyMs: 5 },
});

const sorted = (values: readonly string[]) => [...values].sort();
const prefixed = (prefix: string, kept: readonly Age[]) => kept.map((age) => `${prefix}: ${age}`);

describe("the deletion of expired rows", () => {
  it.each([30, 400])(
    "deletes each table's rows at its own limit, to the millisecond (RETENTION_DAYS=%i) [T97]",
    async (days) => {
      const { now, ago, add, around } = await start({ RETENTION_DAYS: String(days) });
      await addOwners({ now, add });
      const young = ago(2 * minute);
      const far = later(now, day);

      await add(
        "apiFailures",
        around(days * day, (at, age) => failure(age, at)),
      );
      await add(
        "auditLog",
        around(365 * day, (at, id) => ({ id, at, event: "operator.sign_in", result: "ok" as const })),
      );
      await sealAudit(harness.deps);
      const ancient = { at: new Date(0), event: "operator.sign_in", result: "ok" as const };
      await add("auditLog", [{ id: "not sealed yet", ...ancient }]);
      await add(
        "operatorLinks",
        around(0, (expiresAt, secretHash) => ({ secretHash, role: "owner", createdAt: young, expiresAt })),
      );
      await add(
        "operatorChallenges",
        around(0, (expiresAt, secretHash) => ({
          secretHash,
          operatorId: "olga",
          kind: "sign_in",
          expiresAt,
        })),
      );
      await add(
        "throttles",
        around(0, (expiresAt, key) => ({ key, count: 1, expiresAt })),
      );
      const merges = around(30 * day, (createdAt, age) => ({ id: newId(createdAt), createdAt, age }));
      await add(
        "merges",
        merges.map(({ id, createdAt }) => ({
          ...{ id, createdAt, fromUserId: "alice-2", intoUserId: "alice", operatorId: "olga" },
        })),
      );
      await add(
        "mergeMoves",
        merges.flatMap(({ id, age }) => [
          { mergeId: id, kind: "binding" as const, key: age },
          { mergeId: id, kind: "session" as const, key: age },
        ]),
      );
      await add("sessions", [
        ...around(idleSeconds, (at, age) => session(`idle: ${age}`, at, far)),
        ...around(0, (at, age) => session(`absolute: ${age}`, now, at)),
      ]);
      await add("operatorSessions", [
        ...around(30 * minute, (at, age) => operatorSession(`idle: ${age}`, at, far)),
        ...around(0, (at, age) => operatorSession(`absolute: ${age}`, now, at)),
      ]);
      const limitMinute = Math.floor(ago(days * day).getTime() / 60_000);
      await add(
        "apiCallCounts",
        [-1, 0, 1].map((offset) => ({
          ...{ minute: limitMinute + offset, appId: "wx1", endpoint: "sns/auth", errcode: "", calls: 1 },
        })),
      );
      await add(
        "idempotencyKeys",
        around(0, (expiresAt, key) => ({
          ...{ clientId: "shop", key, requestHash: "-", createdAt: young, expiresAt },
        })),
      );
      const limitDay = Math.floor(ago(days * day).getTime() / (day * 1000));
      await add(
        "handOuts",
        [-1, 0, 1].map((offset) => ({
          ...{ appId: "wx1", kind: "access_token" as const, clientId: "shop", day: limitDay + offset },
          ...{ count: 1, lastAt: young },
        })),
      );
      await add(
        "appTokenFetches",
        around(30 * day, (at, id) => ({
          ...{ id, at, appId: "wx1", kind: "access_token" as const, source: "stable_token" },
          ...{ requestedBy: "schedule", latencyMs: 5, generation: 1 },
        })),
      );

      await deleteExpired(harness.deps);

      const idsOf = async <Name extends keyof Tables>(name: Name, column: string) =>
        (await rowsOf(harness.db, name))
          .map((row) => String((row as Record<string, unknown>)[column]))
          .sort();
      expect({
        apiFailures: await idsOf("apiFailures", "id"),
        auditLog: await idsOf("auditLog", "id"),
        merges: await idsOf("merges", "id"),
        mergeMoves: await idsOf("mergeMoves", "key"),
        operatorLinks: await idsOf("operatorLinks", "secretHash"),
        operatorChallenges: await idsOf("operatorChallenges", "secretHash"),
        throttles: await idsOf("throttles", "key"),
        sessions: await idsOf("sessions", "id"),
        operatorSessions: await idsOf("operatorSessions", "secretHash"),
        apiCallCounts: await idsOf("apiCallCounts", "minute"),
        idempotencyKeys: await idsOf("idempotencyKeys", "key"),
        handOuts: await idsOf("handOuts", "day"),
        appTokenFetches: await idsOf("appTokenFetches", "id"),
        users: await idsOf("users", "id"),
        operators: await idsOf("operators", "id"),
      }).toEqual({
        apiFailures: sorted(untilLimit),
        auditLog: sorted([...untilLimit, "not sealed yet"]),
        merges: sorted(merges.map(({ id }) => id)),
        mergeMoves: sorted([...untilLimit, ...untilLimit]),
        operatorLinks: sorted(untilLimit),
        operatorChallenges: sorted(beforeLimit),
        throttles: sorted(beforeLimit),
        sessions: sorted([...prefixed("idle", beforeLimit), ...prefixed("absolute", beforeLimit)]),
        operatorSessions: sorted([...prefixed("idle", beforeLimit), ...prefixed("absolute", beforeLimit)]),
        apiCallCounts: [String(limitMinute), String(limitMinute + 1)],
        idempotencyKeys: sorted(beforeLimit),
        handOuts: [String(limitDay), String(limitDay + 1)],
        appTokenFetches: sorted(untilLimit),
        users: ["alice"],
        operators: ["olga"],
      });
    },
  );

  it("deletes an incident with what was told of it 90 days after it was over, and none that goes on", async () => {
    const { now, ago, around } = await start({});
    const [openedAt, lastAt] = [ago(200 * day), ago(150 * day)];
    await addChannel(harness.deps, { id: "ops" });
    await addRows(harness.db, "alertIncidents", [
      ...around(90 * day, (recoveredAt, id) =>
        incidentRow({ now: () => openedAt }, { id, lastAt, recoveredAt }),
      ),
      incidentRow({ now: () => openedAt }, { id: "goes on", lastAt }),
    ]);
    const ids = async () => (await rowsOf(harness.db, "alertIncidents")).map(({ id }) => id).sort();
    const told = { channelId: "ops", change: "opened", state: "sent", dueAt: null, sentAt: now } as const;
    await addRows(
      harness.db,
      "alertDeliveries",
      (await ids()).map((incidentId) => ({ ...told, incidentId })),
    );
    await deleteExpired(harness.deps);
    const left = [...untilLimit, "goes on"].sort();
    expect(await ids()).toEqual(left);
    const deliveries = await rowsOf(harness.db, "alertDeliveries");
    expect(deliveries.map(({ incidentId }) => incidentId).sort()).toEqual(left);
  });

  it("empties a failure of what WeChat said after 30 days, and continues where it stopped", async () => {
    const { ago, add, around } = await start({ RETENTION_DAYS: "400" });
    const said = { rid: "637ec754-5b28c0ef", openid: "oAlice", request: '{"method":"GET"}', answer: '"no"' };
    await add("apiFailures", [
      ...around(30 * day, (at, age) => ({ ...failure(age, at), ...said })),
      { ...failure("long ago", ago(399 * day)), ...said },
      { ...failure("only a rid", ago(31 * day)), ...said, errmsg: "" },
      { ...failure("only a request", ago(31 * day)), ...said, errmsg: "", rid: null },
    ]);
    const full = async () =>
      (await rowsOf(harness.db, "apiFailures"))
        .filter(({ errmsg, rid, request }) => errmsg !== "" || rid !== null || request !== null)
        .map(({ id }) => id);
    await deleteExpired(harness.deps);
    expect(sorted(await full())).toEqual(sorted(untilLimit));
    expect((await rowsOf(harness.db, "apiFailures")).find(({ id }) => id === "long ago")).toEqual({
      ...{ ...failure("long ago", ago(399 * day)), openid: "oAlice", signInId: null },
      ...{ errmsg: "", rid: null, request: null, answer: null },
    });
    harness.advance(minute);
    await deleteExpired(harness.deps);
    expect(await full()).toEqual(["a minute younger"]);
  });

  it("keeps a bind link for a day after its end, and an event for 30 days, to the millisecond", async () => {
    const { now, add, around } = await start({});
    const link = { clientId: "shop", nonceHash: "-", externalId: "7", label: "me", returnTo: "/" };
    await add(
      "bindLinks",
      around(day, (expiresAt, age) => ({
        ...link,
        id: age,
        secretHash: age,
        createdAt: expiresAt,
        expiresAt,
      })),
    );
    const event = { type: "user.updated", data: "{}" };
    await add("outbox", [
      ...around(30 * day, (at, age) => ({ ...event, id: age, at, number: all.indexOf(age) + 1 })),
      { ...event, id: "the newest", at: now, number: all.length + 1 },
    ]);
    await deleteExpired(harness.deps);
    const ids = async (name: "bindLinks" | "outbox") => (await rowsOf(harness.db, name)).map(({ id }) => id);
    expect(sorted(await ids("bindLinks"))).toEqual(sorted(untilLimit));
    expect(sorted(await ids("outbox"))).toEqual(sorted([...untilLimit, "the newest"]));
  });

  it("keeps a sign-in for RETENTION_DAYS from its beginning, and for a day from its expiry if anyone could have made it", async () => {
    const { now, ago, add, around } = await start({ RETENTION_DAYS: "30" });
    const finished = ["signed_in", "snapshot", "blocked", "failed"] as const;
    const ofNoUser = ["refused", "expired"] as const;
    const recent = { createdAt: ago(3 * day) };
    await add("signIns", [
      ...finished.flatMap((outcome) =>
        around(30 * day, (at, age) => signIn(`${outcome}: ${age}`, at, { outcome, expiresAt: now })),
      ),
      ...finished.flatMap((outcome) =>
        around(day, (expiresAt, age) => signIn(`young ${outcome}: ${age}`, now, { outcome, expiresAt })),
      ),
      ...(["abandoned", ...ofNoUser] as const).flatMap((outcome) =>
        around(day, (expiresAt, age) => signIn(`${outcome}: ${age}`, now, { ...recent, outcome, expiresAt })),
      ),
      ...ofNoUser.flatMap((outcome) =>
        around(day, (expiresAt, age) =>
          signIn(`known ${outcome}: ${age}`, now, {
            ...recent,
            ...{ outcome, expiresAt, browserUserId: "alice" },
          }),
        ),
      ),
      // Left behind by a process that was stopped for a week: only the ones within the window are looked for.
      ...ofNoUser.flatMap((outcome) =>
        around(8 * day, (expiresAt, age) => signIn(`old ${outcome}: ${age}`, now, { outcome, expiresAt })),
      ),
      signIn("old abandoned", now, { outcome: "abandoned", expiresAt: ago(20 * day) }),
      ...around(0, (expiresAt, age) =>
        signIn(`pending: ${age}`, ago(600), { outcome: null, outcomeAt: null, expiresAt }),
      ),
    ]);

    await deleteExpired(harness.deps);

    const rows = await rowsOf(harness.db, "signIns");
    expect(sorted(rows.map(({ id, outcome }) => `${id} → ${outcome}`))).toEqual(
      sorted([
        ...finished.flatMap((outcome) =>
          [...prefixed(outcome, untilLimit), ...prefixed(`young ${outcome}`, all)].map(
            (id) => `${id} → ${outcome}`,
          ),
        ),
        ...prefixed("abandoned", untilLimit).map((id) => `${id} → abandoned`),
        ...ofNoUser.flatMap((outcome) =>
          [
            ...prefixed(outcome, untilLimit),
            ...prefixed(`known ${outcome}`, all),
            ...prefixed(`old ${outcome}`, ["at the limit", "1 ms older", "a minute older"]),
          ].map((id) => `${id} → ${outcome}`),
        ),
        ...prefixed("pending", untilLimit).map((id) => `${id} → null`),
        ...prefixed("pending", ["1 ms older", "a minute older"]).map((id) => `${id} → abandoned`),
      ]),
    );
  });

  it("marks a sign-in from which no callback came with its expiry, and cuts only what is too long", async () => {
    const { now, ago, add } = await start({});
    const at = { createdAt: ago(601), expiresAt: ago(1), outcome: null, outcomeAt: null };
    const agent = (length: number) => "a".repeat(length);
    const path = (length: number) => `/${"p".repeat(length - 1)}`;
    const pending = [
      signIn("short", now, { ...at, userAgent: agent(256), returnTo: path(512) }),
      signIn("long", now, { ...at, userAgent: agent(257), returnTo: path(513) }),
      signIn("bare", now, { ...at, ip: "192.0.2.7", browserUserId: "alice" }),
    ];
    const live = signIn("live", now, { ...at, expiresAt: now, userAgent: agent(257), returnTo: path(513) });
    await add("signIns", [...pending, live]);
    const byId = async () =>
      Object.fromEntries((await rowsOf(harness.db, "signIns")).map((row) => [row.id, row]));
    const before = await byId();

    await deleteExpired(harness.deps);

    const ended = { outcome: "abandoned", outcomeAt: ago(1) };
    expect(await byId()).toEqual({
      short: { ...before.short, ...ended },
      long: { ...before.long, ...ended, userAgent: agent(256), returnTo: "/" },
      bare: { ...before.bare, ...ended },
      live: before.live,
    });
  });

  it("goes on until nothing expired is left, 500 rows at a time, lets requests run in between, and counts what was abandoned [T97]", async () => {
    const { now, ago, add } = await start({});
    await addOwners({ now, add });
    const old = ago(400 * day);
    const many = <Row>(row: (id: string, n: number) => Row) =>
      Array.from({ length: 501 }, (_, n) => row(`row-${n}`, n));
    const pending = { outcome: null, outcomeAt: null, expiresAt: ago(1) };
    await add(
      "signIns",
      many((id, n) =>
        n < 300
          ? signIn(`pending ${id}`, ago(10 * minute), pending)
          : signIn(`pending ${id}`, ago(20 * minute), { ...pending, appId: "wx2" }),
      ),
    );
    await add(
      "signIns",
      many((id) =>
        signIn(`abandoned ${id}`, ago(3 * day), { outcome: "abandoned", expiresAt: ago(2 * day) }),
      ),
    );
    await add(
      "signIns",
      many((id) => signIn(`finished ${id}`, old)),
    );
    await add(
      "apiFailures",
      many((id) => failure(id, old)),
    );
    await add(
      "auditLog",
      many((id) => ({ id, at: old, event: "operator.sign_in", result: "ok" })),
    );
    await add(
      "operatorLinks",
      many((secretHash) => ({ secretHash, role: "owner", createdAt: old, expiresAt: old })),
    );
    await add(
      "operatorChallenges",
      many((secretHash) => ({ secretHash, operatorId: "olga", kind: "sign_in", expiresAt: old })),
    );
    await add(
      "throttles",
      many((key) => ({ key, count: 1, expiresAt: old })),
    );
    const merge = { id: newId(old), fromUserId: "alice-2", intoUserId: "alice", operatorId: "olga" };
    await add("merges", [{ ...merge, createdAt: old }]);
    await add(
      "mergeMoves",
      many((key) => ({ mergeId: merge.id, kind: "sign_in", key })),
    );
    await add(
      "sessions",
      many((id) => session(id, old, old)),
    );
    await add(
      "operatorSessions",
      many((id) => operatorSession(id, old, old)),
    );
    await add(
      "idempotencyKeys",
      many((key) => ({ clientId: "shop", key, requestHash: "-", createdAt: old, expiresAt: old })),
    );
    const ofHost = { clientId: "shop", nonceHash: "nonce", createdAt: old, expiresAt: old };
    await add(
      "tickets",
      many((ticketHash) => ({ ...ofHost, ticketHash, userId: "alice", signInId: "sign-in", isNew: 0 })),
    );
    await add(
      "bindLinks",
      many((id) => ({ ...ofHost, id, secretHash: id, externalId: "7", label: "me", returnTo: "/" })),
    );
    await add(
      "appTokenFetches",
      many((id) => ({
        ...{ id, at: old, appId: "wx1", kind: "jsapi_ticket" as const, source: "ticket/getticket" },
        ...{ requestedBy: "schedule", latencyMs: 5 },
      })),
    );
    const oldMinute = Math.floor(old.getTime() / 60_000);
    await add(
      "apiCallCounts",
      many((_, n) => ["wx1", "wx2"].map((appId) => ({ minute: oldMinute - n, appId }))).flatMap((rows) =>
        rows.map((row) => ({ ...row, endpoint: "sns/auth", errcode: "", calls: 1 })),
      ),
    );
    await add("hostClients", [
      { id: "shop", name: "Shop", origins: "[]", redirectPaths: "[]", createdAt: old },
    ]);
    await add("webhookEndpoints", [
      {
        ...{ id: "webhook", clientId: "shop", url: "https://shop.example/", types: "[]", secret: "-" },
        createdAt: old,
      },
    ]);
    const delivered = { endpointId: "webhook", state: "delivered", attempts: 1 } as const;
    await add(
      "webhookDeliveries",
      many((id, n) => ({ ...delivered, id, eventNumber: n + 1, createdAt: old })),
    );
    await add("webhookDeliveries", [
      { ...delivered, id: "young", eventNumber: 503, createdAt: ago(29 * day) },
      { ...delivered, id: "pending", eventNumber: 502, createdAt: old, state: "pending", nextAttemptAt: now },
    ]);
    const event = { type: "user.updated", at: old, data: "{}" };
    await add(
      "outbox",
      many((id, n) => ({ ...event, id, number: n + 1 })),
    );
    await add("outbox", [
      { ...event, id: "to be delivered", number: 502 },
      { ...event, id: "after it", number: 503 },
      { ...event, id: "not numbered", number: null },
    ]);

    await add(
      "errorGroupPeople",
      many((who, n) => ({ groupId: "g", who, lastAt: n < 500 ? old : ago(190 * day + 1) })),
    );
    await add("errorGroupPeople", [{ groupId: "g", who: "lately", lastAt: ago(190 * day) }]);
    const times = { firstAt: old, lastAt: old };
    const groupCount = (minutes: 15 | 1440, ageDays: number, groupId = "g") => ({
      ...{ groupId, minutes, slot: Math.floor(ago(ageDays * day).getTime() / (minutes * 60_000)) },
      ...{ events: 1, unnamed: 0, ...times },
    });
    const keptCounts = [groupCount(15, 190), groupCount(1440, 191), groupCount(1440, 400)];
    await add("errorGroupCounts", [
      ...many((groupId) => groupCount(15, 191, groupId)),
      groupCount(1440, 401),
      ...keptCounts,
    ]);
    const callSlot = ({ minutes, slot }: { minutes: number; slot: number }, appId = "wx1") => ({
      ...{ minutes, slot, appId, endpoint: "sns/auth", errcode: "", calls: 1 },
    });
    const keptSlots = keptCounts.map((row) => callSlot(row));
    await add("apiCallSlots", [
      ...many((appId) => callSlot(groupCount(15, 191), appId)),
      callSlot(groupCount(1440, 401)),
      ...keptSlots,
    ]);

    await sealAudit(harness.deps);
    const batches: Record<string, number[]> = {};
    let requests = 0;
    const run: Database["run"] = async (statement, values) => {
      const rows = await harness.db.run(statement, values);
      const sizes = batches[statement.name] ?? [];
      // A request that arrived during the batch before has run by now.
      if (sizes.length > 0) expect(requests).toBeGreaterThan(0);
      requests = 0;
      setImmediate(() => requests++);
      batches[statement.name] = [...sizes, rows.length];
      return rows;
    };
    await deleteExpired({ ...harness.deps, db: { ...harness.db, run } });

    expect(batches).toEqual({
      abandon_sign_ins: [500, 1],
      delete_unfinished_sign_ins: [500, 1],
      delete_expired_sessions: [500, 1],
      delete_expired_operator_sessions: [500, 1],
      delete_expired_operator_links: [500, 1],
      delete_expired_challenges: [500, 1],
      delete_expired_throttles: [500, 1],
      delete_moves_before: [500, 1],
      delete_expired_idempotency_keys: [500, 1],
      delete_hand_outs_before: [0],
      delete_expired_tickets: [500, 1],
      delete_bind_links_before: [500, 1],
      delete_deliveries_before: [500, 1],
      delete_events_before: [500, 1],
      delete_app_token_fetches_before: [500, 1],
      delete_incidents_before: [0],
      delete_sign_ins_before: [500, 1],
      delete_failures_before: [500, 1],
      delete_error_group_people_before: [500, 1],
      delete_error_group_counts_before: [500, 2],
      delete_call_slots_before: [502, 0],
      delete_call_counts_before: [1000, 2],
      list_ended_floods: [0],
      find_audit_anchor: [0],
      insert_audit_anchor: [1],
      list_sealed: [200, 200, 101],
      list_failures_after: [0],
    });
    expect((await rowsOf(harness.db, "outbox")).map(({ id }) => id).sort()).toEqual([
      "after it",
      "not numbered",
      "to be delivered",
    ]);
    expect((await rowsOf(harness.db, "webhookDeliveries")).map(({ id }) => id).sort()).toEqual([
      "pending",
      "young",
    ]);
    expect((await rowsOf(harness.db, "errorGroupPeople")).map(({ who }) => who)).toEqual(["lately"]);
    const slots = (rows: { minutes: number; slot: number }[]) =>
      rows.map((row) => `${row.minutes} ${row.slot}`).sort();
    expect(slots(await rowsOf(harness.db, "errorGroupCounts"))).toEqual(slots(keptCounts));
    expect(slots(await rowsOf(harness.db, "apiCallSlots"))).toEqual(slots(keptSlots));
    await harness.deps.callCounts.flush(harness.db);
    const minuteOf = (at: Date) => Math.floor(at.getTime() / 60_000);
    const counted = { endpoint: "sign_in", errcode: "abandoned" };
    const counts = await rowsOf(harness.db, "apiCallCounts");
    expect(counts.sort((a, b) => a.minute - b.minute)).toEqual([
      { ...counted, minute: minuteOf(ago(20 * minute)), appId: "wx2", calls: 201 },
      { ...counted, minute: minuteOf(ago(10 * minute)), appId: "wx1", calls: 300 },
    ]);
  });

  it("does every step although each of them fails, and reports the first failure", async () => {
    await start({});
    const steps: string[] = [];
    const run: Database["run"] = ({ name }) => {
      steps.push(name);
      return Promise.reject(new Error(`${name} failed`));
    };
    const deps = { ...harness.deps, db: { ...harness.db, run } } satisfies Deps;
    await expect(deleteExpired(deps)).rejects.toThrow("abandon_sign_ins failed");
    expect(steps).toEqual([
      "abandon_sign_ins",
      "delete_unfinished_sign_ins",
      "delete_expired_sessions",
      "delete_expired_operator_sessions",
      "delete_expired_operator_links",
      "delete_expired_challenges",
      "delete_expired_throttles",
      "delete_moves_before",
      "delete_expired_idempotency_keys",
      "delete_hand_outs_before",
      "delete_expired_tickets",
      "delete_bind_links_before",
      "delete_deliveries_before",
      "delete_events_before",
      "delete_app_token_fetches_before",
      "delete_incidents_before",
      "delete_sign_ins_before",
      "delete_failures_before",
      "delete_error_group_people_before",
      "delete_error_group_counts_before",
      "delete_call_slots_before",
      "delete_call_counts_before",
      "list_ended_floods",
      "find_audit_anchor",
      "list_failures_after",
    ]);
  });
});
