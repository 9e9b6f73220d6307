import { afterEach, describe, expect, it, vi } from "vitest";
import { LiveTail } from "../src/domain/console/live-tail.js";

/** A tail of rows that the test sets, which looks when the test says so, and what each of its listeners was told. */
function watched(...ids: string[]) {
  let rows = ids;
  let tick: (() => Promise<void>) | undefined;
  const read = vi.fn(async () => rows.map((id) => ({ id })));
  const tail = new LiveTail(read, (look) => {
    tick = look;
    return {
      stop: () => {
        tick = undefined;
      },
    };
  });
  return {
    read,
    isTicking: () => tick !== undefined,
    look: (...newer: string[]) => {
      if (newer.length > 0) rows = newer;
      return tick?.();
    },
    listen(after?: string) {
      const told: string[] = [];
      return { told, end: tail.listen((id) => told.push(id), after) };
    },
  };
}

describe("the end of a list that is watched", () => {
  it("is told by the first look, and again whenever a row is added, also one before the newest", async () => {
    const { listen, look } = watched("c", "a");
    const { told } = listen();
    expect(told).toEqual([]);
    for (const rows of [
      ["c", "a"],
      ["c", "a"],
      ["d", "c", "a"],
      ["d", "c", "b", "a"],
      ["d", "c", "b", "a"],
    ]) {
      await look(...rows);
    }
    expect(told).toEqual(["c", "d", "d"]);
  });

  it("is told to a listener who knows another row, and not to one who knows the newest", async () => {
    const { listen, look } = watched("b", "a");
    const [behind, current] = [listen("a"), listen("a")];
    expect([behind.told, current.told]).toEqual([[], []]);
    await look();
    const later = [listen(), listen("a"), listen("b")];
    expect([behind, current, ...later].map(({ told }) => told)).toEqual([["b"], ["b"], ["b"], ["b"], []]);
    // A row that was written late is new to all of them.
    await look("b", "aa", "a");
    expect(later.map(({ told }) => told)).toEqual([["b", "b"], ["b", "b"], ["b"]]);
  });

  it("is not told by the first look to one who knows it, and nothing before that look to one who comes then", async () => {
    const first = watched("b", "a");
    const { told } = first.listen("b");
    await first.look();
    await first.look();
    expect(told).toEqual([]);

    const second = watched("b", "a");
    const [anyone, current] = [second.listen(), second.listen("b")];
    expect([anyone.told, current.told]).toEqual([[], []]);
  });

  it("is an empty text as long as there is no row", async () => {
    const { listen, look } = watched();
    const { told } = listen();
    await look();
    await look();
    await look("a");
    expect(told).toEqual(["", "a"]);
  });

  it("is looked at until the last one has left, who may leave twice, and is unknown from then on", async () => {
    const { listen, look, isTicking } = watched("a");
    const [first, second] = [listen(), listen()];
    await look();
    first.end();
    expect(isTicking()).toBe(true);
    second.end();
    second.end();
    expect(isTicking()).toBe(false);
    const next = listen();
    expect([next.told, isTicking()]).toEqual([[], true]);
    await look();
    expect([first.told, second.told, next.told]).toEqual([["a"], ["a"], ["a"]]);
  });

  it("is read once at a time, and not remembered where all have left meanwhile", async () => {
    const { read, listen, look } = watched("a");
    let answer = (_: { id: string }[]) => {};
    read.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const { told, end } = listen();
    const slow = look();
    await look();
    expect(read).toHaveBeenCalledTimes(1);
    end();
    answer([{ id: "a" }]);
    await slow;
    const next = listen();
    expect([told, next.told]).toEqual([[], []]);
    await look();
    expect([next.told, read.mock.calls.length]).toEqual([["a"], 2]);
  });

  it("is read again by the next look where a read failed", async () => {
    const { read, listen, look } = watched("a");
    read.mockRejectedValueOnce(new Error("the database is away"));
    const { told } = listen();
    await look();
    expect(told).toEqual([]);
    await look();
    expect(told).toEqual(["a"]);
  });
});

describe("the looks at a list that is watched", () => {
  afterEach(() => vi.useRealTimers());

  it("are one a second, and none once no one listens", async () => {
    vi.useFakeTimers();
    const read = vi.fn(async () => []);
    const end = new LiveTail(read).listen(() => {});
    const readsAfter = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      return read.mock.calls.length;
    };
    expect([await readsAfter(999), await readsAfter(1), await readsAfter(2000)]).toEqual([0, 1, 3]);
    end();
    expect(await readsAfter(5000)).toBe(3);
  });
});
