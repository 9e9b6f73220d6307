import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Deps } from "../src/domain/deps.js";
import { isDatabaseAnswering } from "../src/domain/health.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => vi.useRealTimers());

/** Asks a database whose one query ends as `answer` does. */
function ask(answer: Promise<unknown[]>) {
  const logged: object[] = [];
  const asked: string[] = [];
  const deps = {
    db: {
      run({ name }: { name: string }) {
        asked.push(name);
        return answer;
      },
    },
    log: { error: (fields: object) => void logged.push(fields) },
  } as unknown as Deps;
  let result: boolean | undefined;
  const done = isDatabaseAnswering(deps).then((isAnswering) => {
    result = isAnswering;
  });
  return { asked, logged, done, result: () => result };
}

describe("the check of the database for /readyz", () => {
  it("is good as soon as the database answers, and leaves no timer behind", async () => {
    let answer = (_rows: unknown[]): void => {};
    const check = ask(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    await vi.advanceTimersByTimeAsync(999);
    expect(check.result()).toBeUndefined();
    answer([]);
    await check.done;
    expect([check.result(), check.asked, check.logged, vi.getTimerCount()]).toEqual([
      true,
      ["find_any_operator"],
      [],
      0,
    ]);
  });

  it("is bad after a second without an answer", async () => {
    const check = ask(new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(999);
    expect(check.result()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(check.result()).toBe(false);
  });

  it("is bad at once, and logged with its cause, if the database refuses", async () => {
    const cause = new Error("the disk is full");
    const check = ask(Promise.reject(cause));
    await check.done;
    expect([check.result(), check.logged, vi.getTimerCount()]).toEqual([
      false,
      [{ event: "database_unavailable", err: cause }],
      0,
    ]);
  });
});
