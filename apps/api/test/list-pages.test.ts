import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";
import { apps, id, minute, noon, oa, seedTwoPeople } from "./support/two-people.js";

let system: System;
let operator: Console;
beforeAll(async () => {
  system = await startSystem({ at: noon, env: { WECHAT_APPS: JSON.stringify(apps) } });
  const { db } = system;
  await seedTwoPeople(db);
  operator = await seedOperator(system);
  for (const role of ["viewer", "owner"] as const) await seedOperator(system, role);
  const numbers = [1, 2, 3];
  await addRows(
    db,
    "merges",
    numbers.map((n) => ({
      ...{ id: id(`MRG${n}`), fromUserId: id("ANN"), intoUserId: id("BEN"), operatorId: id("OP1") },
      createdAt: minute(-n),
    })),
  );
  await addRows(
    db,
    "alertIncidents",
    numbers.map((n) => ({
      ...{ id: id(`NC${n}`), kind: "group_new" as const, subject: `group ${n}`, appId: oa },
      ...{ openedAt: minute(-n), lastAt: minute(-n), toldAt: minute(-n) },
    })),
  );
  await addRows(
    db,
    "auditLog",
    numbers.map((n) => ({
      ...{ id: id(`AUD${n}`), at: minute(-n), event: "people.block", result: "ok" as const },
    })),
  );
  await addRows(
    db,
    "appTokenFetches",
    numbers.map((n) => ({
      ...{ id: id(`FTCH${n}`), at: minute(-n), appId: oa, kind: "access_token" as const },
      ...{ source: "stable_token", requestedBy: "schedule", latencyMs: n, generation: n },
    })),
  );
});
afterAll(() => system.close());

interface Page {
  items: object[];
  nextCursor: string | null;
}
const pageOf = async (path: string, input: object) => {
  const { data, text } = await operator.query<Page>(path, input);
  if (!data) throw new Error(text);
  return data;
};

describe("a list of the console", () => {
  it.each([
    ["people.list", {}],
    ["signIns.list", { appId: oa }],
    ["failures.list", { appId: oa }],
    ["tokens.listUsers", {}],
    ["tokens.listFetches", { appId: oa, kind: "access_token" }],
    ["conflicts.list", {}],
    ["merges.list", {}],
    ["alerts.incidents", {}],
    ["operators.list", {}],
    ["audit.list", {}],
  ])(
    "goes on with the next page where the one before ended, in pages as long as asked: %s",
    async (path, filter) => {
      const whole = await pageOf(path, filter);
      expect([whole.items.length > 2, whole.nextCursor]).toEqual([true, null]);
      const pages: Page[] = [];
      for (let cursor: string | null | undefined; cursor !== null; cursor = pages.at(-1)?.nextCursor) {
        pages.push(await pageOf(path, { ...filter, limit: 2, ...(cursor ? { cursor } : {}) }));
        if (pages.length > whole.items.length) break;
      }
      const lengths = whole.items.flatMap((_, n, all) => (n % 2 ? [] : [Math.min(2, all.length - n)]));
      expect(pages.map(({ items }) => items.length)).toEqual(lengths);
      expect(pages.flatMap(({ items }) => items)).toEqual(whole.items);
    },
  );
});

describe("the list of people whom failures affect", () => {
  it("has those of the filter, 200 on a page, and goes on with the others", async () => {
    await addRows(
      system.db,
      "apiFailures",
      Array.from({ length: 203 }, (_, n) => ({
        ...{ id: id(`F${1000 + n}`), at: minute(-2000 - n), appId: oa, endpoint: "sns/userinfo" },
        ...{ errcode: "48001", errmsg: "api unauthorized", openid: `oPerson${n}`, attempt: 1, latencyMs: 1 },
      })),
    );
    const first = await pageOf("failures.people", { errcode: "48001" });
    const cursor = first.nextCursor ?? "";
    const rest = await pageOf("failures.people", { errcode: "48001", cursor });
    expect(rest.nextCursor).toBeNull();
    const openids = [...first.items, ...rest.items].map((item) => (item as { openid: string }).openid);
    expect([first.items.length, openids]).toEqual([
      200,
      Array.from({ length: 203 }, (_, n) => `oPerson${n}`),
    ]);
  });
});
