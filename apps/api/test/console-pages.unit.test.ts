import { explainErrcode } from "@wechat-login/oauth/errcodes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listIncidentsPage } from "../src/domain/console/alerts.js";
import { listAppTokenFetchesPage } from "../src/domain/console/app-tokens.js";
import { countAudit, listAudit } from "../src/domain/console/audit.js";
import { getConflict, listConflicts } from "../src/domain/console/conflicts.js";
import { listPeopleAffected } from "../src/domain/console/failure-people.js";
import { listFailuresPage } from "../src/domain/console/failures.js";
import { listDeliveriesPage } from "../src/domain/console/hosts.js";
import { getMerge, listMerges } from "../src/domain/console/merges.js";
import { listOperators } from "../src/domain/console/operators.js";
import { listPeople } from "../src/domain/console/people.js";
import { listSignInsPage } from "../src/domain/console/sign-ins.js";
import { listUserTokensPage } from "../src/domain/console/user-tokens.js";
import type { PageInput } from "../src/domain/console/view.js";
import { CursorError, cursorsOf } from "../src/domain/cursor.js";
import { undoableUntil } from "../src/domain/identity/merges.js";
import { incidentRow } from "./support/alert-rows.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows } from "./support/rows.js";
import { seedPerson } from "./support/seed.js";
import { addEvents, deliveryRow, endpointRow } from "./support/webhook-rows.js";

// The lists of the console that have few rows, each with three: the first, and two of one later moment.

let harness: DomainHarness;
let deps: DomainHarness["deps"];
let oa: string;
let ann: { userId: string; nickname: string };
const [early, late] = [new Date("2026-03-01T12:00:00.000Z"), new Date("2026-03-01T12:01:00.000Z")];
const three = [
  { id: "A", at: early },
  { id: "B", at: late },
  { id: "C", at: late },
] as const;
const rows = <Row extends object>(row: (one: { id: string; at: Date }) => Row) => three.map(row);

beforeAll(async () => {
  harness = await startDomainHarness();
  deps = harness.deps;
  oa = harness.app("oa").appId;
  const seeded = await seedPerson(deps.db, { at: early, appId: oa, nickname: "Ann", openid: "oAnn" });
  ann = { userId: seeded.userId, nickname: "Ann" };
  await Promise.all([seedIncidents(), seedFetches(), seedPairs(), seedDeliveries(), seedStaff()]);
});
afterAll(() => harness.close());

const abouts = {
  A: { kind: "webhook_disabled" as const },
  B: { kind: "quota" as const, appId: "wx-of-old", percent: 81 },
  C: { kind: "token_failing" as const, endpoint: "cgi-bin/stable_token", errcode: "40164" },
};
const seedIncidents = () =>
  addRows(deps.db, "alertIncidents", [
    incidentRow(deps, { id: "A", openedAt: early, ...abouts.A }),
    incidentRow(deps, { id: "B", openedAt: late, ...abouts.B }),
    incidentRow(deps, { id: "C", openedAt: late, appId: oa, ...abouts.C }),
  ]);
const incident = (id: keyof typeof abouts, openedAt: Date, shown: object) => ({
  ...{ id, subject: id, appId: null, appKey: null, endpoint: null, errcode: null, name: null },
  ...{ people: null, events: null, percent: null, openedAt, recoveredAt: null, isCritical: false },
  ...{ ...abouts[id], ...shown },
});

const fetched = { source: "stable_token", latencyMs: 7, generation: null, errcode: null };
const seedFetches = () =>
  addRows(
    deps.db,
    "appTokenFetches",
    rows((one) => ({
      ...{ ...one, ...fetched, appId: oa, kind: "access_token" as const, requestedBy: "refused:shop" },
      errcode: one.id === "C" ? "40164" : null,
    })),
  );

const pair = { conflictId: null, operatorId: "host:shop/KEY", undoneAt: null, undoneBy: null };
async function seedPairs() {
  const { userId } = ann;
  await addRows(
    deps.db,
    "identityConflicts",
    rows(({ id, at }) => ({
      ...{ id, group: "demo", unionid: `u${id}`, userId, otherUserId: "erased", createdAt: at },
    })),
  );
  await addRows(
    deps.db,
    "merges",
    rows(({ id, at }) => ({ ...pair, id, fromUserId: "gone", intoUserId: userId, createdAt: at })),
  );
}
const merge = (id: string, createdAt: Date) => ({
  ...{ id, conflictId: null, fromUserId: "gone", intoUserId: ann.userId, operator: "host:shop/KEY" },
  ...{ createdAt, undoneAt: null, undoneBy: null, undoableUntil: undoableUntil({ createdAt }) },
});

async function seedDeliveries() {
  await addRows(deps.db, "hostClients", [
    { id: "shop", name: "The shop", origins: "[]", redirectPaths: "[]", createdAt: early },
  ]);
  await addRows(deps.db, "webhookEndpoints", [endpointRow(deps, { id: "hook" })]);
  await addEvents(deps.db, early, [1, 2, 3]);
  await addRows(
    deps.db,
    "webhookDeliveries",
    three.map(({ id, at }, n) =>
      deliveryRow(deps, { id, endpointId: "hook", eventNumber: n + 1, createdAt: at }),
    ),
  );
}

const operator = { passwordHash: "none", role: "viewer" as const, status: "active" as const };
async function seedStaff() {
  await addRows(
    deps.db,
    "operators",
    rows(({ id, at }) => ({ ...operator, id, username: `name of ${id}`, createdAt: at })),
  );
  await addRows(deps.db, "auditLog", [
    ...rows((one) => ({
      ...one,
      ...{ event: "alert.test_channel", target: "hook", result: "ok" as const, operatorId: "C" },
    })),
    { id: "D", at: late, event: "operator.sign_in", result: "denied" },
  ]);
}

interface List {
  name: string;
  /** What its cursors are signed with. */
  scope: () => object;
  read: (page: PageInput) => Promise<unknown>;
  item: (id: "A" | "B" | "C", at: Date) => unknown;
}
const lists: List[] = [
  {
    name: "incidents",
    scope: () => ({ list: "alert_incidents" }),
    read: (page) => listIncidentsPage(deps, page),
    item: (id, at) =>
      incident(
        id,
        at,
        id === "C" ? { appId: oa, appKey: "oa", isCritical: true, name: "ip_not_in_allow_list" } : {},
      ),
  },
  {
    name: "fetches of an app's token",
    scope: () => ({ list: "app_token_fetches", appId: oa, kind: "access_token" }),
    read: (page) => listAppTokenFetchesPage(deps, { ...page, appId: oa, kind: "access_token" }),
    item: (id, at) => ({
      ...{ id, at, ...fetched, requestedBy: { kind: "refused", name: "shop" }, name: null, meaning: null },
      ...(id === "C" && {
        ...{ errcode: "40164", name: "ip_not_in_allow_list" },
        meaning: explainErrcode("40164")?.meaning,
      }),
    }),
  },
  {
    name: "conflicts",
    scope: () => ({ list: "conflicts", state: "open" }),
    read: (page) => listConflicts(deps, { ...page, state: "open" }),
    item: (id, createdAt) => ({
      ...{ id, group: "demo", unionid: `u${id}`, createdAt, resolvedAt: null, resolution: null },
      ...{ user: ann, otherUser: null },
    }),
  },
  {
    name: "merges",
    scope: () => ({ list: "merges" }),
    read: (page) => listMerges(deps, page),
    item: (id, at) => ({ ...merge(id, at), survivor: ann }),
  },
  {
    name: "operators",
    scope: () => ({ list: "operators" }),
    read: (page) => listOperators(deps, page),
    item: (id, createdAt) => ({
      ...{ id, username: `name of ${id}`, role: "viewer", status: "active", createdAt, factors: 0 },
      ...{ sessions: 0, lastSeenAt: id === "C" ? late : null },
    }),
  },
  {
    name: "deliveries of a webhook",
    scope: () => ({ list: "deliveries", clientId: "shop", webhookId: "hook" }),
    read: (page) => listDeliveriesPage(deps, { ...page, clientId: "shop", webhookId: "hook" }),
    item: (id, createdAt) => expect.objectContaining({ id, createdAt }),
  },
  {
    name: "entries of the audit log",
    scope: () => ({ list: "audit", event: "alert.test_channel" }),
    read: (page) => listAudit(deps, { ...page, event: "alert.test_channel" }),
    item: (id, at) => ({
      ...{ id, at, event: "alert.test_channel", target: "hook", targetName: null, result: "ok" },
      ...{ actor: { kind: "operator", id: "C", keyId: null, name: "name of C" }, person: null },
      ...{ errcode: null, ip: null, reason: null, detail: null, sealNumber: null },
    }),
  },
];

describe("a list of the console", () => {
  it.each(lists)(
    "is whole page by page, newest first, also with a cursor of an earlier release: $name",
    async ({ scope, read, item }) => {
      const cursor = cursorsOf(deps.keys, scope()).write({ at: late, id: "B" });
      expect(await read({ limit: 2 })).toEqual({
        items: [item("C", late), item("B", late)],
        nextCursor: cursor,
      });
      expect(await read({ limit: 2, cursor })).toEqual({ items: [item("A", early)], nextCursor: null });
      expect(await read({ limit: 3 })).toMatchObject({ nextCursor: null });
    },
  );

  it("has the total of its filters", async () => {
    expect(await countAudit(deps, { event: "alert.test_channel" })).toEqual({ count: 3, isMore: false });
  });
});

describe("a cursor of a list that the console searches", () => {
  const filter = { appId: "wx-of-none" };
  const scopes = {
    failures: { list: "failures", ...filter },
    affected: { list: "people affected", ...filter },
    signIns: { list: "sign_ins", ...filter },
    people: { list: "people", matchesParts: true, ...filter },
    peopleOfViewer: { list: "people", matchesParts: false, ...filter },
    tokens: { list: "user_tokens", matchesParts: true, ...filter },
    tokensOfViewer: { list: "user_tokens", matchesParts: false, ...filter },
  };
  it.each<[keyof typeof scopes, (page: PageInput) => Promise<unknown>]>([
    ["failures", (page) => listFailuresPage(deps, { ...page, ...filter })],
    ["affected", ({ cursor }) => listPeopleAffected(deps, { cursor, ...filter })],
    ["signIns", (page) => listSignInsPage(deps, { ...page, ...filter })],
    ["people", (page) => listPeople(deps, "operator", { ...page, ...filter })],
    ["peopleOfViewer", (page) => listPeople(deps, "viewer", { ...page, ...filter })],
    ["tokens", (page) => listUserTokensPage(deps, "operator", { ...page, ...filter })],
    ["tokensOfViewer", (page) => listUserTokensPage(deps, "viewer", { ...page, ...filter })],
  ])("is one of %s alone, and of what that role may search for [T61]", async (own, read) => {
    for (const [name, scope] of Object.entries(scopes)) {
      const cursor = cursorsOf(deps.keys, scope).write({ at: late, id: "B" });
      const answer = await read({ cursor, limit: 2 }).catch((error: unknown) => error);
      if (name === own) expect(answer).toEqual({ items: [], nextCursor: null });
      else expect(answer, name).toBeInstanceOf(CursorError);
    }
  });
});

describe("a merge in the console", () => {
  it("that moved nothing has no reason once that was erased, and can be undone", async () => {
    const soon = { ...deps, now: () => late };
    expect(await getMerge(soon, "C")).toEqual({
      ...merge("C", late),
      ...{ undoRefusal: null, reason: null },
      moved: { bindings: 0, sessions: 0, externalIds: 0, signIns: 0 },
    });
  });
});

describe("a conflict in the console", () => {
  it("is not there under an unknown id", async () => {
    expect(await getConflict(deps, "none")).toBeUndefined();
  });
});

describe("an operator in the console", () => {
  it("was last seen in a session that is live or by what they did, whichever came later", async () => {
    const ago = (seconds: number) => new Date(deps.now().getTime() - seconds * 1000);
    const session = (secretHash: string, operatorId: string, seenAgo: number, leftSeconds = 60) => ({
      ...{ secretHash, operatorId, createdAt: early, lastSeenAt: ago(seenAgo), expiresAt: ago(-leftSeconds) },
    });
    await addRows(deps.db, "operatorSessions", [
      session("1", "A", 300),
      session("2", "A", 200),
      session("3", "A", 100, -1),
      session("4", "B", 1_801),
      session("5", "C", 400),
    ]);
    const entry = { event: "operator.sign_in", result: "ok" as const, operatorId: "C" };
    await addRows(deps.db, "auditLog", [{ ...entry, id: "E", at: ago(30) }]);
    const { items } = await listOperators(deps, { limit: 10 });
    expect(items.map(({ id, sessions, lastSeenAt }) => [id, sessions, lastSeenAt])).toEqual([
      ["C", 1, ago(30)],
      ["B", 0, null],
      ["A", 2, ago(200)],
    ]);
    await addRows(deps.db, "auditLog", [{ ...entry, id: "F", at: ago(250), operatorId: "A" }]);
    expect((await listOperators(deps, { limit: 10 })).items.at(-1)?.lastSeenAt).toEqual(ago(200));
  });
});
