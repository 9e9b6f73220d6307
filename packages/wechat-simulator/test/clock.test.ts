import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";
import { openPanel, submit } from "./panel.js";

/** Ten years in seconds: the most that one call of the control API accepts. */
const TEN_YEARS = 315_360_000;

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

describe("the clock", () => {
  const byControlApi = (advanceSeconds: number) =>
    fetch(`${simulator.url}/_simulator/clock`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ advanceSeconds }),
    });

  it("advances a hundred years at most, through the handle, the control API and the panel", async () => {
    for (let decade = 1; decade <= 10; decade += 1) simulator.advance(TEN_YEARS);
    const refused = await byControlApi(1);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({
      error: "the clock can be at most 3153600000 seconds ahead of its start",
    });
    const page = await submit(simulator, "clock", { seconds: "1", unit: "1", back: "/clock" });
    expect(page.status).toBe(400);
    expect(() => simulator.advance(1)).toThrow(TypeError);
    expect((await openPanel(simulator, "/clock")).response.status).toBe(200);
    simulator.reset();
    expect((await byControlApi(TEN_YEARS)).status).toBe(200);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300])(
    "is not moved by %s seconds and keeps running",
    async (seconds) => {
      expect(() => simulator.advance(seconds)).toThrow(TypeError);
      expect((await byControlApi(1)).status).toBe(200);
    },
  );
});
