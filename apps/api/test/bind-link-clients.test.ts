import { demoOfficialAccount } from "@wechat-login/simulator";
import { renderSVG } from "uqr";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Browser, linksOf, shownLink, titleOf, userAgents } from "./support/browser.js";
import { createHost, type Host } from "./support/hosts.js";
import { type System, startSystem } from "./support/system.js";

// A bind link in a browser that cannot use it, where only an Official Account is configured.

let system: System;
let shop: Host;
beforeAll(async () => {
  const { appId, appSecret, kind } = demoOfficialAccount;
  const apps = [{ key: "oa", kind, appId, appSecret, name: "Shop" }];
  system = await startSystem({ env: { WECHAT_APPS: JSON.stringify(apps) } });
  shop = await createHost(system);
});
afterAll(() => system.close());

let link: { id: string; url: string };
beforeEach(async () => {
  const sides = { externalId: "42", label: "m•••@mail.example", nonce: "n0nce-of-the-shop~1" };
  const made = { ...sides, returnTo: "https://shop.example/wechat/return" };
  link = (await shop.call("POST", "/bind-links", made)).body as typeof link;
});

const miniProgram = `${userAgents.wechatAndroid} miniProgram/wx0000000000000000`;
const sentenceOf = (html: string) =>
  /<p class="sentence">(.*?)<\/p>/s.exec(html)?.[1]?.replace(/<[^>]*>/g, "");

describe("a bind link", () => {
  it.each([
    ...([
      [
        "en",
        "desktop",
        userAgents.desktop,
        "Open this page in WeChat on your phone",
        "Scan the QR code with WeChat, or copy the link and send it to yourself in WeChat.",
        "Already in WeChat? Continue",
      ],
      [
        "zh",
        "desktop",
        userAgents.desktop,
        "请在手机微信里打开",
        "用微信扫二维码，或者复制链接，在微信里发给自己。",
        "已经在微信里？继续",
      ],
      [
        "en",
        "WeCom",
        userAgents.wecom,
        "Open this page in WeChat",
        "This does not work in WeCom, so copy the link and open it in WeChat.",
        "Not in WeCom? Continue",
      ],
      [
        "zh",
        "WeCom",
        userAgents.wecom,
        "请在微信里打开",
        "企业微信里无法继续，请复制链接，在微信里打开。",
        "不在企业微信里？继续",
      ],
      [
        "en",
        "Mini Program",
        miniProgram,
        "Open this page outside the Mini Program",
        "This does not work inside a Mini Program, so copy the link, send it to a WeChat chat and tap it there.",
        "Not in a Mini Program? Continue",
      ],
      [
        "zh",
        "Mini Program",
        miniProgram,
        "请在小程序外打开",
        "小程序里无法继续，请复制链接，发到微信聊天里再点开。",
        "不在小程序里？继续",
      ],
    ] as const),
  ])(
    "says in %s in a %s what to do with it, shows its whole address, and is not used",
    async (language, client, userAgent, title, sentence, anyway) => {
      const { html, status } = await system.browser({ userAgent, language }).follow(link.url);
      expect([status, titleOf(html), sentenceOf(html), shownLink(html)]).toEqual([
        200,
        title,
        sentence,
        link.url,
      ]);
      expect(linksOf(html)[anyway]).toBe("/login/bind?app=oa");
      expect(html.includes(renderSVG(link.url))).toBe(client === "desktop");
      expect((await shop.call("GET", `/bind-links/${link.id}`)).body).toMatchObject({ state: "open" });
    },
  );

  it("is used on the phone that scans it from the desktop's page, and its host reads by whom [T105]", async () => {
    await system.browser({ userAgent: userAgents.desktop }).follow(link.url);
    const phone: Browser = system.browser({ person: "alice" });
    const { html } = await phone.follow(link.url);
    const form = /<form method="post" action="([^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const headers = { "content-type": "application/x-www-form-urlencoded", origin: system.url };
    const leaving = await phone.visit(form, { method: "POST", headers });
    const returning = await phone.visit(leaving.location ?? "");
    expect((await phone.visit(returning.location ?? "")).location?.origin).toBe("https://shop.example");
    const { items } = (await shop.call("GET", "/users?externalId=42")).body as { items: { id: string }[] };
    expect((await shop.call("GET", `/bind-links/${link.id}`)).body).toMatchObject({
      ...{ state: "used", externalId: "42", userId: items[0]?.id },
    });
  });
});
