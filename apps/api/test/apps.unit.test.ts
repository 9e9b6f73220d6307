import { describe, expect, it } from "vitest";
import { appFor, createApps, isInWeChat, pickApp, type WeChatApp } from "../src/domain/apps.js";
import { userAgents } from "./support/browser.js";

const app = (key: string, kind: WeChatApp["kind"]): WeChatApp => ({
  ...{ key, kind, appId: `wx-${key}`, appSecret: "", profile: "ask", verifyFiles: [] },
});
const [site, oa, second] = [
  app("site", "website"),
  app("oa", "official_account"),
  app("second", "official_account"),
];
const apps = { both: [site, oa, second], site: [site], oa: [oa, second], none: [] };

const android = userAgents.safariIphone.replace(/iPhone;.*OS X/, "Linux; Android 14");
const harmony = userAgents.safariIphone.replace(/iPhone;.*OS X/, "Phone; OpenHarmony 5.0");
const agents: Record<string, string | undefined> = {
  "WeChat on Android": userAgents.wechatAndroid,
  "WeChat on iOS": userAgents.wechatIos,
  "WeChat's developer tools": `${userAgents.desktop} MicroMessenger/8.0.5 wechatdevtools/1.06`,
  "a desktop browser": userAgents.desktop,
  "a phone's browser on iOS": userAgents.safariIphone,
  "a phone's browser on Android": android,
  "a phone's browser on Harmony": harmony,
  WeCom: userAgents.wecom,
  "a mini program": `${userAgents.wechatAndroid} miniProgram/wx0000000000000000`,
  "a client without a user agent": undefined,
};

describe("pickApp", () => {
  // With both kinds of app, with a website app alone, with Official Accounts alone, and without any.
  it.each<[string, string, string, string, string]>([
    ["WeChat on Android", "oa", "open-on-desktop", "oa", "open-on-desktop"],
    ["WeChat on iOS", "oa", "open-on-desktop", "oa", "open-on-desktop"],
    ["WeChat's developer tools", "oa", "open-on-desktop", "oa", "open-on-desktop"],
    ["a desktop browser", "site", "site", "scan-with-phone", "scan-with-phone"],
    ["a phone's browser on iOS", "open-in-wechat", "site", "open-in-wechat", "scan-with-phone"],
    ["a phone's browser on Android", "open-in-wechat", "site", "open-in-wechat", "scan-with-phone"],
    ["a phone's browser on Harmony", "open-in-wechat", "site", "open-in-wechat", "scan-with-phone"],
    ["WeCom", "wecom", "wecom", "wecom", "wecom"],
    ["a mini program", "mini-program", "mini-program", "mini-program", "mini-program"],
    ["a client without a user agent", "site", "site", "scan-with-phone", "scan-with-phone"],
  ])("picks for %s: %s, %s, %s, %s", (client, ...expected) => {
    const picked = Object.values(apps).map((configured) => pickApp(createApps(configured), agents[client]));
    expect(picked.map((one) => (typeof one === "string" ? one : one.key))).toEqual(expected);
  });
});

describe("appFor", () => {
  it("is the app that is picked, or the first Official Account behind a page, or the first app", () => {
    const keys = (client: string) =>
      Object.values(apps).map((configured) => appFor(createApps(configured), agents[client])?.key);
    expect(keys("a desktop browser")).toEqual(["site", "site", "oa", undefined]);
    expect(keys("WeChat on iOS")).toEqual(["oa", "site", "oa", undefined]);
    expect(keys("WeCom")).toEqual(["oa", "site", "oa", undefined]);
  });
});

describe("isInWeChat", () => {
  it("is true in WeChat's own browser only", () => {
    const inWeChat = Object.entries(agents).filter(([, agent]) => isInWeChat(agent));
    expect(inWeChat.map(([client]) => client)).toEqual(["WeChat on Android", "WeChat on iOS"]);
  });
});

describe("the configured apps", () => {
  it("are found by key and by appid, each for itself", () => {
    const found = createApps(apps.both);
    expect(found.all).toEqual(apps.both);
    expect([found.byKey("oa"), found.byKey("wx-oa"), found.byKey("toString")]).toEqual([
      oa,
      undefined,
      undefined,
    ]);
    expect([found.byAppId("wx-second"), found.byAppId("second")]).toEqual([second, undefined]);
    expect([found.keyOf("wx-site"), found.keyOf("wx-gone")]).toEqual(["site", null]);
  });
});
