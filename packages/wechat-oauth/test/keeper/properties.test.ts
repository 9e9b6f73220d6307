import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenUnavailableError } from "../../src/keeper.js";
import { anyEvents, harmlessEvents, type ScheduledEvent, withClockJumps, withLostStores } from "./events.js";
import { hashSynchronously } from "./harness.js";
import { Simulation } from "./simulation.js";

hashSynchronously();

/** Applies the events and lets the system recover. */
async function simulate(events: readonly ScheduledEvent[], seed: number): Promise<Simulation> {
  const run = new Simulation(seed);
  for (const event of events) await run.apply(event);
  await run.recover();
  return run;
}

describe("a keeper under random events", () => {
  it.each([
    ["", anyEvents, 400],
    [", except those of leases and forced refreshes, while clocks are set", withClockJumps, 400],
    [", except those of leases and forced refreshes, while the store loses its data", withLostStores, 200],
  ])("keeps its properties%s", async (_though, arbitrary, numRuns) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, fc.nat(), async (events, seed) => {
        const run = await simulate(events, seed);
        expect(run.violations).toEqual([]);
        // Afterwards WeChat is healthy: no call fails, in old or new processes, within `waitMs`.
        for (const answer of await run.answersAfterRecovery()) expect(answer).toMatch(/^answer to T\d+$/);
      }),
      { numRuns },
    );
  });

  it("fails no call while WeChat is healthy, although processes crash and tokens are revoked", async () => {
    await fc.assert(
      fc.asyncProperty(harmlessEvents, fc.nat(), async (events, seed) => {
        const run = await simulate(events, seed);
        expect(run.violations).toEqual([]);
        expect(run.failedCalls).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the simulation", () => {
  it("detects a store that lets two writers win", async () => {
    const run = new Simulation(1, { looseStore: true });
    for (const process of [0, 1, 2]) await run.apply({ afterMs: 0, kind: "get", process, callers: 1 });
    await run.recover();
    expect(run.violations).toContain("two processes asked WeChat at once");
  });

  it("detects a process whose only clock is set back", async () => {
    const run = new Simulation(1, { onlyWallClocks: true });
    await run.apply({ afterMs: 0, kind: "get", process: 0, callers: 1 });
    await run.apply({ afterMs: 20_000, kind: "jump", process: 0, byMs: -3_600_000 });
    await run.apply({ afterMs: 0, kind: "revoke" });
    await run.apply({ afterMs: 0, kind: "refresh", process: 1 });
    await run.apply({ afterMs: 20_000, kind: "get", process: 0, callers: 1 });
    await run.recover();
    expect(run.violations).toContain("T1 was returned although a newer one was stored");
  });

  it("accepts a keeper's TokenUnavailableError while WeChat fails", async () => {
    const run = new Simulation(1);
    await run.apply({ afterMs: 0, kind: "fail", forMs: 5000 });
    await run.apply({ afterMs: 0, kind: "get", process: 0, callers: 2 });
    await run.recover();
    expect(run.errors.every((error) => error instanceof TokenUnavailableError)).toBe(true);
    expect(run.errors.length).toBe(2);
  });
});
