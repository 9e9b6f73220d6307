import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, demoWebsite, type Simulator, startSimulator } from "../src/index.js";
import { authorizeUrl, CALLBACK, codeOf, exchange, open, openAs, tap, WECHAT_UA } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

async function textOf(response: Response): Promise<string> {
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("location")).toBeNull();
  return response.text();
}

describe("the authorize page", () => {
  it("accepts WeChat's browser on a phone and on a desktop", async () => {
    const desktop =
      "Mozilla/5.0 (Windows NT 10.0) MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090a13)";
    for (const userAgent of [WECHAT_UA, desktop]) {
      const response = await open(authorizeUrl(simulator), {
        "user-agent": userAgent,
        "x-simulator-person": "alice",
      });
      expect(response.status).toBe(302);
    }
  });

  it("asks any other client to open the link in WeChat, even a script that names a person", async () => {
    const response = await openAs("alice", authorizeUrl(simulator));
    expect(response.status).toBe(302);
    const other = await open(authorizeUrl(simulator), {
      "user-agent": "Firefox",
      "x-simulator-person": "alice",
    });
    expect(await textOf(other)).toContain("请在微信客户端打开链接");
    expect(other.headers.get("x-simulator-reason")).toBe("the user agent is not WeChat's");
  });

  it("refuses WeCom, whose user agent also contains MicroMessenger", async () => {
    for (const name of ["wxwork", "WXWork"]) {
      const weCom = `Mozilla/5.0 ${name}/2.4.2 MicroMessenger/6.3.22 Language/zh`;
      expect(await textOf(await open(authorizeUrl(simulator), { "user-agent": weCom }))).toContain(
        "请在微信客户端打开链接",
      );
    }
  });

  it("accepts a browser that acts as WeChat", async () => {
    const next = authorizeUrl(simulator).slice(simulator.url.length);
    const pretence = await tap(simulator, `${simulator.url}/_simulator/forms/wechat`, { pretend: "1", next });
    expect(pretence.status).toBe(303);
    expect(pretence.headers.get("location")).toBe(next);
    const cookie = (pretence.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const again = await open(authorizeUrl(simulator), { "user-agent": "Firefox", cookie });
    expect(await textOf(again)).not.toContain("请在微信客户端打开链接");
  });

  it("does not redirect a browser that acts as WeChat to another site", async () => {
    const fields = { pretend: "1", next: "//evil.example/connect/" };
    const response = await tap(simulator, `${simulator.url}/_simulator/forms/wechat`, fields);
    // One slash: two would lead to another host.
    expect(response.headers.get("location")).toMatch(/^\/(?:[?#].*)?$/);
  });
});

describe("the check of the authorize link", () => {
  const { appId } = demoOfficialAccount;
  const redirect = encodeURIComponent(CALLBACK);
  const page = (query: string) => openAs("alice", `${simulator.url}/connect/oauth2/authorize?${query}`);

  it("accepts the order appid, redirect_uri, response_type, scope, state", async () => {
    const response = await page(
      `appid=${appId}&redirect_uri=${redirect}&response_type=code&scope=snsapi_base&state=a1`,
    );
    expect(response.status).toBe(302);
  });

  it.each([
    [
      "scope before response_type",
      `appid=${appId}&redirect_uri=${redirect}&scope=snsapi_base&response_type=code&state=a1`,
    ],
    ["state first", `state=a1&appid=${appId}&redirect_uri=${redirect}&response_type=code&scope=snsapi_base`],
    [
      "sorted by name but for appid",
      `appid=${appId}&redirect_uri=${redirect}&response_type=code&state=a1&scope=snsapi_base`,
    ],
    ...["forcePopup", "forceSnapShot", "connect_redirect", "component_appid"].map((extra) => [
      `${extra} before state`,
      `appid=${appId}&redirect_uri=${redirect}&response_type=code&scope=snsapi_base&${extra}=1&state=a1`,
    ]),
  ])("answers any other order with an error page: %s", async (_title, query) => {
    const response = await page(query);
    expect(response.headers.get("x-simulator-reason")).toMatch(/out of order/);
    await textOf(response);
  });

  it("may have scope before response_type for snsapi_base on a phone, with parameterOrder lenient_for_base", async () => {
    simulator.settings({ parameterOrder: "lenient_for_base" });
    const query = (scope: string, rest = "") =>
      `appid=${appId}&redirect_uri=${redirect}&scope=${scope}&response_type=code${rest}&state=a1`;
    expect((await page(query("snsapi_base"))).status).toBe(302);
    await textOf(await page(query("snsapi_userinfo")));
    await textOf(await page(query("snsapi_base", "&forcePopup=true")));
    await textOf(await page(`state=a1&${query("snsapi_base")}`));
    const [account, target, ...rest] = query("snsapi_base").split("&");
    await textOf(await page([target, account, ...rest].join("&")));
    await textOf(await page([...rest, account, target].join("&")));
    await textOf(await page([account, ...rest, target].join("&")));
    const url = `${simulator.url}/connect/oauth2/authorize?${query("snsapi_base")}`;
    for (const desktop of ["WindowsWechat(0x63090a13)", "MacWechat/3.8.7(0x13080712)"]) {
      const headers = { "user-agent": `MicroMessenger/7.0.20 ${desktop}`, "x-simulator-person": "alice" };
      await textOf(await open(url, headers));
    }
  });

  it("allows known extras after state and ignores what WeChat itself appends", async () => {
    const extras = { forcePopup: "true", connect_redirect: "1", uin: "x", key: "", pass_ticket: "p" };
    expect((await openAs("alice", authorizeUrl(simulator, extras))).status).toBe(302);
  });

  it("cuts an unencoded redirect_uri after its first query parameter", async () => {
    const response = await page(
      `appid=${appId}&redirect_uri=${CALLBACK}?a=1&b=2&response_type=code&scope=snsapi_base&state=a1`,
    );
    const { searchParams } = new URL(response.headers.get("location") ?? "");
    expect([...searchParams.keys()]).toEqual(["a", "code", "state"]);
  });

  it("requires response_type to be code", async () => {
    const response = await openAs("alice", authorizeUrl(simulator, { response_type: "token" }));
    expect(await textOf(response)).toContain("该链接无法访问");
  });
});

describe("an error page with HTTP 200 and no redirect", () => {
  it.each([
    [10003, "redirect_uri域名与后台配置不一致", { redirect_uri: "http://other.example/callback" }],
    [10003, "redirect_uri域名与后台配置不一致", { redirect_uri: "http://localhost:4001/callback" }],
    [10010, "scope不能为空", { scope: "" }],
    [10010, "scope不能为空", { scope: undefined }],
    [10011, "redirect_uri不能为空", { redirect_uri: undefined }],
    [10012, "appid不能为空", { appid: "" }],
    [10013, "state不能为空", { state: "" }],
    [10015, "公众号未授权第三方平台，请检查授权状态", { component_appid: "wx0000000000000000" }],
    [10016, "不支持微信开放平台的Appid，请使用公众号Appid", { appid: demoWebsite.appId }],
  ])("is shown and logged as error %i: %s", async (code, text, asked) => {
    expect(await textOf(await openAs("alice", authorizeUrl(simulator, asked)))).toContain(text);
    expect(simulator.requests().at(-1)).toMatchObject({ errcode: code, status: 200 });
  });

  it("has the number 10006 if the person does not follow the test account", async () => {
    simulator.updatePerson("alice", { follows: false });
    expect(await textOf(await openAs("alice", authorizeUrl(simulator)))).toContain("必须关注此测试号");
    expect((await openAs("emoji", authorizeUrl(simulator))).status).toBe(302);
  });

  it("has the number 10009 once, if planned as a fault", async () => {
    simulator.fail("authorize", { kind: "errcode", errcode: 10009 });
    expect(await textOf(await openAs("alice", authorizeUrl(simulator)))).toContain(
      "操作太频繁了，请稍后重试",
    );
    expect((await openAs("alice", authorizeUrl(simulator))).status).toBe(302);
  });

  it("has the number 10004 for a banned account, and 10005 for an account without the scope", async () => {
    const banned = { ...demoOfficialAccount, banned: true };
    const poor = { ...demoOfficialAccount, appId: "wx51a0b1c2d3e4f503", scopes: ["snsapi_base"] };
    const strict = await startSimulator({ apps: [banned, poor] });
    expect(await textOf(await openAs("alice", authorizeUrl(strict)))).toContain("此公众号被封禁");
    const response = await openAs("alice", authorizeUrl(strict, { appid: poor.appId }));
    expect(await textOf(response)).toContain("此公众号并没有这些scope的权限");
    await strict.close();
  });

  it("has the number 10003 for a redirect_uri with a port, except for a test account", async () => {
    const real = { ...demoOfficialAccount, testAccount: false, callbackHosts: ["www.example.com"] };
    const strict = await startSimulator({ apps: [real] });
    const go = (redirect_uri: string) => openAs("alice", authorizeUrl(strict, { redirect_uri }));
    expect((await go("https://www.example.com/any/path")).status).toBe(302);
    for (const other of [
      "https://www.example.com:8443/",
      "https://example.com/",
      "https://pay.example.com/",
    ]) {
      expect(await textOf(await go(other))).toContain("redirect_uri域名与后台配置不一致");
    }
    await strict.close();
  });

  it.each([
    ["a hyphen in state", { state: "a-b" }],
    ["129 bytes of state", { state: "a".repeat(129) }],
    ["an appid that no app has", { appid: "wx0000000000000000" }],
    ["a scope of website apps", { scope: "snsapi_login" }],
    ["a redirect_uri that is no URL", { redirect_uri: "javascript:alert(1)" }],
  ])("has no number for %s", async (_title, asked) => {
    await textOf(await openAs("alice", authorizeUrl(simulator, asked)));
    expect(simulator.requests().at(-1)?.reason).toBeDefined();
  });

  it("reports a missing parameter before a problem of the account, the domain or the follower", async () => {
    simulator.updatePerson("alice", { follows: false });
    const wrong = { appid: demoWebsite.appId, scope: "", redirect_uri: "http://other.example/" };
    const numberOf = async (asked: object) => {
      await openAs("alice", authorizeUrl(simulator, { ...wrong, ...asked }));
      return simulator.requests().at(-1)?.errcode;
    };
    expect(await numberOf({ appid: "" })).toBe(10012);
    expect(await numberOf({})).toBe(10010);
    expect(await numberOf({ scope: "snsapi_base" })).toBe(10016);
    expect(await numberOf({ scope: "snsapi_base", appid: demoOfficialAccount.appId })).toBe(10003);
  });
});

describe("the redirect to the app", () => {
  it.each([
    [CALLBACK, /^http:\/\/localhost:4000\/callback\?code=\w{32}&state=abc123$/],
    [`${CALLBACK}?a=1&b=%2F`, /^http:\/\/localhost:4000\/callback\?a=1&b=%2F&code=\w{32}&state=abc123$/],
    ["http://localhost:4000/#/cb", /^http:\/\/localhost:4000\/\?code=\w{32}&state=abc123#\/cb$/],
  ])("appends code and state to the query, before the fragment: %s", async (redirect_uri, expected) => {
    const response = await openAs("alice", authorizeUrl(simulator, { redirect_uri }));
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toMatch(expected);
  });

  it("returns a state of 128 bytes byte for byte", async () => {
    const state = `Ab0${"z".repeat(125)}`;
    const response = await openAs("alice", authorizeUrl(simulator, { state }));
    expect(response.headers.get("location")).toMatch(new RegExp(`&state=${state}$`));
  });

  it("is offered twice, with two codes and one state, by the switch doubleCallback", async () => {
    simulator.settings({ doubleCallback: true });
    const response = await openAs("alice", authorizeUrl(simulator));
    const [first, second] = ["location", "x-simulator-second-location"].map(
      (header) => new URL(response.headers.get(header) ?? "").searchParams,
    );
    expect(first?.get("state")).toBe(second?.get("state"));
    expect(first?.get("code")).not.toBe(second?.get("code"));
  });
});

describe("a person at the authorize page", () => {
  it("decides on the consent page with the same result as a script", async () => {
    const url = authorizeUrl(simulator);
    expect(await textOf(await open(url))).toMatch(/允许[\s\S]*name="person"|name="person"[\s\S]*允许/);
    const response = await tap(simulator, url, { person: "emoji", decision: "allow" });
    expect(response.status).toBe(302);
    expect(codeOf(response)).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it("is chosen once, after which snsapi_base is silent", async () => {
    const url = authorizeUrl(simulator, { scope: "snsapi_base" });
    expect(await textOf(await open(url, { "accept-language": "en" }))).toContain("Whose phone is this?");
    const told = await tap(simulator, url, { person: "emoji", decision: "allow" });
    const cookie = (told.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    expect((await open(url, { cookie })).status).toBe(302);
    expect(simulator.requests().at(-1)?.person).toBe("emoji");
  });

  it("is not redirected after refusing, so the app is not informed", async () => {
    const response = await openAs("alice", authorizeUrl(simulator), "refuse");
    expect(response.headers.get("x-simulator-reason")).toBe("the person refused");
    await textOf(response);
  });

  it("is redirected with only state after refusing, if the switch refusal is state_only", async () => {
    simulator.settings({ refusal: "state_only" });
    const response = await openAs("alice", authorizeUrl(simulator), "refuse");
    expect(response.headers.get("location")).toBe(`${CALLBACK}?state=abc123`);
  });

  it("is redirected with code=authdeny after refusing, as by old clients, with refusal authdeny", async () => {
    simulator.settings({ refusal: "authdeny" });
    const response = await openAs("alice", authorizeUrl(simulator), "refuse");
    expect(response.headers.get("location")).toBe(`${CALLBACK}?code=authdeny&state=abc123`);
    expect((await exchange(simulator, "authdeny")).body.errcode).toBe(40029);
  });

  it("cannot refuse snsapi_base, which asks nothing", async () => {
    const response = await openAs("alice", authorizeUrl(simulator, { scope: "snsapi_base" }), "refuse");
    expect(codeOf(response)).toBeDefined();
  });

  it("must exist, or the answer is 400 with the known ids", async () => {
    const response = await openAs("bob", authorizeUrl(simulator));
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(await response.text()).toContain(
      "alice, emoji, noavatar, longname, snapshot, control, bigavatar, crowd-<number>",
    );
  });

  it("must make a known decision", async () => {
    const response = await openAs("alice", authorizeUrl(simulator), "maybe");
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      400,
      "text/plain; charset=utf-8",
      "The decision must be allow, refuse or full_service.\n",
    ]);
  });
});
