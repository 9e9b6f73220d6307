import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { call, exchange, getCode, getGlobalToken, getTokens, open, post, qrUrl, tap } from "./phone.js";

// Continues conformance.test.ts with points 7 to 15: an app's server and the control of the simulator.

const START = Date.UTC(2026, 0, 31, 4);
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ now: () => START });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId, appSecret } = demoOfficialAccount;
const credentials = { grant_type: "client_credential", appid: appId, secret: appSecret };
const cgi = async (path: string, asked = {}) =>
  call(simulator, `/cgi-bin/${path}`, { access_token: await getGlobalToken(simulator), ...asked });

describe("7. a JSON response", () => {
  it("has HTTP 200 with text/plain on /sns and application/json; encoding=utf-8 on /cgi-bin", async () => {
    const sns = await exchange(simulator, "unknown");
    expect(sns).toMatchObject({ status: 200, contentType: "text/plain" });
    const global = await call(simulator, "/cgi-bin/token", {});
    expect(global).toMatchObject({ status: 200, contentType: "application/json; encoding=utf-8" });
  });

  it("ends its errmsg in a rid with the current second, after a comma on /sns only, or in the old hint", async () => {
    const seconds = Math.floor(START / 1000).toString(16);
    const rid = `rid: ${seconds}-[0-9a-f]{8}-[0-9a-f]{8}$`;
    const errmsgs = async () => [
      (await exchange(simulator, "unknown")).body.errmsg,
      (await call(simulator, "/cgi-bin/token", {})).body.errmsg,
    ];
    const [sns, global] = await errmsgs();
    expect(sns).toMatch(new RegExp(`^invalid code, ${rid}`));
    expect(global).toMatch(new RegExp(`^appid missing ${rid}`));
    simulator.settings({ errmsgTail: "hints" });
    const [oldSns, oldGlobal] = await errmsgs();
    expect(oldSns).toMatch(/^invalid code, hints: \[ req_id: [\w-]+ \]$/);
    expect(oldGlobal).toMatch(/^appid missing hint: \[[\w-]+\]$/);
  });
});

describe("8. errcode in a success", () => {
  const refusedCall = async () => String((await cgi("user/info", { openid: "unknown" })).body.errmsg);

  it("is absent from tokens, profiles and followers", async () => {
    const tokens = await getTokens(simulator);
    const successes = [
      tokens,
      (await call(simulator, "/sns/userinfo", { ...pick(tokens) })).body,
      (await call(simulator, "/cgi-bin/token", credentials)).body,
      (await cgi("user/info", { openid: tokens.openid })).body,
      (await cgi("get_api_domain_ip")).body,
    ];
    for (const body of successes) expect(body).not.toHaveProperty("errcode");
  });

  it("is 0 with ok in auth, getticket, openapi and clear_quota", async () => {
    const access_token = await getGlobalToken(simulator);
    const send = (path: string, body: object) => post(simulator, `/cgi-bin/${path}`, { access_token }, body);
    const successes = [
      await call(simulator, "/sns/auth", { ...pick(await getTokens(simulator)) }),
      await cgi("ticket/getticket", { type: "jsapi" }),
      await send("openapi/quota/get", { cgi_path: "/cgi-bin/token" }),
      await send("openapi/rid/get", { rid: (await refusedCall()).split("rid: ")[1] }),
      await send("clear_quota", { appid: appId }),
    ];
    for (const { body } of successes) expect(body).toMatchObject({ errcode: 0, errmsg: "ok" });
  });
});

describe("9. a profile", () => {
  const profileOf = async (person: string) => {
    const query = new URLSearchParams(pick(await getTokens(simulator, person)));
    return (await fetch(`${simulator.url}/sns/userinfo?${query}`)).text();
  };

  it("has sex 0, empty places and no privilege", async () => {
    const empty = { sex: 0, province: "", city: "", country: "", privilege: [] };
    expect(JSON.parse(await profileOf("alice"))).toMatchObject(empty);
  });

  it("may have emoji, a raw control character, no avatar, no unionid or a full-size avatar", async () => {
    expect(JSON.parse(await profileOf("emoji"))).toMatchObject({ nickname: "🦊 Foxy 🎉👩‍👩‍👧" });
    expect(await profileOf("control")).toContain('"nickname":"控制\u0014字符\u001f"');
    const bare = JSON.parse(await profileOf("noavatar"));
    expect(bare).toMatchObject({ headimgurl: "" });
    expect(bare).not.toHaveProperty("unionid");
    expect(JSON.parse(await profileOf("bigavatar"))).toMatchObject({
      headimgurl: expect.stringMatching(/\/0$/),
    });
  });
});

describe("10. the global token", () => {
  const fetchToken = async () => (await call(simulator, "/cgi-bin/token", credentials)).body;
  const stable = async (asked = {}) =>
    (await post(simulator, "/cgi-bin/stable_token", {}, { ...credentials, ...asked })).body;
  const works = async (token: unknown) =>
    (await call(simulator, "/cgi-bin/getcallbackip", { access_token: String(token) })).body.errcode ===
    undefined;

  it("is new at each call of /cgi-bin/token, and the previous one works for five more minutes", async () => {
    simulator.updateApp(appId, { limits: { daily: { token: 2 } } });
    const [first, second] = [(await fetchToken()).access_token, (await fetchToken()).access_token];
    expect([await works(first), await works(second)]).toEqual([true, true]);
    expect((await fetchToken()).errcode).toBe(45009);
    simulator.advance(300);
    expect([await works(first), await works(second)]).toEqual([false, true]);
  });

  it("can be fetched from /cgi-bin/token 2000 times a day, or 200 times by a test account", () => {
    const dailyTokens = (app: { limits: { daily: { token?: number } } }) => app.limits.daily.token;
    expect(simulator.apps.map(dailyTokens)).toEqual([200, 2000, 2000]);
  });

  it("is only for addresses on the allow-list, and 40164 contains the caller's address", async () => {
    simulator.setIpAllowList(appId, ["203.0.113.9"]);
    expect((await fetchToken()).errmsg).toMatch(
      /^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid/,
    );
  });

  it("stays the same with a shrinking expires_in at stable_token, and is new if forced, after 30 s and 20 times a day", async () => {
    const classic = (await fetchToken()).access_token;
    const first = await stable();
    simulator.advance(100);
    expect(await stable()).toEqual({ ...first, expires_in: 7100 });
    const forced = await stable({ force_refresh: true });
    expect(await stable({ force_refresh: true })).toEqual(forced);
    expect([await works(first.access_token), await works(classic)]).toEqual([false, true]);
    for (let count = 1; count < 20; count += 1) {
      simulator.advance(30);
      expect((await stable({ force_refresh: true })).errcode).toBeUndefined();
    }
    simulator.advance(30);
    expect((await stable({ force_refresh: true })).errcode).toBe(45009);
  });
});

describe("11. user/info", () => {
  it("returns no profile for a follower and three fields for a non-follower", async () => {
    const { openid } = simulator.person("alice", appId);
    expect((await cgi("user/info", { openid })).body).toMatchObject({ subscribe: 1, openid });
    expect((await cgi("user/info", { openid })).body).not.toHaveProperty("nickname");
    simulator.unfollow("alice", appId);
    expect((await cgi("user/info", { openid })).body).toEqual({ subscribe: 0, openid, tagid_list: [] });
  });
});

describe("12. faults", () => {
  it("affect the next calls of one endpoint: errcode, reset before or after, HTTP 502, invalid JSON, invalid UTF-8", async () => {
    simulator.fail("access_token", { kind: "errcode", errcode: 50002 }, 2);
    const code = await getCode(simulator);
    const errcodes = [];
    for (let count = 0; count < 3; count += 1) errcodes.push((await exchange(simulator, code)).body.errcode);
    expect(errcodes).toEqual([50002, 50002, undefined]);
    for (const when of ["before", "after"] as const) {
      const spent = await getCode(simulator);
      simulator.fail("access_token", { kind: "reset", when });
      await expect(exchange(simulator, spent)).rejects.toThrow();
      expect((await exchange(simulator, spent)).body.errcode).toBe(when === "after" ? 40163 : undefined);
    }
    simulator.fail("auth", { kind: "http_502" });
    expect((await fetch(`${simulator.url}/sns/auth`)).status).toBe(502);
    simulator.fail("auth", { kind: "invalid_json" });
    await expect(call(simulator, "/sns/auth", {})).rejects.toThrow(SyntaxError);
    simulator.fail("auth", { kind: "broken_utf8" });
    expect(await (await fetch(`${simulator.url}/sns/auth`)).text()).toContain("\uFFFD");
  });
});

describe("12. any errcode", () => {
  // Every errcode of WeChat's list with the beginning of its errmsg, except those whose errmsg is not known.
  const ERRCODES =
    `-1000 -1 40001 40002 40003 40007 40013 40014 40029 40030 40031 40032 40033 40035 40038 40039 40048
    40066 40097 40125 40132 40163 40164 40188 40200 40201 40202 40203 40226 40243 41001 41002 41003 41004 41008 41009
    41010 41011 41018 42001 42002 42003 42007 43001 43002 43003 43004 43005 43019 43104 44002 45002 45009 45011 45035
    46004 47001 48001 48002 48004 48006 50001 50002 50003 50004 50005 50007 61003 61004 61007 61014 61016 61023 61024
    61450 61451 63001 63002 76001 76002 76003 76021 76022 87007 87009 89501 89502 89503 89504 89505 89506 89507 9001002`
      .split(/\s+/)
      .map(Number);

  it("has its errmsg from WeChat's list", async () => {
    const unknown = [];
    for (const errcode of ERRCODES) {
      simulator.fail("userinfo", { kind: "errcode", errcode });
      const { body } = await call(simulator, "/sns/userinfo", {});
      expect(body.errcode).toBe(errcode);
      if (String(body.errmsg).startsWith("unknown error")) unknown.push(errcode);
    }
    expect(unknown).toEqual([]);
    expect(ERRCODES).toHaveLength(93);
  });

  it("can be delayed while the call takes effect at once", async () => {
    const code = await getCode(simulator);
    simulator.fail("access_token", { kind: "delay", ms: 30 });
    const startedAt = performance.now();
    expect((await exchange(simulator, code)).body).toHaveProperty("access_token");
    expect(performance.now() - startedAt).toBeGreaterThan(28);
  });

  it("can also affect a page: reset, HTTP 502, delay", async () => {
    simulator.fail("authorize", { kind: "reset", when: "before" });
    await expect(getCode(simulator)).rejects.toThrow("fetch failed");
    simulator.fail("qrconnect", { kind: "http_502" });
    expect((await open(qrUrl(simulator))).status).toBe(502);
  });
});

describe("13. time and ids", () => {
  it("are controlled by the test: codes and tokens expire by a clock, and ids derive from a seed", async () => {
    const tokens = await getTokens(simulator);
    simulator.advance(7200);
    expect((await call(simulator, "/sns/auth", { ...pick(tokens) })).body.errcode).toBe(42001);
    simulator.advance(30 * 86_400);
    const { body } = await call(simulator, "/sns/oauth2/refresh_token", {
      appid: appId,
      grant_type: "refresh_token",
      refresh_token: tokens.refresh_token,
    });
    expect(body.errcode).toBe(42002);
    const again = await startSimulator();
    expect(again.person("alice", appId)).toEqual(simulator.person("alice", appId));
    await again.close();
  });
});

describe("14. a callback domain", () => {
  it("is added after its MP_verify file is found", async () => {
    await expect(simulator.addCallbackHost(appId, "127.0.0.1:1")).rejects.toThrow(/MP_verify_\w{16}\.txt/);
    const asked: (string | undefined)[] = [];
    const domain = createServer((request, response) => {
      asked.push(request.url);
      response.end(/^\/MP_verify_(\w{16})\.txt$/.exec(request.url ?? "")?.[1]);
    });
    await new Promise<void>((resolve) => domain.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(domain.address() as AddressInfo).port}`;
    await simulator.addCallbackHost(appId, host);
    domain.close();
    expect(asked).toHaveLength(1);
    expect(await getCode(simulator, "alice", { redirect_uri: `http://${host}/callback` })).toMatch(
      /^\w{32}$/,
    );
  });
});

describe("15. the QR page", () => {
  it("polls 408, 404, 405 with the code, 403 and 402", async () => {
    simulator.settings({ qrPollSeconds: 0 });
    const show = async () =>
      /data-uuid="([^"]+)"/.exec(await (await open(qrUrl(simulator))).text())?.[1] ?? "";
    const poll = async (uuid: string) =>
      (await fetch(`${simulator.url}/connect/l/qrconnect?uuid=${uuid}`)).text();
    const phone = (uuid: string) => `${simulator.url}/connect/confirm?uuid=${uuid}`;
    const uuid = await show();
    expect(await poll(uuid)).toBe("window.wx_errcode=408;window.wx_code='';");
    await open(phone(uuid));
    expect(await poll(uuid)).toContain("wx_errcode=404;");
    await tap(simulator, phone(uuid), { person: "alice", decision: "allow" });
    expect(await poll(uuid)).toMatch(/wx_errcode=405;window\.wx_code='\w{32}'/);
    const [cancelled, expired] = [await show(), await show()];
    await tap(simulator, phone(cancelled), { person: "alice", decision: "refuse" });
    expect(await poll(cancelled)).toContain("wx_errcode=403;");
    simulator.advance(300);
    expect(await poll(expired)).toContain("wx_errcode=402;");
  });
});

function pick({ access_token, openid }: { access_token: string; openid: string }): Record<string, string> {
  return { access_token, openid };
}
