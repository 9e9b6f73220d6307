import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";
import { wordsOf } from "./panel.js";
import { type Asked, open, qrUrl, tap } from "./phone.js";

// Every word and name of the QR page and of the scanning phone, with two people of different properties.

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ now: () => Date.UTC(2026, 0, 31, 4) });
});
beforeEach(() => {
  simulator.reset();
  for (const { id } of simulator.state().people) {
    if (id !== "alice" && id !== "noavatar") simulator.deletePerson(id);
  }
  simulator.updatePerson("noavatar", { follows: false, snapshot: true });
});
afterAll(() => simulator.close());

const body = (page: string) => wordsOf(page.replace(/^.*<main>/s, "").replace(/<script>.*$/s, "")).trim();
const names = (page: string) => [...page.matchAll(/aria-label="([^"]*)"/g)].map(([, name]) => name);

async function qrPage(language: string, asked: Asked = {}): Promise<{ page: string; uuid: string }> {
  const page = await (await open(qrUrl(simulator, asked), { "accept-language": language })).text();
  return { page, uuid: /data-uuid="([^"]+)"/.exec(page)?.[1] ?? "" };
}
const phoneUrl = (uuid: string) => `${simulator.url}/connect/confirm?uuid=${uuid}`;

describe("the QR page", () => {
  it("has its words, the texts of each status and a button for each person in English", async () => {
    const { page } = await qrPage("en");
    expect(body(page)).toBe(
      [
        "Sign in with WeChat Waiting for a scan Scanned. Confirm on your phone.",
        "Cancelled on the phone. Show a new code This QR code has expired. Show a new code",
        "Scan with WeChat to sign in to Demo Website (simulator only) Who scans?",
        "Scan: open the phone's page Or scan and decide in one step:",
        "林 林小满 alice · has a unionid Allow Cancel",
        "无 无头像 noavatar · snapshot visitor, no avatar, no unionid, does not follow Allow Cancel",
      ].join(" "),
    );
    expect(names(page)).toEqual([
      "Scan and allow: alice",
      "Scan and cancel: alice",
      "Scan and allow: noavatar",
      "Scan and cancel: noavatar",
    ]);
  });

  it("has its words, the texts of each status and a button for each person in Chinese", async () => {
    const { page } = await qrPage("zh");
    expect(body(page)).toBe(
      [
        "微信登录 等待扫码 扫描成功，请在手机上确认",
        "你已取消此次登录。 换一个二维码 二维码已过期。 换一个二维码",
        "使用微信扫一扫登录 Demo Website （仅模拟器）谁来扫码？",
        "扫码：打开手机端页面 或者一步完成：",
        "林 林小满 alice · 有 unionid 允许 取消",
        "无 无头像 noavatar · 快照页访客，无头像，无 unionid，未关注 允许 取消",
      ].join(" "),
    );
    expect(names(page)).toEqual([
      "扫码并允许: alice",
      "扫码后取消: alice",
      "扫码并允许: noavatar",
      "扫码后取消: noavatar",
    ]);
  });

  it.each([
    ["cn", "en", "微信登录"],
    ["en", "zh", "Sign in with WeChat"],
    ["fr", "en", "Sign in with WeChat"],
    ["fr", "zh", "微信登录"],
  ])("has the language of lang=%s, or else of a browser with %s", async (lang, language, title) => {
    expect(/<h1>(.*?)<\/h1>/.exec((await qrPage(language, { lang })).page)?.[1]).toBe(title);
  });

  it("shows the text of the first status only until its script shows another", async () => {
    const { page } = await qrPage("en");
    expect([...page.matchAll(/<p data-status="(\d+)"( hidden)?>/g)].map(([, ...parts]) => parts)).toEqual([
      ["408", undefined],
      ["404", " hidden"],
      ["403", " hidden"],
      ["402", " hidden"],
    ]);
  });

  it("marks what the simulator adds within an app's own page, and leaves out the rest", async () => {
    const embedded = async (language: string, asked: Asked = {}) =>
      body((await qrPage(language, { login_type: "jssdk", ...asked })).page).replace(
        /^.*Show a new code |^.*换一个二维码 /,
        "",
      );
    expect(await embedded("en")).toBe(
      "Scan with WeChat to sign in to Demo Website (simulator only) Scan: open the phone's page",
    );
    expect(await embedded("zh")).toBe("使用微信扫一扫登录 Demo Website （仅模拟器）扫码：打开手机端页面");
    expect(await embedded("en", { stylelite: "1" })).toBe("(simulator only) Scan: open the phone's page");
  });

  it.each<[Asked, boolean]>([
    [{ login_type: "jssdk", style: "white" }, true],
    [{ login_type: "jssdk", style: "black" }, false],
    [{ login_type: "jssdk" }, false],
    [{ style: "white" }, false],
  ])("has light text within a dark page only: %j", async (asked, isLight) => {
    expect((await qrPage("en", asked)).page.includes("color: #fff; }")).toBe(isLight);
  });

  it.each([
    ["true", ["_self", "_self"]],
    ["false", ["_top", "_top"]],
  ])(
    "opens the callback of a button in the frame or the whole window, with self_redirect=%s",
    async (self_redirect, targets) => {
      const { page } = await qrPage("en", { self_redirect });
      expect(
        [...page.matchAll(/<form class="person" method="post" target="(\w+)"/g)].map(([, target]) => target),
      ).toEqual(targets);
    },
  );
});

describe("the phone that scans", () => {
  it.each([
    [
      "en",
      "Confirm the sign-in Sign in on the web to Demo Website (simulator only) Whose phone is this? 林 林小满 alice · has a unionid 无 无头像 noavatar · snapshot visitor, no avatar, no unionid, does not follow 取消 Cancel 允许 Allow",
      "Allowed Return to the page with the QR code.",
      "Cancelled Return to the page with the QR code.",
    ],
    [
      "zh",
      "确认登录 网页登录： Demo Website （仅模拟器）这是谁的手机？ 林 林小满 alice · 有 unionid 无 无头像 noavatar · 快照页访客，无头像，无 unionid，未关注 取消 Cancel 允许 Allow",
      "已允许登录 请回到显示二维码的页面。",
      "已取消登录 请回到显示二维码的页面。",
    ],
  ])("has its words in %s", async (language, asks, allowed, cancelled) => {
    const headers = { "accept-language": language };
    const textOf = async (decision?: string) => {
      const url = phoneUrl((await qrPage("en")).uuid);
      const response =
        decision === undefined
          ? await open(url, headers)
          : await open(url, { ...headers, "x-simulator-person": "alice", "x-simulator-decision": decision });
      return body(await response.text());
    };
    expect(await textOf()).toBe(asks);
    expect(await textOf("allow")).toBe(allowed);
    expect(await textOf("refuse")).toBe(cancelled);
  });

  it("remembers who decided by its form, and chooses them at the next scan", async () => {
    const first = phoneUrl((await qrPage("en")).uuid);
    const response = await tap(simulator, first, { person: "noavatar", decision: "allow" });
    const cookie = response.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect(cookie).toBe("simulator_person=noavatar");
    const chosen = async (headers: Record<string, string>) =>
      /value="([^"]*)" checked/.exec(
        await (await open(phoneUrl((await qrPage("en")).uuid), headers)).text(),
      )?.[1];
    expect(await chosen({ cookie })).toBe("noavatar");
    expect(await chosen({})).toBe("alice");
    expect(await chosen({ cookie: "simulator_person=deleted-since" })).toBe("alice");
  });

  it("remembers no one for a script, which decides by its headers", async () => {
    const url = phoneUrl((await qrPage("en")).uuid);
    const { headers } = await open(url, {
      "x-simulator-person": "noavatar",
      "x-simulator-decision": "allow",
    });
    expect(headers.get("set-cookie")).toBeNull();
  });
});
