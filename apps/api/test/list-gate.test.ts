import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ListGate, TooManyListsError } from "../src/domain/console/list-gate.js";
import { type Console, makeOperator } from "./support/operator.js";
import { type System, startSystem } from "./support/system.js";

/** A piece of work that ends when the test says so. */
function held() {
  let end = () => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, run: () => done };
}

describe("ListGate", () => {
  it("runs as many as allowed at once, the others in their order, and none of them twice", async () => {
    const gate = new ListGate({ running: 2, waiting: 10, waitMs: 60_000 });
    const started: number[] = [];
    const works = [held(), held(), held(), held()];
    const runs = works.map((work, n) =>
      gate.run(() => {
        started.push(n);
        return work.run();
      }),
    );
    expect(started).toEqual([0, 1]);
    works[1]?.end();
    await runs[1];
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(started).toEqual([0, 1, 2]);
    for (const { end } of works) end();
    await Promise.all(runs);
    expect(started).toEqual([0, 1, 2, 3]);
  });

  it("refuses what would wait behind too many, and goes on after one that failed", async () => {
    const gate = new ListGate({ running: 1, waiting: 1, waitMs: 60_000 });
    const first = held();
    const failing = gate.run(() => first.run().then(() => Promise.reject(new Error("broken"))));
    const second = gate.run(async () => "second");
    await expect(gate.run(async () => "third")).rejects.toThrow(TooManyListsError);
    first.end();
    await expect(failing).rejects.toThrow("broken");
    expect(await second).toBe("second");
    expect(await gate.run(async () => "fourth")).toBe("fourth");
  });

  it("refuses what has waited for long enough, and gives its place to no one", async () => {
    const gate = new ListGate({ running: 1, waiting: 2, waitMs: 30 });
    const first = held();
    const running = gate.run(first.run);
    const started: string[] = [];
    const late = gate.run(async () => void started.push("late"));
    await expect(late).rejects.toThrow(TooManyListsError);
    const next = gate.run(async () => void started.push("next"));
    first.end();
    await Promise.all([running, next]);
    await gate.run(async () => void started.push("last"));
    expect(started).toEqual(["next", "last"]);
  });

  it("refuses none of those that began to wait later than the one that waited for too long", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const gate = new ListGate({ running: 1, waiting: 3, waitMs: 30 });
    const first = held();
    const running = gate.run(first.run);
    const waiting = ["a", "b", "c"].map((name) => {
      const result = gate.run(async () => name).catch((error: unknown) => error);
      vi.advanceTimersByTime(10);
      return result;
    });
    first.end();
    await running;
    expect(await Promise.all(waiting)).toEqual([new TooManyListsError(), "b", "c"]);
    expect(String(new TooManyListsError())).toBe(
      "TooManyListsError: the console reads too many lists at once",
    );
  });

  it("takes no one's place for one that has begun in time, however long that runs", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const gate = new ListGate({ running: 1, waiting: 3, waitMs: 30 });
    const [first, second] = [held(), held()];
    const runs = [gate.run(first.run), gate.run(second.run)];
    vi.advanceTimersByTime(20);
    first.end();
    await runs[0];
    await new Promise(setImmediate);
    const third = gate.run(async () => "third");
    vi.advanceTimersByTime(20);
    second.end();
    expect(await Promise.all([...runs, third])).toEqual([undefined, undefined, "third"]);
  });

  it("lets a request run between two lists that hold the process", async () => {
    const gate = new ListGate({ running: 1, waiting: 10, waitMs: 60_000 });
    const order: string[] = [];
    const lists = ["a", "b"].map((name) => gate.run(async () => void order.push(name)));
    setImmediate(() => order.push("request"));
    await Promise.all(lists);
    expect(order).toEqual(["a", "request", "b"]);
  });
});

describe("a list of the console", () => {
  let system: System;
  let console: Console;
  beforeEach(async () => {
    system = await startSystem();
    console = await makeOperator(system, "viewer");
  });
  afterEach(() => system.close());

  it("is refused with 429 and Retry-After while too many are read, and sign-ins go on", async () => {
    const { listGate } = system.app.deps;
    const work = held();
    const { running, waiting } = listGate.limits;
    // On a slow machine some of them may wait for too long: that is another test.
    const lists = Promise.allSettled(Array.from({ length: running + waiting }, () => listGate.run(work.run)));
    const refused = await console.query("people.list", {});
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("2");
    expect(refused.error?.data).toMatchObject({ code: "TOO_MANY_REQUESTS", appCode: "too_many_lists" });
    expect((await system.browser().signIn()).status).toBe(200);

    work.end();
    await lists;
    const answered = await console.query("people.list", {});
    expect([answered.status, answered.headers.get("retry-after")]).toEqual([200, null]);
  });
});
