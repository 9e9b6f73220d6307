import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DatabaseError } from "../src/db/database.js";
import { type Deps, later } from "../src/domain/deps.js";
import { type Readiness, readReadiness } from "../src/domain/health.js";
import { SharedAnswer } from "../src/domain/shared-answer.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => vi.useRealTimers());

const begin = new Date("2026-03-01T08:00:00Z");

/** A database whose reads and writes end as these do. */
function checked({ reading, writing }: { reading: Promise<unknown[]>; writing: () => Promise<unknown[]> }) {
  const logged: object[] = [];
  const asked: string[] = [];
  let seconds = 0;
  const deps = {
    db: {
      run({ name }: { name: string }) {
        asked.push(name);
        return reading;
      },
      batch(steps: { statement: { name: string } }[]) {
        asked.push(steps.map(({ statement }) => statement.name).join(", "));
        return writing();
      },
    },
    log: { error: (fields: object) => void logged.push(fields) },
    now: () => later(begin, seconds),
    writability: new SharedAnswer<boolean>({ freshSeconds: 10 }),
  } as unknown as Deps;
  return {
    ...{ asked, logged },
    advance(by: number) {
      seconds += by;
    },
    ask() {
      let result: Readiness | undefined;
      const done = readReadiness(deps).then((readiness) => {
        result = readiness;
      });
      return { done, result: () => result };
    },
  };
}

const answering = Promise.resolve([]);
const written = "remember_until, delete_throttle";

describe("the check of the database for /readyz", () => {
  it("is good as soon as the database answers and a row was written, and leaves no timer behind", async () => {
    let answer = (_rows: unknown[]): void => {};
    let confirm = (_rows: unknown[]): void => {};
    const database = checked({
      reading: new Promise((resolve) => {
        answer = resolve;
      }),
      writing: () =>
        new Promise((resolve) => {
          confirm = resolve;
        }),
    });
    const check = database.ask();
    await vi.advanceTimersByTimeAsync(500);
    expect([check.result(), database.asked]).toEqual([undefined, ["find_any_operator"]]);
    answer([]);
    await vi.advanceTimersByTimeAsync(499);
    expect([check.result(), database.asked]).toEqual([undefined, ["find_any_operator", written]]);
    confirm([]);
    await check.done;
    expect([check.result(), database.logged, vi.getTimerCount()]).toEqual(["ok", [], 0]);
  });

  it("is bad after a second without an answer, and nothing is written", async () => {
    const database = checked({ reading: new Promise(() => {}), writing: () => answering });
    const check = database.ask();
    await vi.advanceTimersByTimeAsync(999);
    expect(check.result()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect([check.result(), database.asked]).toEqual(["not ready", ["find_any_operator"]]);
  });

  it("is bad at once, and logged with its cause, if the database refuses", async () => {
    const cause = new Error("cannot be reached");
    const database = checked({ reading: Promise.reject(cause), writing: () => answering });
    const check = database.ask();
    await check.done;
    expect([check.result(), database.logged, vi.getTimerCount()]).toEqual([
      ...["not ready", [{ event: "database_unavailable", err: cause }], 0],
    ]);
  });

  it("says that the database can only be read, with the cause in the log, if it refuses to write", async () => {
    const cause = new DatabaseError("unavailable", { cause: new Error("the disk is full") });
    const database = checked({ reading: answering, writing: () => Promise.reject(cause) });
    const check = database.ask();
    await check.done;
    expect([check.result(), database.logged, vi.getTimerCount()]).toEqual([
      ...["read-only", [{ event: "database_not_writable", err: cause }], 0],
    ]);
  });

  it("says so too if the row is not written within the same second, until it is", async () => {
    let confirm = (_rows: unknown[]): void => {};
    const database = checked({
      reading: answering,
      writing: () =>
        new Promise((resolve) => {
          confirm = resolve;
        }),
    });
    const check = database.ask();
    await vi.advanceTimersByTimeAsync(999);
    expect(check.result()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(check.result()).toBe("read-only");
    confirm([]);
    await vi.advanceTimersByTimeAsync(0);
    const next = database.ask();
    await next.done;
    expect([next.result(), database.asked.filter((name) => name === written)]).toEqual(["ok", [written]]);
  });

  it("writes once in ten seconds, however often and by how many it is asked", async () => {
    let isFull = false;
    const database = checked({
      reading: answering,
      writing: () => (isFull ? Promise.reject(new Error("the disk is full")) : answering),
    });
    const answers = async () => {
      const checks = [database.ask(), database.ask(), database.ask()];
      await Promise.all(checks.map(({ done }) => done));
      return checks.map((check) => check.result());
    };
    const writes = () => database.asked.filter((name) => name === written).length;

    expect([await answers(), writes()]).toEqual([["ok", "ok", "ok"], 1]);
    isFull = true;
    database.advance(9);
    expect([await answers(), writes()]).toEqual([["ok", "ok", "ok"], 1]);
    database.advance(1);
    expect([await answers(), writes()]).toEqual([["read-only", "read-only", "read-only"], 2]);
    isFull = false;
    database.advance(10);
    expect([await answers(), writes()]).toEqual([["ok", "ok", "ok"], 3]);
  });
});
