import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FailureFilter } from "../src/db/console/failures.js";
import { filterOf } from "../src/domain/console/failures.js";
import { listUserTokensPage } from "../src/domain/console/user-tokens.js";
import { newId } from "../src/domain/ids.js";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows } from "./support/rows.js";
import { seedGroups } from "./support/seed.js";
import { type System, startSystem } from "./support/system.js";
import {
  apps,
  clinic,
  gone,
  id,
  minute,
  nameOf,
  noon,
  oa,
  openids,
  rid,
  seedTwoPeople,
  unionids,
  web,
} from "./support/two-people.js";

// Every filter of every list, each with rows that match and rows that do not.

let system: System;
let operator: Console;
let viewer: Console;
beforeAll(async () => {
  system = await startSystem({ at: noon, env: { WECHAT_APPS: JSON.stringify(apps) } });
  await seedTwoPeople(system.db);
  [operator, viewer] = [await seedOperator(system), await seedOperator(system, "viewer")];
});
afterAll(() => system.close());

interface Item {
  id?: string;
  userId?: string;
  bindingId?: string;
  appId: string;
  endpoint: string;
  errcode: string;
  events: number;
}

async function itemsOf(console: Console, path: string, input: object): Promise<Item[]> {
  const { data, text } = await console.query<{ items: Item[] }>(path, input);
  if (!data) throw new Error(`${path} answered ${text}`);
  return data.items;
}

/** The rows of a list as the short names of their ids. */
const found = async (path: string, input: object, console = operator): Promise<string> =>
  (await itemsOf(console, path, input)).map((row) => nameOf(row.id ?? row.bindingId ?? row.userId)).join(" ");

/** A moment that is so many milliseconds after that of the rows at this minute. */
const moment = (count: number, milliseconds = 0) => new Date(minute(count).getTime() + milliseconds).toJSON();

describe("the list of people", () => {
  it.each([
    [{}, "CAT BEN ANN"],
    [{ appId: oa }, "BEN ANN"],
    [{ appId: gone }, "BEN"],
    [{ appId: clinic }, ""],
    [{ unionid: "yes" }, "BEN ANN"],
    [{ unionid: "no" }, "CAT"],
    [{ status: "active" }, "CAT ANN"],
    [{ status: "blocked" }, "BEN"],
    [{ q: ` ${id("ANN")} ` }, "ANN"],
    [{ q: openids.annWeb }, "ANN"],
    [{ q: openids.benGone }, "BEN"],
    [{ q: unionids.ann }, "ANN"],
    [{ q: openids.annWeb.toLowerCase() }, ""],
    [{ q: openids.annWeb.slice(1) }, ""],
    [{ q: "4711" }, "BEN ANN"],
    [{ q: "4712" }, "BEN"],
    [{ q: "ann@crm" }, "ANN"],
    [{ q: "ANN@crm" }, ""],
    [{ q: "  beNNo " }, "BEN"],
    [{ q: "ＡＮＮＡ" }, "ANN"],
    [{ q: "娜a" }, "ANN"],
    [{ q: "OLD" }, "BEN"],
    [{ q: "n" }, "BEN ANN"],
    [{ q: "n", status: "blocked" }, "BEN"],
    [{ q: "n", status: "active", appId: web }, "ANN"],
    [{ q: "n", appId: clinic }, ""],
    [{ q: id("BEN"), status: "blocked", unionid: "yes", appId: gone }, "BEN"],
    [{ q: id("BEN"), status: "active" }, ""],
    [{ q: unionids.ann, appId: gone }, ""],
  ])("filtered by %j is %j", async (filter, expected) => {
    expect(await found("people.list", filter)).toBe(expected);
  });

  it.each([
    ["Anna Web", "ANN"],
    ["ANNA ＷEB", "ANN"],
    ["anna", ""],
    ["Web", ""],
    ["benno", "BEN"],
    [openids.benOa, "BEN"],
  ])(
    "searched by a viewer for %j is %j: a nickname is found by the whole of it, in any case",
    async (q, expected) => {
      expect(await found("people.list", { q }, viewer)).toBe(expected);
    },
  );
});

describe("the list of people's tokens", () => {
  it.each([
    [{}, "ANN2 BEN1 ANN1 BEN2 BEN3"],
    [{ appId: oa }, "BEN1 ANN1"],
    [{ appId: gone }, "BEN3"],
    [{ appId: clinic }, ""],
    [{ state: "fresh" }, "ANN1"],
    [{ state: "refreshable" }, "BEN2"],
    [{ state: "refused" }, "ANN2"],
    [{ state: "dead" }, "BEN1 BEN3"],
    [{ q: openids.annWeb }, "ANN2"],
    [{ q: id("BEN") }, "BEN1 BEN2 BEN3"],
    [{ q: ` ${id("BEN2")} ` }, "BEN2"],
    [{ q: unionids.ann }, ""],
    [{ q: " ＡNNA" }, "ANN2 ANN1"],
    [{ q: "of OLD" }, "BEN2"],
    [{ q: "ben" }, "BEN1 BEN2"],
    [{ q: "ben", state: "dead" }, "BEN1"],
    [{ q: id("BEN"), appId: web, state: "refreshable" }, "BEN2"],
    [{ q: id("ANN"), state: "dead" }, ""],
  ])("filtered by %j is %j", async (filter, expected) => {
    expect(await found("tokens.listUsers", filter)).toBe(expected);
  });

  it.each([
    ["ANNA WEB", "ANN2"],
    ["anna", ""],
    [id("ANN"), "ANN2 ANN1"],
  ])("searched by a viewer for %j is %j", async (q, expected) => {
    expect(await found("tokens.listUsers", { q }, viewer)).toBe(expected);
  });

  // ANN1 expires after 100 minutes, ANN2's refresh token after 10000 and BEN2's after 1000.
  it.each([
    [minute(100).getTime() - 1, { fresh: "ANN1", refreshable: "BEN2", refused: "ANN2", dead: "BEN1 BEN3" }],
    [minute(100).getTime(), { fresh: "", refreshable: "ANN1 BEN2", refused: "ANN2", dead: "BEN1 BEN3" }],
    [minute(1000).getTime() - 1, { fresh: "", refreshable: "ANN1 BEN2", refused: "ANN2", dead: "BEN1 BEN3" }],
    [minute(1000).getTime(), { fresh: "", refreshable: "ANN1", refused: "ANN2", dead: "BEN1 BEN2 BEN3" }],
    [
      minute(10_000).getTime() - 1,
      { fresh: "", refreshable: "ANN1", refused: "ANN2", dead: "BEN1 BEN2 BEN3" },
    ],
    [minute(10_000).getTime(), { fresh: "", refreshable: "ANN1", refused: "", dead: "ANN2 BEN1 BEN2 BEN3" }],
  ])(
    "shows and filters each state to the millisecond at which a token expires (%i)",
    async (at, expected) => {
      const deps = { ...system.app.deps, now: () => new Date(at) };
      const all = (await listUserTokensPage(deps, "operator", { limit: 50 })).items;
      for (const [state, names] of Object.entries(expected)) {
        const { items } = await listUserTokensPage(deps, "operator", { limit: 50, state: state as "fresh" });
        expect(items.map(({ bindingId }) => nameOf(bindingId)).join(" "), state).toBe(names);
        expect(items, state).toEqual(all.filter((token) => token.state === state));
      }
    },
  );
});

describe("the list of sign-ins", () => {
  it.each([
    [{}, "S4 S1 S6 S7 S2 S3 S5 S8 S9 S10"],
    [{ outcome: "signed_in" }, "S1 S5"],
    [{ outcome: "failed" }, "S2 S3"],
    [{ outcome: "snapshot" }, "S6"],
    [{ outcome: "blocked" }, "S7"],
    [{ outcome: "refused" }, "S8"],
    [{ outcome: "expired" }, "S9"],
    [{ outcome: "abandoned" }, "S10"],
    [{ outcome: "in_progress" }, "S4"],
    [{ appId: web }, "S6 S2 S5"],
    [{ appId: gone }, "S10"],
    [{ userId: id("ANN") }, "S1 S2 S3"],
    [{ userId: id("BEN") }, "S7 S5"],
    [{ userId: id("CAT") }, "S9"],
    [{ userId: id("ANN"), outcome: "failed", appId: web }, "S2"],
    [{ from: moment(-15) }, "S4 S1 S6 S7"],
    [{ from: moment(-15, 1) }, "S4 S1 S6"],
    [{ to: moment(-40) }, "S8 S9 S10"],
    [{ to: moment(-40, -1) }, "S9 S10"],
    [{ from: moment(-25), to: moment(-20) }, "S2 S3"],
    [{ from: "2026-03-01T19:45:00.000+08:00", outcome: "blocked" }, "S7"],
    [{ from: "2026-03-01T19:45:00.001+08:00", outcome: "blocked" }, ""],
    [{ q: id("S5") }, "S5"],
    [{ q: openids.annOa }, "S1 S6 S9"],
    [{ q: openids.annOa, appId: web }, "S6"],
    [{ q: id("BEN") }, "S5"],
    [{ q: " 203.0.113.77 " }, "S1"],
    [{ q: "203.0.113.7" }, ""],
    [{ q: "2001:db8:1:2::7" }, "S2"],
    [{ q: "2001:DB8:1:2::7" }, "S2"],
    [{ q: "2001:0db8:0001:0002:0000:0000:0000:0007" }, "S2"],
    [{ q: "::ffff:203.0.113.77" }, "S1"],
    [{ q: "2001:db8:1:2::" }, ""],
    [{ q: openids.annOa.toUpperCase() }, ""],
  ])("filtered by %j is %j", async (filter, expected) => {
    expect(await found("signIns.list", filter)).toBe(expected);
  });
});

describe("the list of failures, and their groups", () => {
  it.each([
    [{}, "F6 F5 F4 F2 F7 F3 F8 F1 F9"],
    [{ appId: web }, "F5 F2"],
    [{ appId: clinic }, ""],
    [{ endpoint: "sns/oauth2/access_token" }, "F3 F8"],
    [{ endpoint: "cgi-bin/stable_token" }, "F6"],
    [{ errcode: "50002" }, "F5 F4"],
    [{ errcode: "40001", endpoint: "sns/userinfo", appId: oa }, "F1 F9"],
    [{ errcode: "5000" }, ""],
    [{ from: moment(-15) }, "F6 F5 F4"],
    [{ from: moment(-15, 1) }, "F6 F5"],
    [{ to: moment(-40) }, "F8 F1 F9"],
    [{ to: moment(-40, -1) }, "F1 F9"],
    [{ from: moment(-25), to: moment(-20) }, "F2 F7 F3"],
    [{ q: openids.annOa }, "F5 F1 F9"],
    [{ q: openids.annOa, appId: web }, "F5"],
    [{ q: ` ${rid} ` }, "F1"],
    [{ q: rid.slice(1) }, ""],
    [{ q: id("S3") }, "F7 F3"],
    [{ q: id("F8") }, "F8"],
    [{ q: "50002" }, "F5 F4"],
    [{ q: "TIMEOUT", from: moment(-39) }, ""],
    [{ q: "TIMEOUT", errcode: "TIMEOUT" }, "F8"],
    [{ q: "50002", errcode: "40001" }, ""],
  ])("filtered by %j are %j", async (filter, expected) => {
    expect(await found("failures.list", filter)).toBe(expected);
    const groupOf = ({ appId, endpoint, errcode }: Item) => [appId, endpoint, errcode].join(" ");
    const counts = new Map<string, number>();
    for (const row of await itemsOf(operator, "failures.list", filter)) {
      counts.set(groupOf(row), (counts.get(groupOf(row)) ?? 0) + 1);
    }
    const groups = await itemsOf(operator, "failures.groups", { ...filter, state: "all" });
    expect(new Map(groups.map((group) => [groupOf(group), group.events]))).toEqual(counts);
  });
});

describe("what is typed to find failures", () => {
  const errcode = "40001";
  it.each<[string | undefined, FailureFilter]>([
    [undefined, {}],
    ["   ", {}],
    [` ${id("S3")} `, { id: id("S3") }],
    [id("S3").toLowerCase(), { openid: id("S3").toLowerCase() }],
    [rid, { rid }],
    ["6b0b1f33-6c89b872", { rid: "6b0b1f33-6c89b872" }],
    ["6b0b1f33", { openid: "6b0b1f33" }],
    ["-1", { errcode: "-1" }],
    ["BAD_SHAPE", { errcode: "BAD_SHAPE" }],
    ["bad_shape", { openid: "bad_shape" }],
    ["-", { openid: "-" }],
    [openids.annOa, { openid: openids.annOa }],
  ])("is read: %j means %j, together with the other filters", (q, expected) => {
    expect(filterOf({ q })).toEqual(expected);
    expect(filterOf({ q, appId: oa, endpoint: "sns/auth", errcode: expected.errcode })).toEqual({
      ...{ appId: oa, endpoint: "sns/auth", errcode: undefined },
      ...expected,
    });
    const isAnother = "errcode" in expected;
    expect(filterOf({ q, errcode })).toEqual(isAnother ? undefined : { errcode, ...expected });
  });
});

describe("the search box", () => {
  it.each([
    [` ${id("S3").toLowerCase()} `, { kind: "sign_in", id: id("S3") }],
    [id("BEN"), { kind: "person", userId: id("BEN") }],
    [id("F6"), { kind: "failure", id: id("F6") }],
    [`${id("S3")}-B`, { kind: "sign_in", id: id("S3") }],
    ["203.0.113.77", { kind: "sign_ins", q: "203.0.113.77" }],
    [" 2001:db8:1:2::7 ", { kind: "sign_ins", q: "2001:db8:1:2::7" }],
    ["from 203.0.113.77, twice", { kind: "sign_ins", q: "203.0.113.77" }],
    ["203.0.113", { kind: "people", q: "203.0.113" }],
    [rid, { kind: "failures", q: rid }],
    [` ${rid.toUpperCase()}`, { kind: "failures", q: rid }],
    [rid.slice(1), { kind: "people", q: rid.slice(1) }],
    [`${rid}-058e9cba`, { kind: "people", q: `${rid}-058e9cba` }],
    ["40029", { kind: "errcode", errcode: "40029" }],
    ["-1", { kind: "errcode", errcode: "-1" }],
    ["7", { kind: "errcode", errcode: "7" }],
    ["4712", { kind: "person", userId: id("BEN") }],
    ["ann@crm", { kind: "person", userId: id("ANN") }],
    ["12345678", { kind: "errcode", errcode: "12345678" }],
    ["123456789", { kind: "people", q: "123456789" }],
    ["--1", { kind: "people", q: "--1" }],
    ["bad_shape", { kind: "errcode", errcode: "BAD_SHAPE" }],
    ["Ben of Old", { kind: "people", q: "Ben of Old" }],
    [openids.annOa, { kind: "person", userId: id("ANN") }],
  ])("leads from %j to %j", async (text, expected) => {
    for (const console of [operator, viewer]) {
      expect((await console.query("search.find", { text })).data).toEqual(expected);
    }
  });
});

describe("a long list within a page", () => {
  it("has the newest 20 sign-ins and failures of a person, and of a sign-in 50 failures and 200 events", async () => {
    const many = await startSystem({ at: noon, env: { WECHAT_APPS: JSON.stringify(apps) } });
    await seedTwoPeople(many.db);
    const console = await seedOperator(many);
    const range = (count: number) => Array.from({ length: count }, (_, n) => n);
    const failure = { endpoint: "sns/userinfo", errmsg: "no", attempt: 1, latencyMs: 1 };
    await many.db.consoleQuery((orm, t) =>
      orm
        .insert(t.signIns)
        .values(
          range(25).map((n) => ({
            ...{ id: id(`X${n}`), purpose: "sign_in" as const, appId: oa, returnTo: "/", browserHash: "x" },
            ...{ createdAt: minute(n), expiresAt: minute(n), browserUserId: id("ANN") },
          })),
        )
        .returning(),
    );
    const failures = [
      // In turns in one app and the other.
      ...range(30).map((n) => ({
        ...{ ...failure, id: id(`Y${n}`), at: minute(n), errcode: "1" },
        ...(n % 2 === 0 ? { appId: oa, openid: openids.annOa } : { appId: web, openid: openids.annWeb }),
      })),
      // As many codes as there are rows.
      ...range(210).map((n) => ({
        ...{ ...failure, id: id(`Z${n}`), at: minute(n), errcode: `9${n}` },
        ...{ appId: oa, signInId: id("X7") },
      })),
    ];
    await addRows(many.db, "apiFailures", failures);
    await seedGroups(many.db, failures);
    await many.db.consoleQuery((orm, t) =>
      orm
        .insert(t.signInEvents)
        .values(
          range(210).map((n) => ({
            id: newId(minute(n)),
            signInId: id("X7"),
            at: minute(n),
            kind: "callback",
          })),
        )
        .returning(),
    );
    const newest = (name: string, last: number, count: number) =>
      range(count).map((n) => `${name}${last - n}`);
    const names = (rows: { id: string }[] | undefined) => rows?.map((row) => nameOf(row.id));
    interface Page {
      signIns: { id: string }[];
      failures: { id: string }[];
      browserFailures: { id: string }[];
      events: { at: string }[];
    }
    const person = (await console.query<Page>("people.get", { userId: id("ANN") })).data;
    expect(names(person?.signIns)).toEqual(newest("X", 24, 20));
    expect(names(person?.failures)).toEqual(newest("Y", 29, 20));
    expect(names(person?.browserFailures)).toEqual(newest("Z", 209, 20));
    const signIn = (await console.query<Page>("signIns.get", { id: id("X7") })).data;
    expect(names(signIn?.failures)).toEqual(newest("Z", 209, 50));
    expect(signIn?.events.map(({ at }) => at)).toEqual(range(200).map((n) => minute(n).toJSON()));
    const groups = await itemsOf(console, "failures.groups", {});
    expect(groups).toHaveLength(200);
    await many.close();
  });
});
