import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { KeyRing } from "../src/domain/key-ring.js";
import { type Console, seedOperator } from "./support/operator.js";
import { deleteAllRows } from "./support/rows.js";
import { seedFailure, seedPerson, seedSignIn } from "./support/seed.js";
import { type System, startSystem } from "./support/system.js";

interface Page {
  items: Record<string, unknown>[];
  nextCursor: string | null;
}

let system: System;
let console: Console;
let oa: string;
beforeAll(async () => {
  system = await startSystem();
  console = await seedOperator(system);
  oa = system.officialAccount.appId;
});
beforeEach(async () => {
  await deleteAllRows(system.db, ["userTokens", "bindings", "users", "signIns", "apiFailures"]);
});
afterAll(() => system.close());

const noon = new Date("2026-03-01T12:00:00.000Z");
const minutes = (count: number) => new Date(noon.getTime() + count * 60_000);

async function page(path: string, input: object = {}): Promise<Page> {
  const answer = await console.query<Page>(path, input);
  if (!answer.data) throw new Error(`${path} answered ${answer.text}`);
  return answer.data;
}

/** Reads all pages, one after another. */
async function walk(
  path: string,
  input: object,
  limit: number,
  between: () => Promise<void> = async () => {},
) {
  const items: Record<string, unknown>[] = [];
  let cursor: string | null | undefined;
  do {
    const next: Page = await page(path, { ...input, limit, ...(cursor ? { cursor } : {}) });
    expect(next.items.length).toBeLessThanOrEqual(limit);
    items.push(...next.items);
    cursor = next.nextCursor;
    await between();
  } while (cursor !== null);
  return items;
}

const lists = ["people.list", "tokens.listUsers", "signIns.list", "failures.list"] as const;

/** Adds 23 rows to every list, ten of which share one timestamp. */
async function seedAll(): Promise<void> {
  for (let row = 0; row < 23; row++) {
    const at = row < 10 ? noon : minutes(row);
    const openid = `o-person-${row}`;
    await seedPerson(system.db, {
      at,
      appId: oa,
      nickname: `Person ${row}`,
      openid,
      tokenExpiresAt: minutes(120),
    });
    await seedSignIn(system.db, { at, appId: oa, outcome: "signed_in", openid });
    await seedFailure(system.db, { at, appId: oa, errcode: "40029", openid });
  }
}

const keyOf = (item: Record<string, unknown>) => String(item.userId ?? item.id);

describe.each(lists)("%s", (path) => {
  beforeEach(seedAll);

  it("pages through every row exactly once, newest first, even if rows share a timestamp [T61]", async () => {
    for (const limit of [1, 3, 10, 23, 200]) {
      const items = await walk(path, {}, limit);
      const openids = items.map((item) => item.openid ?? (item.bindings as { openid: string }[])[0]?.openid);
      expect(new Set(openids).size, `limit ${limit}`).toBe(23);
      expect(openids).toHaveLength(23);
      const times = items.map((item) => String(item.createdAt ?? item.updatedAt ?? item.at));
      expect(times).toEqual([...times].sort().reverse());
    }
  });

  it("returns every earlier row once while new rows arrive", async () => {
    const before = new Set((await walk(path, {}, 200)).map((item) => item.openid ?? keyOf(item)));
    let arrival = 0;
    const items = await walk(path, {}, 4, async () => {
      const openid = `o-late-${arrival++}`;
      const at = minutes(1000 + arrival);
      await seedPerson(system.db, { at, appId: oa, nickname: "Late", openid, tokenExpiresAt: minutes(9000) });
      await seedSignIn(system.db, { at, appId: oa, openid });
      await seedFailure(system.db, { at, appId: oa, errcode: "-1", openid });
    });
    const seen = items.map((item) => item.openid ?? keyOf(item));
    expect(arrival).toBeGreaterThan(3);
    expect(seen.filter((one) => before.has(one as string))).toHaveLength(23);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("returns 50 rows by default and 200 at most, and refuses 201 [T62]", async () => {
    expect((await console.query(path, { limit: 200 })).status).toBe(200);
    for (const limit of [201, 0, -1, 1.5, 1e9, null]) {
      expect((await console.query(path, { limit })).status, String(limit)).toBe(400);
    }
    for (let row = 0; row < 30; row++) {
      const [at, openid] = [minutes(200 + row), `o-more-${row}`];
      await seedPerson(system.db, { at, appId: oa, nickname: "More", openid, tokenExpiresAt: minutes(900) });
      await seedSignIn(system.db, { at, appId: oa, openid });
      await seedFailure(system.db, { at, appId: oa, errcode: "-1", openid });
    }
    expect((await page(path)).items).toHaveLength(50);
  });

  it("refuses a cursor that was altered, made up, or issued for another list, filter or server [T61]", async () => {
    const { nextCursor } = await page(path, { limit: 2 });
    if (!nextCursor) throw new Error("there are more rows");
    expect((await console.query(path, { limit: 2, cursor: nextCursor })).status).toBe(200);

    const otherList = lists.find((list) => list !== path) ?? path;
    const foreign = (await page(otherList, { limit: 2 })).nextCursor ?? "";
    const otherFilter = (await page(path, { limit: 2, appId: oa })).nextCursor ?? "";
    const strangers = new KeyRing(["another-server-s-key-Qm4Zr8Tv2Xw6"]).signCursor("anything");
    const [time = "", id = "", signature = ""] = nextCursor.split("_");
    const refused = [
      foreign,
      otherFilter,
      `${Number(time) + 1}_${id}_${signature}`,
      `${time}_${id}0_${signature}`,
      `${time}_${id}_${strangers}`,
      `${time}_${id}`,
      `${nextCursor} `,
      `${nextCursor}\n`,
      nextCursor.toLowerCase(),
      "",
      "0",
      "' or 1=1 --",
      "../../etc/passwd",
    ];
    for (const cursor of refused) {
      const answer = await console.query(path, { limit: 2, cursor });
      expect(answer.status, cursor).toBe(400);
      expect(answer.error?.data.appCode, cursor).toBe("cursor_invalid");
    }
  });

  it("does not let the caller choose a column to sort or filter by [T61]", async () => {
    const plain = await page(path, { limit: 5 });
    const tried = {
      sort: "passwordHash",
      orderBy: "secret_hash",
      order: "asc",
      where: "1=1",
      columns: "*",
      offset: 3,
    };
    expect(await page(path, { limit: 5, ...tried })).toEqual(plain);
  });
});

describe("a time filter", () => {
  it.each([
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "1969-12-31T23:59:59Z",
  ])("is refused with 400 if it begins outside the years 1970 to 9999 (UTC): %s [T36]", async (from) => {
    for (const list of ["failures.list", "failures.groups", "signIns.list"]) {
      expect((await console.query(list, { from })).status, list).toBe(400);
    }
  });
});
