import { describe, expect, it } from "vitest";
import type { WeChatApp } from "../src/domain/apps.js";
import { noteMissingUnionid } from "../src/domain/identity/late-unionids.js";
import { noteStaleProfile } from "../src/domain/identity/stale-profiles.js";
import { WaitingPeople } from "../src/domain/identity/waiting-people.js";

const now = new Date("2026-03-01T00:00:00Z");
const ago = (ms: number) => new Date(now.getTime() - ms);
const day = 86_400_000;
const app = (key: string, rest: Partial<WeChatApp> = {}) =>
  ({ key, appId: `wx${key}`, kind: "official_account", group: "shop", profile: "ask", ...rest }) as WeChatApp;

describe("people about whom WeChat will be asked", () => {
  it("are taken for one app at a time, the first ones first", () => {
    const waiting = new WaitingPeople();
    const [a, b] = [app("a"), app("b")];
    for (let n = 0; n < 5; n++) waiting.add(a, `o${n}`);
    waiting.add(b, "o1");
    waiting.add(a, "o0");
    expect(waiting.take(now, 3)).toEqual({ app: a, openids: ["o0", "o1", "o2"] });
    expect(waiting.take(now, 3)).toEqual({ app: a, openids: ["o3", "o4"] });
    expect(waiting.take(now, 3)).toEqual({ app: b, openids: ["o1"] });
    expect(waiting.take(now, 3)).toBeUndefined();
  });

  it("are at most 5,000", () => {
    const waiting = new WaitingPeople();
    const a = app("a");
    for (let n = 0; n < 5_001; n++) waiting.add(a, `o${n}`);
    expect(waiting.take(now, 6_000)?.openids).toHaveLength(5_000);
  });

  it("wait for ten minutes with an app that pauses, while those of other apps go on", () => {
    const waiting = new WaitingPeople();
    const [a, b] = [app("a"), app("b")];
    waiting.add(a, "o1");
    waiting.add(b, "o2");
    waiting.pause(a, now);
    expect(waiting.take(now, 1)?.app).toBe(b);
    expect(waiting.take(ago(-599_999), 1)).toBeUndefined();
    expect(waiting.take(ago(-600_000), 1)?.app).toBe(a);
  });
});

/** Whether a person is noted. */
function isNoted(note: (list: WaitingPeople) => void): boolean {
  const waiting = new WaitingPeople();
  note(waiting);
  return waiting.take(now, 1) !== undefined;
}

describe("a missing unionid", () => {
  const noted = (of: WeChatApp, person: { unionid?: string | null; checkedAt?: Date | null }) =>
    isNoted((missingUnionids) =>
      noteMissingUnionid({ missingUnionids, now: () => now }, of, {
        ...{ openid: "o1", unionid: null, checkedAt: null },
        ...person,
      }),
    );

  it.each([
    ["is noted", true, app("a"), {}],
    ["is noted again a day after WeChat told none", true, app("a"), { checkedAt: ago(day) }],
    ["is not noted a millisecond before that day is over", false, app("a"), { checkedAt: ago(day - 1) }],
    ["is not noted for a person who has one", false, app("a"), { unionid: "u1" }],
    ["is not noted for an app without a group", false, app("a", { group: undefined }), {}],
    ["is not noted for a website app, which always gets it", false, app("a", { kind: "website" }), {}],
  ])("%s", (_, expected, of, person) => {
    expect(noted(of, person)).toBe(expected);
  });
});

describe("a profile", () => {
  const noted = (of: WeChatApp, profileAt: Date | null, profileCheckedAt: Date | null = null) =>
    isNoted((staleProfiles) =>
      noteStaleProfile({ staleProfiles, now: () => now, settings: { profileMaxAgeDays: 3 } } as never, of, {
        openid: "o1",
        profileAt,
        profileCheckedAt,
      }),
    );

  it.each([
    ["is noted at PROFILE_MAX_AGE_DAYS", true, app("a"), ago(3 * day), null],
    ["is not noted a millisecond before", false, app("a"), ago(3 * day - 1), null],
    ["is noted again a day after a try that failed", true, app("a"), ago(9 * day), ago(day)],
    ["is not noted a millisecond before that day is over", false, app("a"), ago(9 * day), ago(day - 1)],
    ["is not noted for an app that asks for none", false, app("a", { profile: "none" }), ago(9 * day), null],
    ["is not noted for a person who never gave one", false, app("a"), null, null],
    [
      "is noted for a person whose website app asks for one since",
      true,
      app("a", { kind: "website" }),
      null,
      null,
    ],
  ])("%s", (_, expected, of, profileAt, checkedAt) => {
    expect(noted(of, profileAt, checkedAt)).toBe(expected);
  });
});
