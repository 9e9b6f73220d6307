import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, demoWebsite, type Simulator, startSimulator } from "../src/index.js";
import { CALLBACK, call, codeOf, exchange, open, openAs, qrUrl, tap } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  // Time does not move unless a test moves it, so that the second before an expiry differs from the next.
  simulator = await startSimulator({ now: () => Date.UTC(2026, 0, 31, 4) });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const website = { appid: demoWebsite.appId, secret: demoWebsite.appSecret };

describe("the QR page", () => {
  it("opens in any browser and shows the app, a QR image and the people", async () => {
    const page = await (
      await open(qrUrl(simulator), { "user-agent": "Firefox", "accept-language": "en" })
    ).text();
    expect(page).toContain("Demo Website");
    const image = await fetch(`${simulator.url}${/src="(\/connect\/qrcode\/[^"]+)"/.exec(page)?.[1]}`);
    expect(image.headers.get("content-type")).toContain("image/svg+xml");
    expect(await image.text()).toContain("<svg");
    expect(page).toContain('value="alice"');
  });

  it("may run its own script and styles only, is not stored, and may be framed", async () => {
    const { headers } = await open(qrUrl(simulator));
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("x-frame-options")).toBeNull();
    const hash = "'sha256-[\\w+/]{43}='";
    expect(headers.get("content-security-policy")).toMatch(
      new RegExp(
        `^default-src 'none'; script-src 'self' ${hash}; style-src ${hash} ${hash}; img-src 'self' data:; base-uri 'none'$`,
      ),
    );
  });

  it("uses the language of the parameter lang", async () => {
    const page = (lang: string) =>
      open(qrUrl(simulator, { lang }), { "accept-language": "fr" }).then((r) => r.text());
    expect(await page("cn")).toContain("微信登录");
    expect(await page("en")).toContain("Sign in with WeChat");
  });

  it("answers a scan with a code whose tokens give openid, unionid and the profile", async () => {
    const response = await tap(simulator, qrUrl(simulator), { person: "alice", decision: "allow" });
    const { body } = await exchange(simulator, codeOf(response), website);
    expect(body).toMatchObject({
      scope: "snsapi_login",
      unionid: simulator.person("alice", demoWebsite.appId).unionid,
    });
    const { access_token, openid } = body as { access_token: string; openid: string };
    const profile = await call(simulator, "/sns/userinfo", { access_token, openid });
    expect(profile.body.nickname).toBe(simulator.person("alice", demoWebsite.appId).nickname);
  });

  it.each([
    "",
    "snsapi_base",
    "snsapi_login,snsapi_userinfo",
    "snsapi_userinfo,snsapi_login",
    "snsapi_login,",
  ])("is an error page for any scope but snsapi_login: %j", async (scope) => {
    const response = await open(qrUrl(simulator, { scope }));
    expect(response.headers.get("x-simulator-reason")).toBe("a website app has only the scope snsapi_login");
    expect(await response.text()).toContain("该链接无法访问");
  });

  it("issues codes that are valid for ten minutes", async () => {
    const early = codeOf(await openAs("alice", qrUrl(simulator)));
    const late = codeOf(await openAs("alice", qrUrl(simulator)));
    simulator.advance(599);
    expect((await exchange(simulator, early, website)).body.errcode).toBeUndefined();
    simulator.advance(1);
    expect((await exchange(simulator, late, website)).body.errcode).toBe(40029);
  });

  it("accepts any parameter order and a missing state", async () => {
    const url = `${simulator.url}/connect/qrconnect?scope=snsapi_login&response_type=code&redirect_uri=${encodeURIComponent(CALLBACK)}&appid=${demoWebsite.appId}`;
    expect((await openAs("alice", url)).headers.get("location")).toMatch(/\?code=\w{32}$/);
  });

  it("returns the state unchanged, which may contain hyphens and underscores and be empty", async () => {
    const locationOf = async (state: string) =>
      (await openAs("alice", qrUrl(simulator, { state }))).headers.get("location");
    expect(await locationOf("a-b_c")).toMatch(/&state=a-b_c$/);
    expect(await locationOf("")).toMatch(/&state=$/);
    expect(await locationOf("a".repeat(128))).toMatch(/&state=a{128}$/);
  });

  it.each([
    ["a space", "a b", "state must contain only letters, digits, hyphens and underscores"],
    ["another script", "中文", "state must contain only letters, digits, hyphens and underscores"],
    ["129 bytes", "a".repeat(129), "state is longer than 128 bytes"],
  ])("refuses a state with %s, or returns it with stateAlphabet any", async (_, state, reason) => {
    const url = qrUrl(simulator, { state });
    const refused = await openAs("alice", url);
    expect(refused.headers.get("location")).toBeNull();
    expect(refused.headers.get("x-simulator-reason")).toBe(reason);
    simulator.settings({ stateAlphabet: "any" });
    const location = (await openAs("alice", url)).headers.get("location") ?? "";
    expect(new URL(location).searchParams.get("state")).toBe(state);
  });

  it("does not redirect after a canceled scan, or only with state if the switch refusal is state_only", async () => {
    expect((await openAs("alice", qrUrl(simulator), "refuse")).headers.get("location")).toBeNull();
    simulator.settings({ refusal: "state_only" });
    const response = await openAs("alice", qrUrl(simulator), "refuse");
    expect(response.headers.get("location")).toBe(`${CALLBACK}?state=abc123`);
  });

  it("has no snapshot page", async () => {
    const { body } = await exchange(simulator, codeOf(await openAs("snapshot", qrUrl(simulator))), website);
    expect(body).not.toHaveProperty("is_snapshotuser");
    expect(body.openid).toBe(simulator.person("snapshot", demoWebsite.appId).openid);
  });

  it.each([
    ["an Official Account's appid", { appid: demoOfficialAccount.appId }],
    ["another domain", { redirect_uri: "http://other.example/" }],
    ["another scope", { scope: "snsapi_userinfo" }],
    ["another response_type", { response_type: "token" }],
  ])("shows 该链接无法访问 for %s", async (_title, asked) => {
    const response = await openAs("alice", qrUrl(simulator, asked));
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("该链接无法访问");
  });
});
