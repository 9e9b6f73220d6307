import { beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { maxRefused } from "../src/domain/attempt-counter.js";
import { SharedCounts } from "../src/http/rate-limit.js";

const windowMs = 60_000;
const max = 2;

describe("the shared request counter", () => {
  let nowMs: number;
  let asked: string[];
  let counts: SharedCounts;
  beforeEach(() => {
    nowMs = Date.UTC(2026, 10, 28);
    asked = [];
    const rows = new Map<string, { count: number; expiresAt: Date }>();
    const db = {
      run: async (_statement: unknown, { key, expiresAt }: { key: string; expiresAt: Date }) => {
        asked.push(key);
        const row = rows.get(key);
        const next = row && row.expiresAt.getTime() > nowMs ? row : { count: 0, expiresAt };
        next.count++;
        rows.set(key, next);
        return [{ ...next }];
      },
    } as unknown as Database;
    counts = new SharedCounts({ db, now: () => new Date(nowMs) });
  });

  const request = (source: string) =>
    new Promise<{ current: number; ttl: number }>((resolve, reject) =>
      counts.incr(source, (error, counted) => (counted ? resolve(counted) : reject(error)), windowMs, max),
    );

  it("queries the database until a source passes its limit, and not again before the window ends [T100]", async () => {
    const current = [];
    for (let round = 0; round < 6; round++) current.push((await request("a")).current);
    expect(current).toEqual([1, 2, 3, 3, 3, 3]);
    expect(asked).toHaveLength(3);
    nowMs += 40_000;
    expect(await request("a")).toEqual({ current: 3, ttl: 20_000 });
    expect((await request("b")).current).toBe(1);
    nowMs += 20_001;
    expect(await request("a")).toEqual({ current: 1, ttl: windowMs });
  });

  it("evicts only the least recently seen source when memory is full [T97]", async () => {
    for (let n = 0; n < maxRefused; n++) {
      for (let round = 0; round <= max; round++) await request(`source ${n}`);
    }
    await request("source 0");
    for (let round = 0; round <= max; round++) await request("one more");
    asked = [];
    for (const kept of ["source 0", "source 2", `source ${maxRefused - 1}`, "one more"]) {
      expect((await request(kept)).current).toBe(3);
    }
    expect(asked).toEqual([]);
    expect((await request("source 1")).current).toBe(4);
    expect(asked).toEqual(["request:source 1"]);
  });

  it("fails where the database fails", async () => {
    const error = new Error("the database is away");
    counts = new SharedCounts({
      db: { run: () => Promise.reject(error) } as unknown as Database,
      now: () => new Date(nowMs),
    });
    await expect(request("a")).rejects.toBe(error);
  });
});
