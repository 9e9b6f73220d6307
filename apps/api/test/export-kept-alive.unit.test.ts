import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { keptAlive } from "../src/domain/console/exports/kept-alive.js";
import { mostSilentMs } from "../src/http/exports.js";
import { timeouts } from "../src/http/timeouts.js";

const settings = { pauseMs: 5, head: "", filler: " " };
const long = (character: string) => character.repeat(1_000);
async function* given(...parts: (string | number | Error)[]): AsyncGenerator<string, void, undefined> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    if (typeof part === "number") await sleep(part);
    else yield part;
  }
}
async function read(text: AsyncGenerator<string>): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of text) parts.push(part);
  return parts;
}

describe("the text of an export", () => {
  it("is what it was, with something sent while the next part is long in coming", async () => {
    const parts = await read(keptAlive(given(long("a"), 40, long("b"), 40), settings));
    expect(parts.join("")).toBe(long("a") + long("b"));
    expect(parts[0]).toBe("a".repeat(600));
    expect(parts.filter((part) => part === "a").length).toBeGreaterThan(1);
    expect(parts.filter((part) => part === "b").length).toBeGreaterThan(1);
  });

  it("is never silent for half as long as the server lets a connection be", () => {
    expect(mostSilentMs).toBeGreaterThan(1_000);
    expect(mostSilentMs).toBeLessThan(timeouts.connectionTimeout / 2);
  });

  it("has no half of a character in any part, and nothing left out where all of it is short", async () => {
    const foxes = "🦊".repeat(401);
    for (const text of [foxes, `x${foxes}`, `${foxes}x`, "🦊x", ""]) {
      const parts = await read(keptAlive(given(text, 30, "end"), settings));
      expect(parts.join("")).toMatch(new RegExp(`^${text} *end$`));
      for (const part of parts) expect(part).not.toMatch(/\p{Surrogate}/u);
    }
  });

  it("begins with blanks where there is nothing to keep back, and has none if it comes in time", async () => {
    expect((await read(keptAlive(given(40, "{}\n"), settings))).join("")).toMatch(/^ {2,}\{\}\n$/);
    expect(await read(keptAlive(given("{}\n"), settings))).toEqual(["{}\n"]);
    expect(await read(keptAlive(given(), settings))).toEqual([]);
  });

  it("begins with its head, of which a search that finds nothing sends a character at a time", async () => {
    const withHead = { ...settings, head: "id,name\n" };
    expect((await read(keptAlive(given(30, "1,a\n"), withHead))).join("")).toMatch(/^id,name\n *1,a\n$/);
    expect(await read(keptAlive(given("1,a\n"), withHead))).toEqual(["id,name\n1,a\n"]);
    expect(await read(keptAlive(given(), withHead))).toEqual(["id,name\n"]);
    const searching = keptAlive(given(1_000), withHead);
    expect((await searching.next()).value).toBe("i");
    expect((await searching.next()).value).toBe("d");
  });

  it("fails with its reason, without the end that was kept back", async () => {
    const parts: string[] = [];
    const failing = async () => {
      for await (const part of keptAlive(given(long("a"), 20, new Error("cut")), settings)) parts.push(part);
    };
    await expect(failing()).rejects.toThrow("cut");
    expect(parts.join("").length).toBeLessThan(1_000);
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
