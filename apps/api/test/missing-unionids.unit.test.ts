import { describe, expect, it } from "vitest";
import { MissingUnionids } from "../src/domain/identity/missing-unionids.js";

describe("people whose unionid is missing", () => {
  const now = new Date("2026-03-01T00:00:00Z");
  const person = (n: number) => ({ openid: `o${n}`, unionid: undefined, checkedAt: null });
  const app = (key: string, group: string | undefined = "shop", kind = "official_account") =>
    ({ key, appId: `wx${key}`, kind, group }) as Parameters<MissingUnionids["add"]>[0];

  it("are taken a hundred at a time, and for one app at a time", () => {
    const missing = new MissingUnionids();
    const [a, b] = [app("a"), app("b")];
    for (let n = 0; n < 101; n++) missing.add(a, person(n), now);
    missing.add(b, person(1), now);
    expect(missing.take(now)?.openids).toEqual(Array.from({ length: 100 }, (_, n) => `o${n}`));
    expect(missing.take(now)).toEqual({ app: a, openids: ["o100"] });
    expect(missing.take(now)).toEqual({ app: b, openids: ["o1"] });
    expect(missing.take(now)).toBeUndefined();
  });

  it("are at most 5,000", () => {
    const missing = new MissingUnionids();
    for (let n = 0; n < 5_001; n++) missing.add(app("a"), person(n), now);
    let taken = 0;
    for (let step = missing.take(now); step; step = missing.take(now)) taken += step.openids.length;
    expect(taken).toBe(5_000);
  });

  it.each([
    ["has a unionid", app("a"), { ...person(1), unionid: "u1" }],
    ["signed in with an app without a group", app("a", ""), person(1)],
    ["signed in with a website app, which always gets it", app("a", "shop", "website"), person(1)],
    [
      "was asked for a day ago less a millisecond",
      app("a"),
      { ...person(1), checkedAt: new Date(now.getTime() - 86_399_999) },
    ],
  ])("leave out one who %s", (_, of, who) => {
    const missing = new MissingUnionids();
    missing.add(of, who, now);
    expect(missing.take(now)).toBeUndefined();
    missing.add(app("a"), { ...person(1), checkedAt: new Date(now.getTime() - 86_400_000) }, now);
    expect(missing.take(now)?.openids).toEqual(["o1"]);
  });

  it("wait with their app while it pauses, and other apps go on", () => {
    const missing = new MissingUnionids();
    const [a, b] = [app("a"), app("b")];
    missing.add(a, person(1), now);
    missing.add(b, person(2), now);
    missing.pause(a, now);
    expect(missing.take(now)?.app).toBe(b);
    expect(missing.take(new Date(now.getTime() + 599_999))).toBeUndefined();
    expect(missing.take(new Date(now.getTime() + 600_000))?.app).toBe(a);
  });
});
