import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Found } from "../../src/db/console/bounded.js";
import { countPeopleAffected, groupFailures, listGroupCounts } from "../../src/db/console/failure-groups.js";
import { listAffected } from "../../src/db/console/failure-people.js";
import { type FailureFilter, listFailures, listFailuresInBrowserOf } from "../../src/db/console/failures.js";
import { findRareGram } from "../../src/db/console/nicknames.js";
import { countAffected } from "../../src/db/console/overview.js";
import { listUsers } from "../../src/db/console/people.js";
import { listSignIns } from "../../src/db/console/sign-ins.js";
import { listUserTokens } from "../../src/db/console/user-tokens.js";
import type { Database } from "../../src/db/database.js";
import { quarter } from "../../src/db/error-groups.js";
import type { Position } from "../../src/db/keyset.js";
import type { Tables } from "../../src/db/schema.js";
import { writeSeed } from "../../src/seed/write.js";
import { onlyOn, type TestDatabase, testDatabase } from "../support/engine.js";
import { withConnection } from "../support/postgres.js";
import { rowsOf } from "../support/rows.js";

// The lists of the console on skewed rows, of which each request reads only so many.

const quarterMs = quarter * 60_000;
const now = new Date("2026-03-01T12:00:00.000Z");
const [most, few] = ["wx51a0b1c2d3e4f501", "wx51a0b1c2d3e4f503"];
const size = { people: 500, failures: 1500, now, appIds: [most, "wx51a0b1c2d3e4f502", few] };

let database: TestDatabase;
let db: Database;
let rows: { [Name in keyof Tables]: Tables[Name]["$inferSelect"][] };
beforeAll(async () => {
  database = await testDatabase();
  db = await database.open();
  await writeSeed(db, size, () => {});
  const read = async <Name extends keyof Tables>(name: Name) => [name, await rowsOf(db, name)] as const;
  const names = ["users", "bindings", "userTokens", "signIns", "apiFailures", "errorGroups"] as const;
  rows = Object.fromEntries(await Promise.all(names.map(read))) as never;
});
afterAll(async () => {
  await db.close();
  await database.remove();
});

/** Newest first. */
const sorted = (positions: Position[]): string[] =>
  positions.sort((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1)).map(({ id }) => id);

/** Reads a list to its end, by the cursors of full pages and of searches that stopped. */
async function walk<Row>(
  read: (page: { after: Position | undefined; limit: number; maxReadRows: number }) => Promise<Found<Row>>,
  positionOf: (row: Row) => Position,
  { limit, maxReadRows }: { limit: number; maxReadRows: number },
) {
  const ids: string[] = [];
  let stops = 0;
  let after: Position | undefined;
  for (;;) {
    const { rows, searchedTo } = await read({ after, limit, maxReadRows });
    expect(rows.length).toBeLessThanOrEqual(Math.min(limit, maxReadRows));
    ids.push(...rows.map((row) => positionOf(row).id));
    const last = rows.at(-1);
    if (searchedTo) stops++;
    after = searchedTo ?? (rows.length === limit && last ? positionOf(last) : undefined);
    if (!after) return { ids, stops };
  }
}

const maybe = <Value>(...values: Value[]) => fc.constantFrom(undefined, ...values);
const page = fc.record({
  limit: fc.integer({ min: 2, max: 60 }),
  maxReadRows: fc.integer({ min: 60, max: 400 }),
});
const moment = maybe(...[10, 40, 90].map((days) => new Date(now.getTime() - days * 86_400_000)));
const is = <Value>(wanted: Value | undefined, value: Value) => wanted === undefined || wanted === value;
const isIn = ({ from, to }: { from?: Date | undefined; to?: Date | undefined }, at: Date) =>
  (!from || at >= from) && (!to || at <= to);

describe("a list that reads so many rows for each request", () => {
  it("has every failure that matches exactly once, whatever the filters [T101]", async () => {
    const openids = ["40001", "48001"].map(
      (code) => rows.apiFailures.find((f) => f.errcode === code)?.openid ?? "",
    );
    const filters = fc.record({
      ...{ appId: maybe(most, few), endpoint: maybe("sns/userinfo", "sns/auth"), openid: maybe(...openids) },
      ...{ errcode: maybe("40163", "48001", "none"), from: moment, to: moment },
    });
    await fc.assert(
      fc.asyncProperty(filters, page, async (filter, sizes) => {
        const { ids } = await walk(
          (asked) => listFailures(db, filter, asked),
          (row) => row,
          sizes,
        );
        const matching = rows.apiFailures.filter(
          (row) =>
            is(filter.appId, row.appId) &&
            is(filter.endpoint, row.endpoint) &&
            is(filter.errcode, row.errcode) &&
            is<string | null>(filter.openid, row.openid) &&
            isIn(filter, row.at),
        );
        expect(ids).toEqual(sorted(matching));
      }),
      { numRuns: 40 },
    );
  });

  it("has every sign-in that matches exactly once, whatever the filters", async () => {
    const filters = fc.record({
      ...{ appId: maybe(most, few), ip: maybe("203.0.113.7"), from: moment, to: moment },
      outcome: maybe("signed_in" as const, "failed" as const, "in_progress" as const),
    });
    await fc.assert(
      fc.asyncProperty(filters, page, async (filter, sizes) => {
        const positionOf = (row: { createdAt: Date; id: string }) => ({ at: row.createdAt, id: row.id });
        const { ids } = await walk((asked) => listSignIns(db, filter, asked), positionOf, sizes);
        const matching = rows.signIns.filter(
          (row) =>
            is(filter.appId, row.appId) &&
            is<string | null>(filter.ip, row.ip) &&
            is(filter.outcome, row.outcome ?? "in_progress") &&
            isIn(filter, row.createdAt),
        );
        expect(ids).toEqual(sorted(matching.map(positionOf)));
      }),
      { numRuns: 30 },
    );
  });

  it("has every person and every token that matches exactly once, whatever the filters", async () => {
    const ownOf = new Map(rows.bindings.map((binding) => [binding.userId, binding]));
    const bindingOf = new Map(rows.bindings.map((binding) => [binding.id, binding]));
    const parts = maybe("微信用户", "信用", "芳", "张伟", "王", "a1", "的", "none");
    const filters = fc.record({
      ...{ appId: maybe(most, few), hasUnionid: maybe(true, false), status: maybe("blocked" as const) },
      ...{ part: parts, matchesParts: fc.boolean(), state: maybe("fresh" as const, "refused" as const) },
    });
    await fc.assert(
      fc.asyncProperty(filters, page, async ({ part, matchesParts, ...filter }, sizes) => {
        const search = part === undefined ? undefined : { folded: part, matchesParts };
        const nickname = search && { ...search, gram: await findRareGram(db, search, sizes.maxReadRows) };
        const isNamed = ({ nicknameFolded: folded }: { nicknameFolded: string | null }) =>
          part === undefined || (matchesParts ? folded?.includes(part) : folded === part);
        const people = await walk(
          (asked) => listUsers(db, { ...filter, nickname }, asked),
          (row) => ({ at: row.createdAt, id: row.userId }),
          sizes,
        );
        const users = rows.users.filter(({ id, status }) => {
          const own = ownOf.get(id);
          return (
            own &&
            is(filter.status, status) &&
            is(filter.appId, own.appId) &&
            is(filter.hasUnionid, own.unionid !== null) &&
            isNamed(own)
          );
        });
        expect(people.ids).toEqual(sorted(users.map(({ id, createdAt }) => ({ at: createdAt, id }))));

        const tokens = await walk(
          (asked) => listUserTokens(db, { ...filter, nickname }, { ...asked, now }),
          (row) => ({ at: row.updatedAt, id: row.bindingId }),
          sizes,
        );
        const matching = rows.userTokens.filter(
          ({ bindingId, appId, refusedErrcode, expiresAt, refreshExpiresAt }) => {
            const state = refusedErrcode === null ? "fresh" : "refused";
            const isAlive = expiresAt > now || (state === "refused" && refreshExpiresAt > now);
            const own = bindingOf.get(bindingId);
            return (
              own &&
              is(filter.appId, appId) &&
              (!filter.state || (isAlive && state === filter.state)) &&
              isNamed(own)
            );
          },
        );
        const positions = matching.map((row) => ({ at: row.updatedAt, id: row.bindingId }));
        expect(tokens.ids).toEqual(sorted(positions));
      }),
      { numRuns: 40 },
    );
  });

  it("stops a search that finds nothing after these rows, and says where [T101]", async () => {
    const filter = { errcode: "40163", appId: "wx-of-no-user" };
    const found = await listFailures(db, filter, { limit: 50, maxReadRows: 100 });
    const read = sorted(rows.apiFailures.filter(({ errcode }) => errcode === "40163"));
    expect(found).toEqual({ rows: [], searchedTo: { at: expect.any(Date), id: read[99] } });
    const all = await listFailures(db, filter, { limit: 50, maxReadRows: read.length });
    expect(all).toEqual({ rows: [], searchedTo: undefined });
  });
});

describe("the counts of a group of failures", () => {
  it("are those of the failures themselves, in every quarter of an hour", async () => {
    const slots = rows.apiFailures.map(({ at }) => Math.floor(at.getTime() / quarterMs));
    const [first, middle] = [Math.min(...slots), slots[700] ?? 0];
    for (const range of [
      {},
      { from: new Date(middle * quarterMs) },
      { to: new Date((middle + 1) * quarterMs - 1) },
    ]) {
      for (const filter of [{}, { errcode: "40163" }, { endpoint: "sns/userinfo", appId: few }]) {
        const counted = await groupFailures(db, { ...filter, ...range }, { limit: 200 });
        const remembered = await listGroupCounts(db, { ...filter, ...range }, 200);
        const people = await countPeopleAffected(
          db,
          remembered.map(({ groupId }) => groupId),
          { since: range.from ?? new Date(first * quarterMs), to: undefined },
          10_000,
        );
        const byKind = (groups: { appId: string; endpoint: string; errcode: string }[]) =>
          groups.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
        const asCounted = remembered.map(({ groupId, ...group }) => ({
          ...group,
          ...("to" in range ? {} : { people: people.get(groupId) }),
        }));
        const expected = counted.map(({ people, ...group }) =>
          "to" in range ? group : { ...group, people },
        );
        expect(byKind(asCounted.map((group) => sortedKeys(group)))).toEqual(
          byKind(expected.map((group) => sortedKeys(group))),
        );
      }
    }
  });
});

const sortedKeys = <Item extends object>(item: Item): Item =>
  Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) as Item;

/** How the engine runs each query of a list. */
async function plansOf(list: (db: Database) => Promise<unknown>): Promise<string[]> {
  const plans: string[] = [];
  const explaining: Database = {
    ...db,
    consoleQuery: async (build) => {
      const answer = await db.consoleQuery(async (orm, t) => {
        const query = build(orm, t) as unknown as { getSQL(): ReturnType<typeof sql> };
        const explain = sql`${sql.raw(db.engine === "sqlite" ? "explain query plan" : "explain")} ${query.getSQL()}`;
        const lines =
          db.engine === "sqlite"
            ? // As lists of values, of which the last one is the detail.
              (await orm.all<string[]>(explain)).map((line) => line.at(-1))
            : (
                await (orm as unknown as { execute(query: unknown): Promise<{ rows: object[] }> }).execute(
                  explain,
                )
              ).rows.map((row) => String(Object.values(row)[0]));
        plans.push(lines.join("\n"));
        return query as unknown as PromiseLike<never[]>;
      });
      return answer;
    },
  };
  await list(explaining);
  return plans;
}

const [id, openid] = ["01M00000000000000000000ANN", "oAnn"];

/** How failures are counted: by the filters of a range, and as far back as they may be read. */
const countings: [string, (d: Database, filter: FailureFilter, last?: Position) => Promise<unknown>][] = [
  ["groups of failures", (d, filter, last) => groupFailures(d, filter, { last, limit: 200 })],
  ["people whom failures affect", (d, filter, last) => listAffected(d, filter, { last, limit: 201 })],
  ["the number of people affected", (d, filter, last) => countAffected(d, filter, { last })],
];
const failureFilters: [FailureFilter, string][] = [
  [{}, "api_failures_at"],
  [{ endpoint: "sns/userinfo" }, "api_failures_at"],
  [{ appId: few }, "api_failures_app"],
  [{ errcode: "40163", appId: few, endpoint: "sns/userinfo" }, "api_failures_errcode"],
  [{ openid, errcode: "40001" }, "api_failures_openid"],
];

onlyOn("sqlite", "the query for", {}, () => {
  it.each(countings)("%s reads no failure outside its range and bound [T101]", async (_, count) => {
    for (const [filter, index] of failureFilters) {
      const [bounded, ofRange, betweenThem] = [
        await plansOf((d) => count(d, filter, { at: now, id })),
        await plansOf((d) => count(d, { ...filter, from: now })),
        await plansOf((d) => count(d, { ...filter, to: now }, { at: now, id })),
      ].map((plans) => plans.filter((plan) => plan.includes("api_failures")));
      const equals = index === "api_failures_at" ? "" : "\\w+=\\? AND ";
      const ofIndex = (range: string) => [
        expect.stringMatching(
          new RegExp(
            `^(USE TEMP B-TREE FOR \\S+\n)?SEARCH api_failures USING INDEX ${index} \\(${equals}${range}\\)`,
          ),
        ),
      ];
      expect(bounded).toEqual(ofIndex("\\(at,id\\)>\\(\\?,\\?\\)"));
      expect(ofRange).toEqual(ofIndex("at>\\?"));
      expect(betweenThem).toEqual(ofIndex("\\(at,id\\)>\\(\\?,\\?\\) AND at<\\?"));
    }
  });
});

onlyOn("sqlite", "the query of a list", {}, () => {
  const nickname = { folded: "张伟", matchesParts: true };
  const rare = { ...nickname, gram: "张伟" };
  type List = (db: Database, page: { after?: Position; limit: number; now: Date }) => Promise<unknown>;
  const lists: [string, List, string][] = [
    ["all people", (d, page) => listUsers(d, {}, page), "users_created"],
    ["blocked people", (d, page) => listUsers(d, { status: "blocked" }, page), "users_status"],
    ["an app's people", (d, page) => listUsers(d, { appId: few, hasUnionid: false }, page), "users_created"],
    [
      "people by a common nickname",
      (d, page) => listUsers(d, { nickname: { ...nickname, gram: null } }, page),
      "users_created",
    ],
    ["people by a rare nickname", (d, page) => listUsers(d, { nickname: rare }, page), "nickname_grams"],
    ["the rarest gram", (d) => findRareGram(d, nickname), "nickname_grams"],
    ["people by an id", (d, page) => listUsers(d, { exactly: id }, page), "bindings_openid"],
    ["all tokens", (d, page) => listUserTokens(d, {}, page), "user_tokens_updated"],
    [
      "an app's tokens",
      (d, page) => listUserTokens(d, { appId: few, state: "fresh" }, page),
      "user_tokens_app",
    ],
    ["refused tokens", (d, page) => listUserTokens(d, { state: "refused" }, page), "user_tokens_refused"],
    ["tokens by an openid", (d, page) => listUserTokens(d, { exactly: openid }, page), "bindings_openid"],
    ["tokens by a rare nickname", (d, page) => listUserTokens(d, { nickname: rare }, page), "nickname_grams"],
    ["all sign-ins", (d, page) => listSignIns(d, {}, page), "sign_ins_created"],
    [
      "sign-ins that ended",
      (d, page) => listSignIns(d, { outcome: "signed_in", appId: few }, page),
      "sign_ins_ended",
    ],
    ["sign-ins under way", (d, page) => listSignIns(d, { outcome: "in_progress" }, page), "sign_ins_ended"],
    [
      "sign-ins by an address",
      (d, page) => listSignIns(d, { ip: "203.0.113.7", outcome: "failed" }, page),
      "sign_ins_ip",
    ],
    ["sign-ins by an openid", (d, page) => listSignIns(d, { openid }, page), "sign_ins_openid"],
    [
      "sign-ins that ended as a user's",
      (d, page) => listSignIns(d, { signedInUserId: id }, page),
      "sign_ins_user",
    ],
    [
      "sign-ins of a person",
      (d, page) => listSignIns(d, { userId: id, outcome: "failed" }, page),
      "sign_ins_browser_user",
    ],
    ["all failures", (d, page) => listFailures(d, {}, page), "api_failures_at"],
    [
      "an endpoint's failures",
      (d, page) => listFailures(d, { endpoint: "sns/auth" }, page),
      "api_failures_at",
    ],
    [
      "an app's failures",
      (d, page) => listFailures(d, { appId: few, endpoint: "sns/auth" }, page),
      "api_failures_app",
    ],
    [
      "an errcode's failures",
      (d, page) => listFailures(d, { errcode: "40163", appId: few }, page),
      "api_failures_errcode",
    ],
    [
      "a person's failures",
      (d, page) => listFailures(d, { openid, appId: few, errcode: "40163" }, page),
      "api_failures_openid",
    ],
    ["failures by a rid", (d, page) => listFailures(d, { rid: "0-0-0" }, page), "api_failures_rid"],
    ["a sign-in's failures", (d, page) => listFailures(d, { id }, page), "api_failures_sign_in"],
    ["failures in a browser", (d) => listFailuresInBrowserOf(d, id, 20), "sign_ins_browser_user"],
    [
      "the groups' counts",
      (d) => listGroupCounts(d, { errcode: "40163", from: now }, 200),
      "error_group_counts",
    ],
    [
      "the people of groups",
      (d) => countPeopleAffected(d, [id], { since: now, to: undefined }, 9),
      "error_group_people_last",
    ],
  ];
  /** They read whatever has an id or a gram, and sort it. */
  const sorting =
    /an id|a rare nickname|an openid|a rid|of a person|a sign-in's|in a browser|as a user's|counts/;

  it.each(lists)(
    "of %s reads by an index, in its order, and a deep page begins at its place in it [T101]",
    async (name, list, index) => {
      const first = (await plansOf((d) => list(d, { limit: 50, now }))).join("\n");
      expect(first).toMatch(new RegExp(`\\b(sqlite_autoindex_)?${index}`));
      const after = { at: now, id };
      const deep = (await plansOf((d) => list(d, { after, limit: 50, now }))).join("\n");
      for (const line of `${first}\n${deep}`.split("\n")) {
        if (line.startsWith("SCAN "))
          expect(line).toMatch(
            /^SCAN (some|affected|error_groups USING INDEX \S+|\S+ USING (COVERING )?INDEX \S+_(created|at|updated|refused|not_searchable))$/,
          );
        if (!sorting.test(name)) expect(line).not.toMatch(/TEMP B-TREE FOR ORDER BY/);
      }
      if (!sorting.test(name) && deep !== first)
        expect(deep).toMatch(
          new RegExp(
            `SEARCH \\S+ USING INDEX ${index} \\(.*\\((created_at|at|updated_at),(id|binding_id)\\)<\\(\\?,\\?\\)\\)`,
          ),
        );
    },
  );
});

onlyOn("postgres", "the query of a person's sign-ins", {}, () => {
  it("looks each part of them up by its index, and asks nothing of the sign-ins of others [T101]", async () => {
    // Without it the plan would rest on whether PostgreSQL has already made statistics of these tables by itself.
    await withConnection(String(database.env.DATABASE_URL), (client) =>
      client.query("analyze sign_ins, bindings"),
    );
    const [plan] = await plansOf((d) => listSignIns(d, { userId: id }, { limit: 50 }));
    for (const index of ["sign_ins_user", "sign_ins_openid", "sign_ins_browser_user", "sign_ins_pkey"])
      expect(plan).toMatch(new RegExp(`\\b${index}\\b`));
    expect(plan).not.toMatch(/SubPlan|Seq Scan on sign_ins|sign_ins_created/);
  });
});
