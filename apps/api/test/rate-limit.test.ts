import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Database } from "../src/db/database.js";
import { AttemptCounter, maxWindows, shareEveryMs } from "../src/domain/attempt-counter.js";
import { SharedCounts } from "../src/http/rate-limit.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { rowsOf } from "./support/rows.js";

const start = Date.UTC(2026, 10, 28);
const limit = { max: 20, windowSeconds: 60 };

let nowMs: number;
let database: TestDatabase;
let processes: { db: Database; counter: AttemptCounter; warned: object[] }[];
beforeEach(async () => {
  nowMs = start;
  database = await testDatabase();
  processes = await Promise.all(
    Array.from({ length: 2 }, async () => {
      const db = await database.open();
      const warned: object[] = [];
      const log = { warn: (fields: object) => warned.push(fields) } as never;
      return { db, warned, counter: new AttemptCounter({ db, log, now: () => new Date(nowMs) }) };
    }),
  );
});
afterEach(async () => {
  for (const { db } of processes) await db.close();
  await database.remove();
});

const processOf = (n: number) => processes[n] as (typeof processes)[number];
const count = (n: number, key = "a") => processOf(n).counter.count(key, limit).count;
const times = (n: number, process: number, key?: string) =>
  Array.from({ length: n }, () => count(process, key));
const share = async (...order: number[]) => {
  for (const n of order) await processOf(n).counter.share();
};
const stored = async () =>
  (await rowsOf(processOf(0).db, "throttles")).map((row) => [
    ...[row.key, row.count, row.expiresAt.getTime() - start],
  ]);

describe("the count of attempts", () => {
  it("allows a process as many as the limit says without a look at the database, then none until the window ends", async () => {
    expect(times(23, 0)).toEqual([...Array.from({ length: 20 }, (_, n) => n + 1), 21, 21, 21]);
    expect(count(0, "b")).toBe(1);
    nowMs = start + 59_999;
    expect(processOf(0).counter.count("a", limit)).toEqual({ count: 21, endsAt: new Date(start + 60_000) });
    nowMs = start + 60_000;
    expect(processOf(0).counter.count("a", limit)).toEqual({ count: 1, endsAt: new Date(start + 120_000) });
  });

  it("is one for all processes once they have shared it, with the end of the window that began first [T100]", async () => {
    times(12, 0);
    nowMs += 900;
    times(7, 1);
    await share(0, 1);
    expect(await stored()).toEqual([["a", 19, 60_000]]);
    expect(times(3, 1)).toEqual([20, 21, 21]);
    await share(1, 0);
    expect(count(0)).toBe(13); // nothing of its own to share: it learns when it has
    await share(0);
    expect(count(0)).toBe(21);
    expect(await stored()).toEqual([["a", 22, 60_000]]);
    nowMs = start + 60_000;
    expect([count(0), count(1)]).toEqual([1, 1]);
    times(4, 1);
    await share(1);
    expect(await stored()).toEqual([["a", 5, 120_000]]);
  });

  it("shares itself each second, as far as a key has used a tenth of its limit: strangers who come once leave no row [T97]", async () => {
    for (let n = 0; n < 500; n++) count(0, `stranger ${n}`);
    const written = vi.spyOn(processOf(0).db, "batch");
    times(2, 0, "busy");
    nowMs += shareEveryMs - 1;
    count(0, "busy");
    expect(written).not.toHaveBeenCalled();
    nowMs += 1;
    count(0, "stranger 7");
    await vi.waitFor(async () =>
      expect(await stored()).toEqual([
        ["busy", 3, 60_000],
        ["stranger 7", 2, 60_000],
      ]),
    );
    expect(written).toHaveBeenCalledOnce();
  });

  it("is shared again once a share has ended, and not while one is under way", async () => {
    const { db, warned } = processOf(0);
    let end = () => {};
    const answer = new Promise<unknown[][]>((resolve) => {
      end = () => resolve([[{ count: 4, expiresAt: new Date(start + 60_000) }]]);
    });
    const written = vi.spyOn(db, "batch").mockReturnValueOnce(answer as never);
    times(3, 0);
    for (let second = 0; second < 3; second++) {
      nowMs += shareEveryMs;
      count(0);
    }
    expect(written).toHaveBeenCalledOnce();
    end();
    await vi.waitFor(() => {
      count(0);
      expect(written).toHaveBeenCalledTimes(2);
    });
    expect(warned).toEqual([]);
  });

  it("is not shared once its window has ended, and where none is busy nothing is written", async () => {
    times(3, 0);
    nowMs = start + 60_000;
    await share(0);
    expect(await stored()).toEqual([]);
    const written = vi.spyOn(processOf(0).db, "batch");
    nowMs += shareEveryMs;
    count(0, "stranger");
    expect(written).not.toHaveBeenCalled();
  });

  it("costs the database one write for a flood, and nothing more until its window ends [T100]", async () => {
    const { db, counter } = processOf(0);
    const written = vi.spyOn(db, "batch");
    for (let second = 0; second < 59; second++) {
      for (let n = 0; n < 1_000; n++) counter.count("flood", limit);
      await counter.share();
      nowMs += 1_000;
    }
    expect(written.mock.calls.flat(2)).toHaveLength(1);
    expect(await stored()).toEqual([["flood", 21, 60_000]]);
  });

  it("keeps what comes while it is shared, and what it could not share, which is logged", async () => {
    const { db, counter, warned } = processOf(0);
    const error = new Error("the database is away");
    const failing = vi.spyOn(db, "batch").mockRejectedValueOnce(error);
    expect(times(2, 0)).toEqual([1, 2]);
    nowMs += shareEveryMs;
    expect(count(0)).toBe(3);
    await vi.waitFor(() => expect(warned).toEqual([{ event: "attempts_not_shared", err: error }]));
    failing.mockRestore();
    const shared = counter.share();
    expect(times(4, 0)).toEqual([4, 5, 6, 7]);
    await shared;
    expect(await stored()).toEqual([["a", 3, 60_000]]);
    expect(count(0)).toBe(8);
    await share(0);
    expect(await stored()).toEqual([["a", 8, 60_000]]);
  });

  it("is shared by two processes at once for the same keys, whichever they met first", async () => {
    const keys = Array.from({ length: 40 }, (_, n) => `key ${n}`);
    for (let round = 0; round < 10; round++) {
      for (const key of keys) count(0, key);
      for (const key of keys.toReversed()) count(1, key);
      await Promise.all([share(0), share(1)]);
    }
    expect((await stored()).map(([, attempts]) => attempts)).toEqual(keys.map(() => 20));
  });

  it("begins anew where the clock was set back by more than a window, is shared again, and keeps no source refused until then [T89]", async () => {
    times(21, 0);
    await share(0, 1);
    expect(times(2, 0)).toEqual([21, 21]);
    nowMs -= 55_000; // less than a window: it may be the clock of another machine
    expect([count(0), count(1)]).toEqual([21, 1]);
    nowMs = start - 86_400_000;
    expect(processOf(0).counter.count("a", limit)).toEqual({ count: 1, endsAt: new Date(nowMs + 60_000) });
    expect(count(1)).toBe(1);
    times(4, 1);
    const written = vi.spyOn(processOf(0).db, "batch");
    times(2, 0);
    await vi.waitFor(() => expect(written).toHaveBeenCalledOnce());
    await share(0, 1);
    expect(await stored()).toEqual([["a", 8, 60_000 - 86_400_000]]);
  });

  it("is forgotten for the least recently seen key only when memory is full [T97]", () => {
    for (let n = 0; n < maxWindows; n++) count(0, `source ${n}`);
    expect(count(0, "source 0")).toBe(2);
    expect(count(0, "one more")).toBe(1);
    expect([count(0, "source 0"), count(0, "source 2"), count(0, `source ${maxWindows - 1}`)]).toEqual([
      3, 2, 2,
    ]);
    expect(count(0, "source 1")).toBe(1);
  });
});

describe("the limit of a route", () => {
  it("is told each source's count, and how long its window lasts in ms", async () => {
    const { db } = processOf(0);
    const counts = new SharedCounts({ db, log: {} as never, now: () => new Date(nowMs) });
    const told: unknown[] = [];
    const request = (source: string) =>
      counts.incr(source, (error, counted) => void told.push(error ?? counted), 60_000, 2);
    request("a");
    nowMs += 40_000;
    for (const source of ["a", "a", "a", "b"]) request(source);
    expect(told).toEqual([
      { current: 1, ttl: 60_000 },
      { current: 2, ttl: 20_000 },
      { current: 3, ttl: 20_000 },
      { current: 3, ttl: 20_000 },
      { current: 1, ttl: 60_000 },
    ]);
    // Apart from what else is counted: sign-ins, guesses of passwords.
    nowMs += 1_000;
    request("a");
    await vi.waitFor(async () => expect((await stored()).map(([key]) => key)).toContain("request:a"));
  });
});
