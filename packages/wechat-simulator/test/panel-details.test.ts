import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type AppOptions,
  demoMiniProgram,
  demoOfficialAccount,
  demoWebsite,
  type Simulator,
  startSimulator,
} from "../src/index.js";
import { openPanel, submit, wordsOf } from "./panel.js";
import { getCode, getGlobalToken, getTokens } from "./phone.js";

// Every fact, choice and accessible name of the pages that list apps and what expires.

const realAccount: AppOptions = {
  ...demoOfficialAccount,
  appId: "wx51a0b1c2d3e4f504",
  testAccount: false,
  name: "Real Account",
  ipAllowList: [],
  callbackHosts: [],
  scopes: [],
  openPlatform: null,
  banned: true,
};
const { appId } = demoOfficialAccount;
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    now: () => Date.UTC(2026, 0, 31, 4),
    apps: [demoOfficialAccount, realAccount, demoWebsite, demoMiniProgram],
  });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

/** The markup of the page between these two. */
async function partOf(path: string, start: string, end: string, language = "en"): Promise<string> {
  const { text } = await openPanel(simulator, path, { language });
  const from = text.indexOf(start);
  return text.slice(from, text.indexOf(end, from));
}

const cardOf = (id: string, language?: string) =>
  partOf("/apps", `<li class="card" id="app-${id}"`, '<details class="more"', language);

describe("the card of an app", () => {
  const heads = async (language?: string) =>
    Promise.all(
      simulator.apps.map(async (app) =>
        wordsOf((await cardOf(app.appId, language)).split("<dl")[0] ?? "").trim(),
      ),
    );

  it("has its name and kind in English, and whether it is banned", async () => {
    expect(await heads()).toEqual([
      "Demo Official Account Official Account (test account) · sign-in inside WeChat",
      "Real Account Official Account · sign-in inside WeChat banned",
      "Demo Website Website app · sign-in by QR code",
      "Demo Mini Program Mini program · sign-in by js_code",
    ]);
  });

  it("has its name and kind in Chinese, and whether it is banned", async () => {
    expect(await heads("zh")).toEqual([
      "Demo Official Account 公众号（测试号） · 在微信内登录",
      "Real Account 公众号 · 在微信内登录 已封禁",
      "Demo Website 网站应用 · 扫码登录",
      "Demo Mini Program 小程序 · 通过 js_code 登录",
    ]);
  });

  it("has each setting of this app, and says what an empty one means", async () => {
    const factsOf = async (id: string) =>
      Object.fromEntries(
        [...(await cardOf(id)).matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/gs)].map(
          ([, name = "", value = ""]) => [name, wordsOf(value).trim()],
        ),
      );
    const fileOf = (id: string) => simulator.state().apps.find((app) => app.appId === id)?.verifyFile;
    simulator.setIpAllowList(appId, ["192.0.2.1", "192.0.2.2"]);
    simulator.updateApp(demoWebsite.appId, { callbackHosts: ["a.example", "b.example/c"] });
    expect(await Promise.all(simulator.apps.map((app) => factsOf(app.appId)))).toEqual([
      {
        appId,
        appSecret: "•••••••• Show",
        Group: "demo-open-platform",
        "Callback domains": "localhost:4000",
        scope: "snsapi_base, snsapi_userinfo",
        "IP allow-list": "192.0.2.1, 192.0.2.2",
        "Verification file": fileOf(appId),
      },
      {
        appId: realAccount.appId,
        appSecret: "•••••••• Show",
        Group: "none, therefore no unionid",
        "Callback domains": "—",
        scope: "—",
        "IP allow-list": "none",
        "Verification file": fileOf(realAccount.appId),
      },
      {
        appId: demoWebsite.appId,
        appSecret: "•••••••• Show",
        Group: "demo-open-platform",
        "Callback domains": "a.example, b.example/c",
        scope: "snsapi_login",
      },
      {
        appId: demoMiniProgram.appId,
        appSecret: "•••••••• Show",
        Group: "demo-open-platform",
        "Callback domains": "localhost:4000",
        scope: "—",
      },
    ]);
    simulator.setIpAllowList(appId, null);
    expect(await factsOf(appId)).toMatchObject({ "IP allow-list": "any address" });
  });

  it("shows the quota of an endpoint from its first call on", async () => {
    const quotas = async () =>
      [
        ...(await cardOf(appId)).matchAll(/<meter min="0" max="(\d+)" value="(\d+)" aria-label="(\w+)">/g),
      ].map(([, most, used, endpoint]) => `${endpoint} ${used}/${most}`);
    simulator.updateApp(appId, { limits: { daily: { token: 0 } } });
    // A meter needs a maximum above its minimum.
    expect(await quotas()).toEqual(["token 0/1", "stable_token 0/500000"]);
    const token = await getGlobalToken(simulator);
    await fetch(`${simulator.url}/cgi-bin/get_api_domain_ip?access_token=${token}`);
    expect(await quotas()).toEqual(["token 0/1", "stable_token 1/500000", "get_api_domain_ip 1/1000000"]);
  });

  it("offers each limit with its value, and a choice sets that limit", async () => {
    const choices = async () => {
      const card = await partOf("/apps", `<li class="card" id="app-${appId}"`, "</select>");
      const select = card.slice(card.indexOf('<select name="limit">'));
      return [...select.matchAll(/<option value="([^"]*)">(.*?)<\/option>/g)].map(([, value, text]) => [
        value,
        text,
      ]);
    };
    const { daily, perMinute, ...others } = simulator.apps[0]?.limits ?? { daily: {}, perMinute: {} };
    const rows = (prefix: string, limits: object) =>
      Object.entries(limits).map(([name, most]) => [`${prefix}${name}`, `${name} · ${most}`]);
    const expected = [...rows("daily.", daily), ...rows("perMinute.", perMinute), ...rows("", others)];
    expect(await choices()).toEqual(expected);
    for (const [index, [limit = ""]] of expected.entries()) {
      await submit(simulator, "apps/limit", { appId, limit, most: String(index + 1) });
    }
    expect(await choices()).toEqual(
      expected.map(([value = "", text = ""], index) => [value, text.replace(/\d+$/, String(index + 1))]),
    );
  });
});

describe("what expires next", () => {
  const next = () => partOf("/clock", 'aria-labelledby="next"', "</section>");

  it("calls each credential the same in its row and in the name of its button", async () => {
    await getTokens(simulator);
    await getCode(simulator);
    await getGlobalToken(simulator);
    simulator.createJsCode("alice", demoMiniProgram.appId);
    const rows = [...(await next()).matchAll(/<strong>([^<]*)<\/strong>.*?aria-label="([^"]*)"/gs)];
    const cut = (kind: string, named: string) => {
      const { value } =
        simulator
          .tokens()
          .find((one) => one.kind === kind && one.state === "alive" && one.purpose !== named) ?? {};
      return `${value?.slice(0, 8)}…${value?.slice(-8)}`;
    };
    expect(rows.map(([, row, button]) => [row, button])).toEqual([
      ["js_code", `Jump to its expiry: js_code ${cut("code", "snsapi_userinfo")}`],
      ["code", `Jump to its expiry: code ${cut("code", "js_code")}`],
      ["global access_token", `Jump to its expiry: global access_token ${cut("global_token", "")}`],
      ["access_token", `Jump to its expiry: access_token ${cut("access_token", "")}`],
      ["refresh_token", `Jump to its expiry: refresh_token ${cut("refresh_token", "")}`],
    ]);
  });

  it("expires by its button, also within a second", async () => {
    const code = await getCode(simulator);
    simulator.advance(0.4);
    const [, seconds = ""] = /name="seconds" value="(\d+)"/.exec(await next()) ?? [];
    await submit(simulator, "clock", { seconds });
    expect(simulator.tokens()).toEqual([expect.objectContaining({ value: code, state: "expired" })]);
  });
});

describe("the form that moves the clock", () => {
  it("offers each unit with its seconds", async () => {
    const unitsIn = async (language: string) =>
      [
        ...(await partOf("/clock", '<select name="unit">', "</select>", language)).matchAll(
          /value="(\d+)"[^>]*>([^<]*)/g,
        ),
      ].map(([, seconds, unit]) => [Number(seconds), unit]);
    expect(await unitsIn("en")).toEqual([
      [1, "seconds"],
      [60, "minutes"],
      [3600, "hours"],
      [86_400, "days"],
    ]);
    expect(await unitsIn("zh")).toEqual([
      [1, "秒"],
      [60, "分钟"],
      [3600, "小时"],
      [86_400, "天"],
    ]);
  });
});

describe("the Chinese panel", () => {
  const [emoji, zh] = ["emoji", "zh"];

  it("counts codes and tokens that end with an account, each by its name", async () => {
    await getTokens(simulator, emoji);
    for (const state of ["a1", "a2", "a3"]) await getCode(simulator, emoji, { state });
    const { text } = await openPanel(simulator, `/people/delete?person=${emoji}`, { language: zh });
    expect(wordsOf(text)).toContain("目前有效：code 3 个，网页授权令牌 2 个。");
  });

  it("describes each planned fault and how many calls it hits", async () => {
    simulator.fail("auth", { kind: "errcode", errcode: 40029, errmsg: "odd" }, 3);
    simulator.fail("auth", { kind: "delay", ms: 7 }, { share: 0.25 });
    simulator.fail("auth", { kind: "slow_drip", ms: 8 });
    simulator.fail("auth", { kind: "reset", when: "before" });
    simulator.fail("qrconnect", { kind: "reset", when: "after" });
    simulator.fail("auth", { kind: "http_502" }, { share: 1 });
    const list = await partOf("/faults", '<ul class="plain-list">', "</ul>", zh);
    const rows = list.split("</li>").map((row) => wordsOf(row.split("<form")[0] ?? "").trim());
    expect(rows).toEqual([
      "auth 40029 · odd 接下来 3 次",
      "auth 7 毫秒后响应 25 % 的调用",
      "auth 在 8 毫秒内逐字节发送 接下来 1 次",
      "auth 执行前连接中断；不消耗 code 接下来 1 次",
      "qrconnect 打开后连接中断；code 已生成但未送达 接下来 1 次",
      "auth HTTP 502 和网关的 HTML；不消耗 code 100 % 的调用",
      "",
    ]);
  });
});

describe("a form of the panel", () => {
  it.each([
    [
      "of a fault with a body of its own",
      { kind: "body", body: "<b>", contentType: "text/x", status: "503" },
      { kind: "body", body: "<b>", contentType: "text/x", status: 503 },
    ],
    [
      "of a body without type and status",
      { kind: "body", body: "", contentType: "", status: "" },
      { kind: "body", body: "" },
    ],
    [
      "of an errcode with its errmsg",
      { kind: "errcode", errcode: "40029", errmsg: "odd" },
      { kind: "errcode", errcode: 40029, errmsg: "odd" },
    ],
    ["of an errcode", { kind: "errcode", errcode: "-1", errmsg: "" }, { kind: "errcode", errcode: -1 }],
    ["of a late response", { kind: "delay", ms: "7" }, { kind: "delay", ms: 7 }],
    ["of a slow response", { kind: "slow_drip", ms: "8" }, { kind: "slow_drip", ms: 8 }],
    ["of a reset before the call", { kind: "reset:before" }, { kind: "reset", when: "before" }],
    ["of a reset after the call", { kind: "reset:after" }, { kind: "reset", when: "after" }],
    ["of a gateway's error", { kind: "http_502" }, { kind: "http_502" }],
  ])("plans what it says, all fields %s", async (_, fields, fault) => {
    await submit(simulator, "faults", { endpoint: "auth", unit: "percent", amount: "5", ...fields } as never);
    await submit(simulator, "faults", {
      endpoint: "userinfo",
      unit: "times",
      amount: "2",
      ...fields,
    } as never);
    expect(simulator.state().faults).toEqual([
      { endpoint: "auth", fault, share: 0.05 },
      { endpoint: "userinfo", fault, remaining: 2 },
    ]);
  });

  it.each([
    "a.example, b.example",
    "a.example b.example",
    "a.example，b.example",
    "a.example、b.example ",
    "\na.example,,b.example,",
  ])("takes a list with separators of either language: %j", async (list) => {
    await submit(simulator, "apps/update", { appId, callbackHosts: list, scopes: list, ipAllowList: list });
    const both = ["a.example", "b.example"];
    expect(simulator.apps[0]).toMatchObject({ callbackHosts: both, scopes: both, ipAllowList: both });
  });
});

describe("all planned faults", () => {
  it("are cancelled by one button where there are two or more", async () => {
    const offered = async () => (await openPanel(simulator, "/faults")).text.includes('/faults/clear"');
    simulator.fail("auth", { kind: "http_502" });
    expect(await offered()).toBe(false);
    simulator.fail("auth", { kind: "http_502" });
    expect(await offered()).toBe(true);
  });
});

describe("an example", () => {
  it("is of a person who sees no snapshot page, if there is one", async () => {
    for (const { id } of simulator.state().people) {
      if (id !== "snapshot" && id !== "control") simulator.deletePerson(id);
    }
    const personOf = async () =>
      /x-simulator-person: ([\w-]+)/.exec((await openPanel(simulator, "/guide")).text)?.[1];
    expect(await personOf()).toBe("control");
    simulator.deletePerson("control");
    expect(await personOf()).toBe("snapshot");
  });
});

describe("an empty page of older requests", () => {
  it("leads back to the latest, and does not say that there were none", async () => {
    await getCode(simulator);
    const words = wordsOf((await openPanel(simulator, "/?before=1")).text);
    expect(words).toContain("No matching requests. Show all");
    expect(words).not.toContain("No requests yet.");
  });
});
