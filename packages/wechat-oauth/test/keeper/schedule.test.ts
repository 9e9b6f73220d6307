import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenUnavailableError } from "../../src/keeper.js";
import { type Happening, happenings, harmless, withClockJumps, withLostStores } from "./happenings.js";
import { hashAtOnce } from "./household.js";
import { Run } from "./schedule.js";

hashAtOnce();

/** Lets a story happen, then everything heal, and returns what was seen. */
async function tell(story: readonly Happening[], seed: number): Promise<Run> {
  const run = new Run(seed);
  for (const happening of story) await run.happen(happening);
  await run.heal();
  return run;
}

describe("whatever happens to processes, store and WeChat", () => {
  it.each([
    ["", happenings, 400],
    [", but those of the lease and of force, though clocks are set", withClockJumps, 400],
    [", but those of the lease and of force, though the store loses what it held", withLostStores, 200],
  ])("every law of the keeper holds%s", async (_though, stories, numRuns) => {
    await fc.assert(
      fc.asyncProperty(stories, fc.nat(), async (story, seed) => {
        const run = await tell(story, seed);
        expect(run.brokenLaws).toEqual([]);
        // After it all a healthy WeChat, and processes that come anew: nobody fails, within one patience.
        for (const answer of await run.finalAnswers()) expect(answer).toMatch(/^answer to T\d+$/);
      }),
      { numRuns },
    );
  });

  it("no call fails while WeChat is well, though processes die and tokens are revoked", async () => {
    await fc.assert(
      fc.asyncProperty(harmless, fc.nat(), async (story, seed) => {
        const run = await tell(story, seed);
        expect(run.brokenLaws).toEqual([]);
        expect(run.failedCalls).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the laws themselves", () => {
  it("notice a store that lets two writers win", async () => {
    const run = new Run(1, { looseStore: true });
    for (const process of [0, 1, 2]) await run.happen({ afterMs: 0, kind: "get", process, callers: 1 });
    await run.heal();
    expect(run.brokenLaws).toContain("two processes asked WeChat at once");
  });

  it("notice a process that has no other clock than one that is set back", async () => {
    const run = new Run(1, { onlyWallClocks: true });
    await run.happen({ afterMs: 0, kind: "get", process: 0, callers: 1 });
    await run.happen({ afterMs: 20_000, kind: "jump", process: 0, byMs: -3_600_000 });
    await run.happen({ afterMs: 0, kind: "revoke" });
    await run.happen({ afterMs: 0, kind: "refresh", process: 1 });
    await run.happen({ afterMs: 20_000, kind: "get", process: 0, callers: 1 });
    await run.heal();
    expect(run.brokenLaws).toContain("T1 was given, though a newer one was stored");
  });

  it("let a keeper fail while WeChat does, in its own words", async () => {
    const run = new Run(1);
    await run.happen({ afterMs: 0, kind: "fail", forMs: 5000 });
    await run.happen({ afterMs: 0, kind: "get", process: 0, callers: 2 });
    await run.heal();
    expect(run.errors.every((error) => error instanceof TokenUnavailableError)).toBe(true);
    expect(run.errors.length).toBe(2);
  });
});
