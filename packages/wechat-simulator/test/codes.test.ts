import { beforeEach, describe, expect, it } from "vitest";
import { Clock } from "../src/stores/clock.js";
import { Codes } from "../src/stores/codes.js";

const grant = { appId: "wx1", personId: "alice", scope: "snsapi_userinfo", snapshot: false };

describe("the latest valid code of a grant", () => {
  let codes: Codes;
  let clock: Clock;
  beforeEach(() => {
    clock = new Clock(() => 0);
    codes = new Codes(clock);
  });

  it("is the one issued last for the same grant", () => {
    codes.issue(grant, 300);
    const latest = codes.issue(grant, 300);
    for (const other of [
      { appId: "wx2" },
      { personId: "bob" },
      { scope: "snsapi_base" },
      { snapshot: true },
    ]) {
      expect(codes.findLive({ ...grant, ...other })).toBeUndefined();
      codes.issue({ ...grant, ...other }, 300);
    }
    expect(codes.findLive(grant)).toBe(latest);
  });

  it.each<[string, (code: string) => void]>([
    ["was exchanged", (code) => codes.spend(code)],
    ["was ended", (code) => void codes.expire(code)],
    ["has expired", () => clock.advance(300)],
    ["is a deleted person's", () => codes.markAccountDeleted("alice")],
    ["was forgotten by a reset", () => codes.reset()],
  ])("does not exist once it %s", (_title, end) => {
    const code = codes.issue(grant, 300);
    end(code);
    expect(codes.findLive(grant)).toBeUndefined();
  });

  it("is found without a scan of all codes", () => {
    for (let number = 0; number < 20_000; number += 1) codes.issue({ ...grant, personId: `p${number}` }, 300);
    const latest = codes.issue(grant, 300);
    const startedAt = performance.now();
    for (let visit = 0; visit < 2000; visit += 1) expect(codes.findLive(grant)).toBe(latest);
    // A scan takes a millisecond or more, so these calls would need several seconds; they need hundredths of a second.
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});
