import { beforeEach, describe, expect, it } from "vitest";
import { SharedAnswer } from "../src/domain/shared-answer.js";

const at = (ms: number) => new Date(Date.UTC(2026, 2, 1, 12) + ms);

let shared: SharedAnswer<number>;
let made = 0;
/** The next number. */
const make = async () => ++made;
beforeEach(() => {
  shared = new SharedAnswer({ freshSeconds: 15 });
  made = 0;
});

describe("an answer that is shared", () => {
  it("is made once for all who ask while it is made, and for some seconds after, to the millisecond", async () => {
    expect(await Promise.all([0, 1, 2].map((ms) => shared.get(at(ms), make)))).toEqual([1, 1, 1]);
    expect(await shared.get(at(14_999), make)).toBe(1);
    expect(await shared.get(at(15_002), make)).toBe(2);
    expect(await shared.get(at(30_001), make)).toBe(2);
    expect(await shared.get(at(30_002), make)).toBe(3);
  });

  it("is made again after the clock was set back", async () => {
    await shared.get(at(0), make);
    expect(await shared.get(at(-1), make)).toBe(2);
    expect(await shared.get(at(-1), make)).toBe(2);
  });

  it("is asked for again after an error, which all who waited for it get", async () => {
    const error = new Error("the database is gone");
    const both = [0, 1].map((ms) => shared.get(at(ms), () => Promise.reject(error)));
    const rejected = { status: "rejected", reason: error };
    expect(await Promise.allSettled(both)).toEqual([rejected, rejected]);
    expect(await shared.get(at(2), make)).toBe(1);
  });
});
