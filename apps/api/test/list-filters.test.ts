import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";
import { apps, id, iso, minute, noon, oa, openids, seedTwoPeople } from "./support/two-people.js";

let system: System;
let operator: Console;
beforeAll(async () => {
  system = await startSystem({ at: noon, env: { WECHAT_APPS: JSON.stringify(apps) } });
  await seedTwoPeople(system.db);
  const entry = { errcode: null, sealNumber: null, seal: null, ip: null };
  await addRows(system.db, "auditLog", [
    {
      ...{ ...entry, id: id("L1"), at: minute(-100), operatorId: id("OP1"), event: "people.block" },
      ...{ target: id("ANN"), result: "ok" },
    },
    {
      ...{ ...entry, id: id("L2"), at: minute(-50), operatorId: id("OP2"), event: "people.unblock" },
      ...{ target: id("BEN"), result: "refused" },
    },
  ]);
  operator = await seedOperator(system);
});
afterAll(() => system.close());

const at = (from: number, to: number) => ({ from: iso(from), to: iso(to) });

/** Each list as a file, as pages and as a number, and its filters, by which it has fewer rows than without them. */
const filters: [list: string, query: string, count: string, filters: Record<string, string>[]][] = [
  [
    ...(["people", "people.list", "people.count"] as const),
    [{ q: "BENNO" }, { appId: oa }, { unionid: "no" }, { status: "blocked" }],
  ],
  [
    ...(["sign-ins", "signIns.list", "signIns.count"] as const),
    [
      ...[{ q: openids.annOa }, { outcome: "failed" }, { appId: oa }, { userId: id("ANN") }],
      ...[{ sameBrowserAs: id("S1") }, at(-21, -11)],
    ],
  ],
  [
    ...(["failures", "failures.list", "failures.count"] as const),
    [
      ...[{ q: openids.annOa }, { appId: oa }, { endpoint: "sns/oauth2/access_token" }],
      ...[{ errcode: "50002" }, at(-21, -11)],
    ],
  ],
  [
    ...(["user-tokens", "tokens.listUsers", "tokens.countUsers"] as const),
    [{ q: openids.annOa }, { appId: oa }, { state: "dead" }],
  ],
  [
    ...(["audit", "audit.list", "audit.count"] as const),
    [
      ...[{ operatorId: id("OP1") }, { event: "people.block" }, { target: id("BEN") }],
      ...[{ result: "refused" }, at(-120, -80)],
    ],
  ],
];

describe("a filter of a list of the console", () => {
  it.each(
    filters.flatMap(([list, query, count, each]) =>
      each.map((filter) => [list, query, count, filter] as const),
    ),
  )("leaves the same rows in its file, in its pages and in its number: %s, %s, %s, %j", async (...of) => {
    const [list, query, count, filter] = of;
    const itemsOf = async (input: object) =>
      (await operator.query<{ items: object[] }>(query, { ...input, limit: 200 })).data?.items ?? [];
    const [some, all] = [await itemsOf(filter), await itemsOf({})];
    expect([some.length > 0, some.length < all.length]).toEqual([true, true]);
    expect((await operator.query(count, filter)).data).toEqual({ count: some.length, isMore: false });
    const { html, status } = await operator.browser.visit(
      `/admin/export/${list}?${new URLSearchParams({ format: "ndjson", ...filter })}`,
    );
    expect([
      status,
      html
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ]).toEqual([200, some]);
  });
});
