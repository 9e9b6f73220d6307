import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import {
  addAttempts,
  decrementThrottle,
  deleteExpiredThrottles,
  deleteThrottle,
  eventOfFlood,
  findThrottle,
  floodKey,
  incrementThrottle,
  listEndedFloods,
  rememberUntil,
} from "../../src/db/throttles.js";
import { addRows } from "../support/rows.js";
import { nothing, seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const window = (key: string, expiresAt: Date, count = 5) => ({ key, count, expiresAt });

async function seed(db: Database): Promise<void> {
  await addRows(db, "throttles", [
    window("open", at(101)),
    window("another", at(101)),
    window("empty", at(101), 0),
    window("over", at(100)),
    window("long over", at(99)),
    window(floodKey("a", 7), at(100)),
    window(floodKey("b", 7), at(101)),
  ]);
}
const { seeded, done, changed, found } = seededStatements(seed);

describe("a statement about throttles", () => {
  it("adds one attempt or several to a window, which begins anew once it is over or if it ends too late", async () => {
    const values = { now: at(100), expiresAt: at(200), latestEnd: at(101) };
    const add = (key: string, about: object = {}) =>
      done(addAttempts, { key, count: 3, ...values, ...about });
    const begun = { count: 3, expiresAt: at(200) };
    expect(await add("open")).toEqual({
      ...{ rows: [{ count: 8, expiresAt: at(101) }], changes: { "throttles open": { count: 8 } } },
    });
    expect(await add("over")).toEqual({ rows: [begun], changes: { "throttles over": begun } });
    expect(await add("open", { latestEnd: at(100) })).toEqual({
      ...{ rows: [begun], changes: { "throttles open": begun } },
    });
    expect(await add("new")).toEqual({
      rows: [begun],
      changes: { "throttles new": { key: "new", ...begun } },
    });
    expect(await changed(incrementThrottle, { key: "open", ...values })).toEqual({
      "throttles open": { count: 6 },
    });
  });

  it("takes an attempt back where there is one, or remembers a key from now on", async () => {
    expect(await done(decrementThrottle, { key: "open" })).toEqual({
      ...{ rows: [{ key: "open" }], changes: { "throttles open": { count: 4 } } },
    });
    expect(await done(decrementThrottle, { key: "empty" })).toEqual(nothing);
    expect(await changed(rememberUntil, { key: "open", expiresAt: at(900) })).toEqual({
      "throttles open": { count: 6, expiresAt: at(900) },
    });
    expect(await changed(rememberUntil, { key: "new", expiresAt: at(900) })).toEqual({
      "throttles new": window("new", at(900), 1),
    });
  });

  it("finds a key until its window is over", async () => {
    expect(await found(findThrottle, { key: "open", now: at(100) })).toEqual([{ count: 5 }]);
    expect(await found(findThrottle, { key: "over", now: at(100) })).toEqual([]);
  });

  it("lists the floods that are over, and ends one that is still as it was read", async () => {
    const ended = window(floodKey("a", 7), at(100));
    expect(await found(listEndedFloods, { now: at(100) })).toEqual([ended]);
    expect(eventOfFlood(ended.key)).toBe("a");
    expect(await done(deleteThrottle, ended)).toEqual({
      ...{ rows: [{ key: ended.key }], changes: { [`throttles ${ended.key}`]: "deleted" } },
    });
    expect(await done(deleteThrottle, { ...ended, expiresAt: at(99) })).toEqual(nothing);
  });

  it("deletes those that are over in batches of 500, and no flood: that is for the audit log first", async () => {
    expect(await changed(deleteExpiredThrottles, { now: at(100) })).toEqual({
      ...{ "throttles over": "deleted", "throttles long over": "deleted" },
    });
    const db = await seeded();
    await addRows(
      db,
      "throttles",
      Array.from({ length: 499 }, (_, n) => window(`over ${n}`, at(99))),
    );
    expect(await db.run(deleteExpiredThrottles, { now: at(100) })).toHaveLength(500);
    expect(await db.run(deleteExpiredThrottles, { now: at(100) })).toHaveLength(1);
  });
});
