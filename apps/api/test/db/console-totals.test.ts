import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countAuditEntries, listAuditEntries } from "../../src/db/console/audit.js";
import type { Total, TotalBound } from "../../src/db/console/bounded.js";
import { countFailures, listFailures } from "../../src/db/console/failures.js";
import { countUsers, listUsers } from "../../src/db/console/people.js";
import { countSignIns, listSignIns } from "../../src/db/console/sign-ins.js";
import { countUserTokens, listUserTokens } from "../../src/db/console/user-tokens.js";
import type { Database } from "../../src/db/database.js";
import { writeSeed } from "../../src/seed/write.js";
import { type TestDatabase, testDatabase } from "../support/engine.js";
import { addRows, rowsOf } from "../support/rows.js";

const now = new Date("2026-03-01T12:00:00.000Z");
const appId = "wx51a0b1c2d3e4f501";

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await testDatabase();
  db = await database.open();
  const size = { people: 120, failures: 300, now, appIds: [appId, "wx51a0b1c2d3e4f502"] };
  await writeSeed(db, size, () => {});
  const entry = { operatorId: "01KOPERATOR000000000000000", event: "people.block", ip: null, errcode: null };
  await addRows(
    db,
    "auditLog",
    ["ok", "ok", "denied"].map((result, n) => ({
      ...{ ...entry, id: `01KAUDIT${n}`, at: now, target: "01KTARGET", result },
    })) as never,
  );
});
afterAll(async () => {
  await db.close();
  await database.remove();
});

const everything = { limit: 10_000 };
const search = { folded: "微信", matchesParts: true };

type Listed = [
  name: string,
  list: () => Promise<{ rows: object[] }>,
  count: (bound?: TotalBound) => Promise<Total>,
];

const failed = { outcome: "failed", appId } as const;
const refused = { errcode: "40163", endpoint: "sns/oauth2/access_token" };
const withUnionid = { hasUnionid: true, appId };
const fresh = { state: "fresh" } as const;
const lists: Listed[] = [
  ["people", () => listUsers(db, {}, everything), (bound) => countUsers(db, {}, bound)],
  [
    "people with a unionid in an app",
    () => listUsers(db, withUnionid, everything),
    (bound) => countUsers(db, withUnionid, bound),
  ],
  [
    "people by a common nickname",
    () => listUsers(db, { nickname: { ...search, gram: null } }, everything),
    (bound) => countUsers(db, { nickname: { ...search, gram: null } }, bound),
  ],
  ["sign-ins", () => listSignIns(db, {}, everything), (bound) => countSignIns(db, {}, bound)],
  [
    "failed sign-ins of an app",
    () => listSignIns(db, failed, everything),
    (bound) => countSignIns(db, failed, bound),
  ],
  ["failures", () => listFailures(db, {}, everything), (bound) => countFailures(db, {}, bound)],
  [
    "failures of one kind",
    () => listFailures(db, refused, everything),
    (bound) => countFailures(db, refused, bound),
  ],
  [
    "user tokens",
    () => listUserTokens(db, {}, { ...everything, now }),
    (bound) => countUserTokens(db, {}, { ...bound, now }),
  ],
  [
    "fresh user tokens",
    () => listUserTokens(db, fresh, { ...everything, now }),
    (bound) => countUserTokens(db, fresh, { ...bound, now }),
  ],
  [
    "allowed acts",
    () => listAuditEntries(db, { result: "ok" }, everything),
    (bound) => countAuditEntries(db, { result: "ok" }, bound),
  ],
];

describe("the total of a list", () => {
  it.each(lists)("counts each row once: %s", async (_, list, count) => {
    const { rows } = await list();
    expect(rows.length).toBeGreaterThan(0);
    expect(await count()).toEqual({ count: rows.length, isMore: false });
  });

  it.each(lists)(
    "reads no more rows than allowed, and says that there may be more: %s [T101]",
    async (_, list, count) => {
      const { rows } = await list();
      const some = await count({ maxReadRows: 2 });
      expect(some.isMore).toBe(true);
      expect(some.count).toBeLessThanOrEqual(Math.min(2, rows.length));
    },
  );

  it("is exact where each row that may be read is read", async () => {
    const { rows } = await listFailures(db, {}, everything);
    expect([
      await countFailures(db, {}, { maxReadRows: rows.length }),
      await countFailures(db, {}, { maxReadRows: rows.length - 1 }),
    ]).toEqual([
      { count: rows.length, isMore: false },
      { count: rows.length - 1, isMore: true },
    ]);
  });

  it("is that of a person's own rows, however many newer ones others have", async () => {
    const [oldest] = (await rowsOf(db, "bindings")).sort((a, b) => Number(a.createdAt) - Number(b.createdAt));
    const [userId, exactly] = [oldest?.userId ?? "", oldest?.openid ?? ""];
    const theirs = await listSignIns(db, { userId }, everything);
    expect([
      await countUsers(db, { exactly }, { maxReadRows: 2 }),
      await countUserTokens(db, { exactly }, { maxReadRows: 2, now }),
      await countSignIns(db, { userId }, { maxReadRows: 100 }),
    ]).toEqual([
      { count: 1, isMore: false },
      { count: (await listUserTokens(db, { exactly }, { ...everything, now })).rows.length, isMore: false },
      { count: theirs.rows.length, isMore: false },
    ]);
  });

  it("takes a range of time", async () => {
    const rows = await rowsOf(db, "signIns");
    const middle = rows.map(({ createdAt }) => createdAt).sort((a, b) => Number(a) - Number(b))[
      rows.length >> 1
    ];
    const newer = rows.filter(({ createdAt }) => middle && createdAt >= middle).length;
    expect(await countSignIns(db, { from: middle })).toEqual({ count: newer, isMore: false });
  });
});
