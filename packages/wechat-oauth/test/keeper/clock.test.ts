import { describe, expect, it } from "vitest";
import { systemClock, TokenKeeper } from "../../src/keeper.js";

describe("a clock that is set back", () => {
  it("while others wait for a fetch freezes nobody", async () => {
    let nowMs = 1_000_000_000;
    let land: ((token: { value: string; expiresInSeconds: number }) => void) | undefined;
    const fetch = () =>
      new Promise<{ value: string; expiresInSeconds: number }>((resolve) => {
        land = resolve;
      });
    const keeper = new TokenKeeper({
      source: { key: "k", fetch },
      clock: { ...systemClock, now: () => nowMs },
    });
    const first = keeper.get();
    while (!land) await new Promise(setImmediate);
    nowMs += 5000;
    const joining = keeper.get();
    await new Promise(setImmediate);
    nowMs -= 3_600_000;
    land({ value: "T", expiresInSeconds: 7200 });
    expect((await first).value).toBe("T");
    expect((await joining).value).toBe("T");
  });
});
