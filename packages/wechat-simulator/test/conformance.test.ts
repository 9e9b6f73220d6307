import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, demoWebsite, type Simulator, startSimulator } from "../src/index.js";
import {
  type Asked,
  authorizeUrl,
  CALLBACK,
  call,
  codeOf,
  exchange,
  getCode,
  getTokens,
  open,
  openAs,
  qrUrl,
  tap,
} from "./phone.js";

// WeChat's behavior point by point: 1 to 6, a person on WeChat's pages. conformance-api.test.ts continues. The details of
// each point are in other test files.

const START = Date.UTC(2026, 0, 31, 4);
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ now: () => START });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId } = demoOfficialAccount;

const page = async (asked = {}, person = "alice") => openAs(person, authorizeUrl(simulator, asked));
describe("1. WeChat's two hosts in one server", () => {
  it("have WeChat's own paths, so that an app only changes its base URLs", async () => {
    expect((await page()).status).toBe(302);
    expect((await open(qrUrl(simulator))).status).toBe(200);
    expect((await getTokens(simulator)).openid).toBe(simulator.person("alice", appId).openid);
  });
});

describe("2. the authorize page", () => {
  it("accepts only WeChat's browser, not WeCom's", async () => {
    for (const userAgent of ["Firefox", "wxwork/2.4.2 MicroMessenger/6.3.22"]) {
      const response = await open(authorizeUrl(simulator), { "user-agent": userAgent });
      expect(await response.text()).toContain("请在微信客户端打开链接");
    }
  });

  it("checks the raw parameter order and ignores unknown parameters at the end", async () => {
    const redirect = encodeURIComponent(CALLBACK);
    const disordered = `appid=${appId}&redirect_uri=${redirect}&scope=snsapi_userinfo&response_type=code&state=a1`;
    const refused = await openAs("alice", `${simulator.url}/connect/oauth2/authorize?${disordered}`);
    expect(await refused.text()).toContain("Scope 参数错误或没有 Scope 权限");
    expect((await page({ uin: "1", pass_ticket: "x" })).status).toBe(302);
  });

  it("shows errors as pages with HTTP 200 and does not redirect with error=", async () => {
    const response = await page({ redirect_uri: "http://other.example/" });
    expect(response.status).toBe(200);
    expect(response.headers.get("location")).toBeNull();
    expect(await response.text()).toContain("redirect_uri域名与后台配置不一致");
  });
});

describe("3. the consent page", () => {
  it("offers allow and refuse, and refusing does not redirect, or redirects with only state by a switch", async () => {
    const text = await (await open(authorizeUrl(simulator))).text();
    expect(text).toMatch(/value="refuse"[\s\S]*value="allow"/);
    const url = authorizeUrl(simulator);
    expect((await openAs("alice", url, "refuse")).headers.get("location")).toBeNull();
    simulator.settings({ refusal: "state_only" });
    expect((await openAs("alice", url, "refuse")).headers.get("location")).toBe(`${CALLBACK}?state=abc123`);
  });
});

describe("3. a consent page that is closed", () => {
  it("issues no code until the person allows", async () => {
    expect((await open(authorizeUrl(simulator))).status).toBe(200);
    expect(simulator.state().liveCodes).toBe(0);
    await page();
    expect(simulator.state().liveCodes).toBe(1);
  });
});

describe("4. silent authorization", () => {
  const isSilent = async (asked: Asked) =>
    (await open(authorizeUrl(simulator, asked), { cookie: "simulator_person=alice" })).status === 302;

  it("applies to snsapi_base, and to snsapi_userinfo only from the menu or after a recent sign-in", async () => {
    expect(await isSilent({ scope: "snsapi_base" })).toBe(true);
    expect(await isSilent({})).toBe(false);
    simulator.settings({ fromMenu: true });
    expect(await isSilent({})).toBe(true);
    simulator.settings({ fromMenu: false, recentLogin: true });
    await page();
    expect(await isSilent({})).toBe(true);
  });

  it("is overridden by forcePopup after a recent sign-in and not from the menu", async () => {
    simulator.settings({ recentLogin: true });
    await page();
    expect(await isSilent({ forcePopup: "true" })).toBe(false);
    simulator.settings({ fromMenu: true });
    expect(await isSilent({ forcePopup: "true" })).toBe(true);
  });
});

describe("4. forceSnapShot", () => {
  const isSnapshot = async (asked: Asked) => {
    const code = codeOf(await page({ forceSnapShot: "true", ...asked }));
    return (await exchange(simulator, code)).body.is_snapshotuser === 1;
  };

  it("shows the snapshot page except from the menu, after a recent sign-in or with snsapi_base", async () => {
    expect(await isSnapshot({})).toBe(true);
    expect(await isSnapshot({ scope: "snsapi_base" })).toBe(false);
    simulator.settings({ fromMenu: true });
    expect(await isSnapshot({})).toBe(false);
    simulator.settings({ fromMenu: false, recentLogin: true });
    await page();
    expect(await isSnapshot({})).toBe(false);
  });
});

describe("5. a snapshot", () => {
  it("is a virtual identity that is marked in the token response only", async () => {
    const tokens = await getTokens(simulator, "snapshot");
    expect(tokens.is_snapshotuser).toBe(1);
    const profile = await call(simulator, "/sns/userinfo", {
      access_token: tokens.access_token,
      openid: tokens.openid,
    });
    expect(profile.body).not.toHaveProperty("is_snapshotuser");
    const known = simulator.person("snapshot", appId);
    expect([profile.body.openid, profile.body.unionid, profile.body.nickname]).toEqual([
      tokens.openid,
      expect.stringMatching(/^o/),
      expect.stringMatching(/./),
    ]);
    for (const field of ["openid", "unionid", "nickname"] as const) {
      expect(profile.body[field]).not.toBe(known[field]);
    }
    const real = codeOf(await openAs("snapshot", authorizeUrl(simulator), "full_service"));
    const { body } = await exchange(simulator, real);
    expect(body.openid).toBe(simulator.person("snapshot", appId).openid);
    expect(body).not.toHaveProperty("is_snapshotuser");
  });

  it("has a button 使用完整服务 that leads to the real consent page", async () => {
    const url = authorizeUrl(simulator);
    const snapshot = await tap(simulator, url, { person: "snapshot", decision: "allow" });
    expect(await snapshot.text()).toContain("使用完整服务</button>");
    const consent = await tap(simulator, url, { person: "snapshot", decision: "full_service" });
    expect(await consent.text()).toMatch(/value="refuse"[\s\S]*value="allow"/);
  });
});

describe("6. the code", () => {
  it("is in the query before the fragment, with the state byte for byte", async () => {
    const response = await page({ redirect_uri: "http://localhost:4000/#/cb", state: "Ab0" });
    expect(response.headers.get("location")).toMatch(
      /^http:\/\/localhost:4000\/\?code=\w{32}&state=Ab0#\/cb$/,
    );
  });

  it("works once, for five minutes, for its own app", async () => {
    const [code, late] = [await getCode(simulator), await getCode(simulator)];
    const website = { appid: demoWebsite.appId, secret: demoWebsite.appSecret };
    const errcodes = [
      await exchange(simulator, code, website),
      await exchange(simulator, code),
      await exchange(simulator, code),
    ];
    expect(errcodes.map(({ body }) => body.errcode)).toEqual([40029, undefined, 40163]);
    simulator.advance(300);
    expect((await exchange(simulator, late)).body.errcode).toBe(40029);
  });

  it("grants the requested scope only", async () => {
    const scopeOf = async (scope: string) =>
      (await exchange(simulator, codeOf(await page({ scope })))).body.scope;
    expect([await scopeOf("snsapi_base"), await scopeOf("snsapi_userinfo")]).toEqual([
      "snsapi_base",
      "snsapi_userinfo",
    ]);
  });

  it("can arrive twice with one state, or be the same in several tabs", async () => {
    simulator.settings({ doubleCallback: true });
    const response = await page();
    const second = new URL(response.headers.get("x-simulator-second-location") ?? "");
    expect(second.searchParams.get("code")).not.toBe(codeOf(response));
    simulator.settings({ doubleCallback: false, sameCode: true });
    expect(codeOf(await page())).toBe(codeOf(await page()));
  });
});
