import { NetworkError, type WebTokens, WeChatApiError } from "@wechat-login/oauth";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Deps } from "../src/domain/deps.js";
import { refreshShownProfile } from "../src/domain/identity/shown-profile.js";
import { ThrottledError } from "../src/domain/throttle.js";
import { userTokenRecords } from "../src/domain/tokens/user-tokens.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let deps: Deps;
/** What WeChat was asked, and for which app. */
let asked: string[];
/** What it answers for a profile. */
let answer: object | Error;
beforeEach(async () => {
  harness = await startDomainHarness();
  [asked, answer] = [[], {}];
  const tokens = {
    accessToken: "a token",
    refreshToken: "another",
    expiresInSeconds: 7200,
    openid: "oAlice",
  };
  const wechat = (appId: string) => ({
    refreshTokens: async () => tokens,
    async getUserInfo({ openid }: { openid: string }) {
      asked.push(`${appId} ${openid}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  deps = { ...harness.deps, wechat } as unknown as Deps;
});
afterEach(() => harness.close());

const shown = { nickname: "Alice", avatarUrl: "https://thirdwx.qlogo.cn/a/132" };
/** Alice has an account with a profile in an app, by default the one that she is shown by. */
async function addBinding(key: string, about: object = {}) {
  const at = deps.now();
  const { appId } = harness.app(key);
  const row = { ...shown, id: `in ${key}`, appId, openid: "oAlice", userId: "alice", profileAt: at };
  await addRows(deps.db, "bindings", [
    { ...row, scope: "snsapi_userinfo", createdAt: at, lastSignInAt: at, ...about },
  ]);
  const tokens = {
    accessToken: "old",
    refreshToken: "old",
    scope: ["snsapi_userinfo"],
  } as unknown as WebTokens;
  await deps.db.batch(userTokenRecords(deps, { bindingId: row.id, tokens }));
}
beforeEach(async () => {
  await addRows(deps.db, "users", [{ id: "alice", createdAt: deps.now() }]);
});
const refresh = () => refreshShownProfile(deps, "alice", "person");
const profiles = async () =>
  (await rowsOf(deps.db, "bindings")).map(({ id, nickname, avatarUrl }) => [id, nickname, avatarUrl]).sort();

describe("the profile that a person is shown by", () => {
  const refusal = (errcode: number) => new WeChatApiError("sns/userinfo", errcode, "no");
  it.each<[string, object | Error, string, object]>([
    ["the same", shown, "unchanged", {}],
    ["another nickname", { ...shown, nickname: "Ann" }, "updated", { nickname: "Ann" }],
    [
      "another picture",
      { ...shown, avatarUrl: "https://b.example" },
      "updated",
      { avatarUrl: "https://b.example" },
    ],
    ["no picture", { nickname: "Alice" }, "updated", { avatarUrl: null }],
    ["no nickname, of which nothing is taken", { avatarUrl: "https://b.example" }, "unchanged", {}],
    ["that its token is dead", refusal(40_001), "not_allowed", {}],
    ["that the account may not", refusal(48_001), "unanswered", {}],
    ["nothing", new NetworkError("sns/userinfo", "TIMEOUT"), "unanswered", {}],
  ])("is what WeChat answers, and is told as that: %s", async (_what, given, result, changed) => {
    await addBinding("oa");
    answer = given;
    expect(await refresh()).toBe(result);
    const { nickname, avatarUrl } = { ...shown, ...changed };
    expect(await profiles()).toEqual([["in oa", nickname, avatarUrl]]);
    expect(asked).toEqual([`${harness.app("oa").appId} oAlice`]);
  });

  it("is read of the account with a profile that was used last, and of no other", async () => {
    const earlier = new Date(deps.now().getTime() - 1_000);
    await addBinding("oa", { lastSignInAt: earlier, nickname: "Earlier" });
    await addBinding("web");
    await addBinding("alone", { profileAt: null });
    answer = { ...shown, nickname: "Ann" };
    expect(await refresh()).toBe("updated");
    expect(asked).toEqual([`${harness.app("web").appId} oAlice`]);
    expect(await profiles()).toEqual([
      ["in alone", "Alice", shown.avatarUrl],
      ["in oa", "Earlier", shown.avatarUrl],
      ["in web", "Ann", shown.avatarUrl],
    ]);
  });

  it.each([
    ["whose app asks for none", "not_allowed", () => addBinding("plain")],
    [
      "of an app that is not configured any more",
      "not_allowed",
      () => addBinding("oa", { appId: "wx-gone" }),
    ],
    ["that was never read", "not_allowed", () => addBinding("oa", { profileAt: null })],
    ["without any account", "not_allowed", async () => {}],
    [
      "that another process is reading",
      "unanswered",
      () => addBinding("oa", { profileCheckedAt: new Date(deps.now().getTime() + 1) }),
    ],
  ])("is not asked for: %s", async (_which, result, seed) => {
    await seed();
    expect(await refresh()).toBe(result);
    expect(asked).toEqual([]);
  });

  it("is read once a minute for each person", async () => {
    await addBinding("oa");
    answer = shown;
    expect(await refresh()).toBe("unchanged");
    harness.advance(59);
    await expect(refresh()).rejects.toThrow(new ThrottledError(1));
    expect(await refreshShownProfile(deps, "ben", "person")).toBe("not_allowed");
    harness.advance(1);
    expect(await refresh()).toBe("unchanged");
  });
});
