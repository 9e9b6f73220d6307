import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoMiniProgram, demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { openPanel, submit, wordsOf } from "./panel.js";
import { call, exchange, getCode, getTokens } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId } = demoOfficialAccount;

describe("each form of the panel", () => {
  const person = "alice";
  it.each([
    ["people/update", { person, nickname: "A" }, "/people", "done=saved"],
    ["people/follow", { person, appId }, "/people", "done=followed"],
    ["people/unfollow", { person, appId }, "/people", "done=unfollowed"],
    ["people/revoke", { person, appId }, "/people", "done=revoked"],
    ["people/password", { person }, "/people", "done=password"],
    ["people/delete", { person }, "/people", "done=deleted"],
    ["apps/update", { appId, scopes: "snsapi_base" }, "/apps", "done=saved"],
    ["apps/limit", { appId, limit: "daily.token", most: "7" }, "/apps", "done=saved"],
    [
      "faults",
      { endpoint: "access_token", kind: "errcode", errcode: "45011", times: "1" },
      "/faults",
      "done=planned",
    ],
    ["faults/preset", { preset: "busy" }, "/faults", "done=planned"],
    ["faults/cancel", { id: "99" }, "/faults", "done=gone"],
    ["faults/clear", {}, "/faults", "done=cancelled"],
    ["tokens/end", { token: "none" }, "/tokens", "done=gone"],
    ["requests/clear", {}, "/", "done=cleared"],
    ["phone", { person }, "/people", "done=person"],
    ["settings", { name: "refusal", value: "state_only" }, "/switches", "done=switched"],
    ["wechat", { pretend: "1" }, "/people", "done=wechat"],
    ["wechat", { pretend: "0" }, "/people", "done=no_wechat"],
    ["wechat", { pretend: "1", next: "https://other.example/connect/" }, "/people", "done=wechat"],
    ["wechat", { pretend: "1", next: "//other.example/connect/" }, "/people", "done=wechat"],
    ["reset", {}, "/clock", "done=reset"],
  ])("%s of %j leads back to %s with %s", async (form, fields, back, done) => {
    const response = await submit(simulator, form, { ...fields, back });
    expect([response.status, response.headers.get("location")]).toEqual([303, `${back}?${done}`]);
  });

  it("that cancels a fault says so only of one that is still planned", async () => {
    await submit(simulator, "faults/preset", { preset: "code-used" });
    const { faults } = (await (await fetch(`${simulator.url}/_simulator/faults`)).json()) as {
      faults: { id: number }[];
    };
    const cancel = async () => {
      const { headers } = await submit(simulator, "faults/cancel", { id: String(faults[0]?.id) });
      return headers.get("location");
    };
    expect([await cancel(), await cancel()]).toEqual(["/?done=cancelled", "/?done=gone"]);
  });

  it("that ends a token says so", async () => {
    const { access_token } = await getTokens(simulator);
    const { headers } = await submit(simulator, "tokens/end", { token: access_token, back: "/tokens" });
    expect(headers.get("location")).toBe("/tokens?done=ended");
  });

  it("that pretends to be WeChat leads on to the page of WeChat that asked for it", async () => {
    const next = `/connect/oauth2/authorize?appid=${appId}`;
    const { headers } = await submit(simulator, "wechat", { pretend: "1", next, back: "/people" });
    expect(headers.get("location")).toBe(next);
  });

  it("that gets a Mini Program's code leads to the page that shows it", async () => {
    const fields = { person: "alice", appId: demoMiniProgram.appId, back: "/people" };
    const { headers } = await submit(simulator, "people/js-code", fields);
    expect(headers.get("location")).toBe("/tokens?done=js_code");
  });
});

describe("the panel's forms about people", () => {
  it("create a person who can sign in", async () => {
    const fields = {
      nickname: "Bob 🎈",
      id: "bob",
      headimgurl: "",
      unionid: "1",
      follows: "1",
      back: "/people",
    };
    const response = await submit(simulator, "people/create", fields);
    expect(response.headers.get("location")).toBe("/people?done=created");
    const { access_token, openid, unionid } = await getTokens(simulator, "bob");
    expect(unionid).toBe(simulator.person("bob", appId).unionid);
    const { body } = await call(simulator, "/sns/userinfo", { access_token, openid });
    expect(body).toMatchObject({ nickname: "Bob 🎈", headimgurl: "" });
    expect((await openPanel(simulator, "/people")).text).toContain("Bob 🎈");
  });

  it("generate an id if the form has none", async () => {
    await submit(simulator, "people/create", { nickname: "One", id: "", follows: "1" });
    await submit(simulator, "people/create", { nickname: "Two", id: "", follows: "1" });
    expect(simulator.person("person-2", appId)).toMatchObject({ nickname: "Two" });
    expect(simulator.person("person-2", appId)).not.toHaveProperty("unionid");
  });

  it("do not create the same id twice", async () => {
    const response = await submit(simulator, "people/create", {
      id: "alice",
      nickname: "x",
      back: "/people",
    });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain("the person id alice is taken");
    expect(text).toContain('<a class="button" href="/people">');
  });

  it("change a person, unfollow one account, revoke an app and change the password", async () => {
    const { access_token, openid } = await getTokens(simulator);
    const userinfo = () => call(simulator, "/sns/userinfo", { access_token, openid });
    await submit(simulator, "people/update", {
      person: "alice",
      nickname: "新",
      headimgurl: "",
      follows: "1",
    });
    expect((await userinfo()).body).toMatchObject({ nickname: "新" });
    expect((await userinfo()).body).not.toHaveProperty("unionid");
    await submit(simulator, "people/unfollow", { person: "alice", appId });
    await expect(getCode(simulator)).rejects.toThrow("does not follow");
    await submit(simulator, "people/follow", { person: "alice", appId });
    await getCode(simulator);
    await submit(simulator, "people/revoke", { person: "alice", appId });
    expect((await userinfo()).body.errcode).toBe(50001);
    const { access_token: later } = await getTokens(simulator);
    await submit(simulator, "people/password", { person: "alice" });
    expect((await call(simulator, "/sns/auth", { access_token: later, openid })).body.errcode).toBe(42007);
  });

  it("keep the setting of one account when something else is changed", async () => {
    await submit(simulator, "people/unfollow", { person: "alice", appId });
    await submit(simulator, "people/update", { person: "alice", nickname: "新", follows: "1" });
    await expect(getCode(simulator)).rejects.toThrow("does not follow");
  });

  it("choose the person of this browser", async () => {
    const response = await submit(simulator, "phone", { person: "emoji", back: "/people" });
    expect(response.headers.get("set-cookie")).toContain("simulator_person=emoji");
  });

  it("create a js_code for a mini program", async () => {
    await submit(simulator, "people/js-code", { person: "alice", appId: demoMiniProgram.appId });
    const [code = ""] = simulator.tokens().map(({ value }) => value);
    const shown = `js_code ${code.slice(0, 8)}…${code.slice(-8)} 林小满 · ${demoMiniProgram.name} jscode2session 5 min`;
    expect(wordsOf((await openPanel(simulator, "/tokens")).text)).toContain(shown);
  });
});

describe("the panel's forms about faults", () => {
  it("plan a fault for a number of calls", async () => {
    await submit(simulator, "faults", {
      endpoint: "access_token",
      kind: "errcode",
      errcode: "45011",
      unit: "times",
      amount: "2",
    });
    const answers = [];
    for (let number = 0; number < 3; number += 1) answers.push((await exchange(simulator, "x")).body.errcode);
    expect(answers).toEqual([45011, 45011, 40029]);
  });

  it("plan a fault for a share of all calls", async () => {
    await submit(simulator, "faults", { endpoint: "auth", kind: "http_502", unit: "percent", amount: "100" });
    expect((await fetch(`${simulator.url}/sns/auth`)).status).toBe(502);
    expect(wordsOf((await openPanel(simulator, "/faults")).text)).toContain("100 % of calls");
  });

  it("list the pending faults and cancel one by one", async () => {
    await submit(simulator, "faults/preset", { preset: "ip" });
    const { text } = await openPanel(simulator, "/faults");
    expect(wordsOf(text)).toContain("token 40164 · invalid ip");
    const [first, second] = [...text.matchAll(/id="fault-(\d+)"/g)].map(([, id]) => id ?? "");
    await submit(simulator, "faults/cancel", { id: first ?? "" });
    const left = (await openPanel(simulator, "/faults")).text;
    expect(left).not.toContain(`fault-${first}"`);
    expect(left).toContain(`fault-${second}"`);
    expect((await submit(simulator, "faults/cancel", { id: first ?? "" })).headers.get("location")).toContain(
      "done=gone",
    );
  });

  it("plan the preset of a used code", async () => {
    await submit(simulator, "faults/preset", { preset: "code-used" });
    expect((await exchange(simulator, await getCode(simulator))).body.errcode).toBe(40163);
  });

  it("plan the preset of a connection lost after the code was spent", async () => {
    const code = await getCode(simulator);
    await submit(simulator, "faults/preset", { preset: "cut-after" });
    await expect(exchange(simulator, code)).rejects.toThrow();
    expect((await exchange(simulator, code)).body.errcode).toBe(40163);
    expect(wordsOf((await openPanel(simulator)).text)).toContain("Response that was not delivered");
  });

  it("report a missing field", async () => {
    const response = await submit(simulator, "faults", {
      endpoint: "userinfo",
      kind: "errcode",
      errcode: "",
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("errcode must be a whole number");
  });

  it("plan a body that echoes a secret to the client and not to the panel", async () => {
    const { appSecret } = demoOfficialAccount;
    await submit(simulator, "faults", {
      endpoint: "access_token",
      kind: "body",
      body: '{"echo":"$SECRET"}',
      amount: "1",
    });
    expect((await exchange(simulator, "x")).body.echo).toBe(appSecret);
    expect((await openPanel(simulator)).text).not.toContain(appSecret);
  });
});

describe("the panel's switches", () => {
  it.each([
    ["refusal", "state_only", "state_only"],
    ["sameCode", "true", true],
    ["doubleCallback", "without_connect_redirect", "without_connect_redirect"],
    ["usedCode", "40029", 40029],
    ["snapshotUserinfo", "48001", "48001"],
    ["qrPollSeconds", "0.5", 0.5],
  ])("set %s to %s", async (name, value, expected) => {
    await submit(simulator, "settings", { name, value });
    const state = await fetch(`${simulator.url}/_simulator/state`);
    expect(((await state.json()) as { settings: Record<string, unknown> }).settings[name]).toBe(expected);
    expect((await openPanel(simulator, "/")).text).toContain("Switches changed</span> 1");
  });

  it("reject an unknown name and an unknown value", async () => {
    expect((await submit(simulator, "settings", { name: "constructor", value: "true" })).status).toBe(400);
    expect((await submit(simulator, "settings", { name: "refusal", value: "maybe" })).status).toBe(400);
  });

  it("include every setting", async () => {
    const state = await fetch(`${simulator.url}/_simulator/state`);
    const { settings } = (await state.json()) as { settings: Record<string, unknown> };
    const { text } = await openPanel(simulator, "/switches");
    for (const name of Object.keys(settings)) expect(text).toContain(`id="switch-${name}"`);
  });
});

describe("the panel's clock", () => {
  it("moves forward, expires a code and shows it", async () => {
    const code = await getCode(simulator);
    const response = await submit(simulator, "clock", { seconds: "5", unit: "60" });
    expect(response.headers.get("location")).toBe("/clock?moved=300");
    const words = wordsOf((await openPanel(simulator, "/clock?moved=300")).text);
    expect(words).toContain("Moved forward by 5 min. In that time 1 code, 0 tokens and 0 tickets expired.");
    expect(words).toContain("5 min ahead of this machine");
    expect((await exchange(simulator, code)).body.errcode).toBe(40029);
  });

  it.each(["", "-1", "x", "1e99"])("does not move by %j", async (seconds) => {
    expect((await submit(simulator, "clock", { seconds })).status).toBe(400);
  });

  it("moves back only at a reset", async () => {
    await submit(simulator, "clock", { seconds: "86400" });
    await submit(simulator, "people/create", { id: "bob" });
    await submit(simulator, "reset");
    expect(wordsOf((await openPanel(simulator, "/clock")).text)).toContain(
      "The same as this machine's clock.",
    );
    expect(() => simulator.person("bob", appId)).toThrow();
  });
});

describe("the panel's forms about codes and tokens", () => {
  it("end a code", async () => {
    const code = await getCode(simulator);
    await submit(simulator, "tokens/end", { token: code });
    expect((await exchange(simulator, code)).body.errcode).toBe(40029);
  });

  it("end an access token while its refresh token stays valid", async () => {
    const { access_token, refresh_token, openid } = await getTokens(simulator);
    await submit(simulator, "tokens/end", { token: access_token });
    expect((await call(simulator, "/sns/auth", { access_token, openid })).body.errcode).toBe(42001);
    const asked = { appid: appId, grant_type: "refresh_token", refresh_token };
    expect((await call(simulator, "/sns/oauth2/refresh_token", asked)).body).toHaveProperty("access_token");
  });
});

describe("the panel's forms about apps", () => {
  it("set an IP allow-list, and calls from other addresses get 40164", async () => {
    await submit(simulator, "apps/update", {
      appId,
      callbackHosts: "localhost:4000",
      scopes: "snsapi_base",
      ipAllowList: "203.0.113.9",
    });
    const asked = { grant_type: "client_credential", appid: appId, secret: demoOfficialAccount.appSecret };
    expect((await call(simulator, "/cgi-bin/token", asked)).body.errcode).toBe(40164);
  });

  it("take a field that holds only spaces as an empty one", async () => {
    const lists = { callbackHosts: " localhost:4000 ", scopes: "snsapi_base" };
    const filled = { openPlatform: "p", ipAllowList: "203.0.113.9", messageUrl: "https://a.example/push" };
    await submit(simulator, "apps/update", { appId, ...lists, ...filled });
    const blank = { openPlatform: "  ", ipAllowList: " \t ", messageUrl: "  " };
    await submit(simulator, "apps/update", { appId, ...lists, ...blank });
    const { apps } = (await (await fetch(`${simulator.url}/_simulator/state`)).json()) as { apps: object[] };
    expect(apps.find((app) => "appId" in app && app.appId === appId)).toMatchObject({
      callbackHosts: ["localhost:4000"],
      openPlatform: null,
      ipAllowList: null,
      messageUrl: null,
    });
  });

  it("set a lower limit, and further calls get 45009", async () => {
    await submit(simulator, "apps/limit", { appId, limit: "daily.token", most: "1" });
    const asked = { grant_type: "client_credential", appid: appId, secret: demoOfficialAccount.appSecret };
    const answers = [
      await call(simulator, "/cgi-bin/token", asked),
      await call(simulator, "/cgi-bin/token", asked),
    ];
    expect(answers.map(({ body }) => body.errcode)).toEqual([undefined, 45009]);
  });
});
