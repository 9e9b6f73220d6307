import { describe, expect, it } from "vitest";
import { keptAlive } from "../src/domain/console/exports/kept-alive.js";
import { mostSilentMs } from "../src/http/exports.js";
import { timeouts } from "../src/http/timeouts.js";

const settings = { pauseMs: 5, head: "", filler: " " };
const long = (character: string) => character.repeat(1_000);
/** What waits until so many more parts were read. */
let waiting: { parts: number; go: () => void } | undefined;
/** Each text, and between two of them the time in which so many parts are read. */
async function* given(...parts: (string | number | Error)[]): AsyncGenerator<string, void, undefined> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    if (typeof part === "string") yield part;
    else
      await new Promise<void>((go) => {
        waiting = { parts: part, go };
      });
  }
}
async function read(text: AsyncGenerator<string>, parts: string[] = []): Promise<string[]> {
  for await (const part of text) {
    parts.push(part);
    if (waiting && --waiting.parts === 0) waiting.go();
  }
  return parts;
}

describe("the text of an export", () => {
  it("is what it was, with something sent while the next part is long in coming", async () => {
    const parts = await read(keptAlive(given(long("a"), 2, long("b"), 3), settings));
    expect(parts).toEqual([
      "a".repeat(600),
      "a",
      "a",
      `${"a".repeat(398)}${"b".repeat(600)}`,
      "b",
      "b",
      "b",
      "b".repeat(397),
    ]);
  });

  it("is never silent for half as long as the server lets a connection be", () => {
    expect(mostSilentMs).toBeGreaterThan(1_000);
    expect(mostSilentMs).toBeLessThan(timeouts.connectionTimeout / 2);
  });

  it("has no half of a character in any part, and nothing left out where all of it is short", async () => {
    const foxes = "🦊".repeat(401);
    for (const text of [foxes, `x${foxes}`, `${foxes}x`, "🦊x", ""]) {
      const parts = await read(keptAlive(given(text, 2, "end"), settings));
      expect(parts.join("")).toMatch(new RegExp(`^${text} *end$`));
      for (const part of parts) expect(part).not.toMatch(/\p{Surrogate}/u);
    }
  });

  it("begins with blanks where there is nothing to keep back, and has none if it comes in time", async () => {
    expect(await read(keptAlive(given(2, "{}\n"), settings))).toEqual([" ", " ", "{}\n"]);
    expect(await read(keptAlive(given("{}\n"), settings))).toEqual(["{}\n"]);
    expect(await read(keptAlive(given(), settings))).toEqual([]);
  });

  it("begins with its head, of which a search that finds nothing sends a character at a time", async () => {
    const withHead = { ...settings, head: "id,name\n" };
    expect(await read(keptAlive(given(9, "1,a\n"), withHead))).toEqual([..."id,name\n", " ", "1,a\n"]);
    expect(await read(keptAlive(given("1,a\n"), withHead))).toEqual(["id,name\n1,a\n"]);
    expect(await read(keptAlive(given(), withHead))).toEqual(["id,name\n"]);
    const searching = keptAlive(given(1_000), withHead);
    expect((await searching.next()).value).toBe("i");
    expect((await searching.next()).value).toBe("d");
  });

  it("sends nothing by itself where each part comes in time, and leaves no timer behind", async () => {
    async function* slow() {
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
      yield "a";
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
      yield "b";
    }
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const patient = { ...settings, pauseMs: 60_000 };
    expect(await read(keptAlive(slow(), patient))).toEqual(["ab"]);
    expect(timers()).toBe(before);
  });

  it("fails with its reason, without the end that was kept back", async () => {
    const parts: string[] = [];
    const failing = read(keptAlive(given(long("a"), 2, new Error("cut")), settings), parts);
    await expect(failing).rejects.toThrow("cut");
    expect(parts).toEqual(["a".repeat(600), "a", "a"]);
  });

  it("is not read any further once its reader has gone", async () => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<string, void, undefined> {
      try {
        for (;;) yield long("a");
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of keptAlive(endless(), settings)) break;
    expect(isClosed).toBe(true);
  });
});
