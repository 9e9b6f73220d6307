import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readUserAgent } from "../src/index.js";

const ios =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 12_1_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/16D57 MicroMessenger/7.0.5(0x17000523) NetType/4G Language/zh_CN";
const android =
  "Mozilla/5.0 (Linux; Android 14; PGT-AN00 Build/HONORPGT-AN00; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/122.0.6261.120 Mobile Safari/537.36 XWEB/1220099 MMWEBSDK/20240404 MMWEBID/4975 MicroMessenger/8.0.49.2600(0x2800315A) WeChat/arm64 Weixin NetType/5G Language/zh_CN ABI/arm64";
const windows =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090a13) UnifiedPCWindowsWechat(0xf254162e) XWEB/18163 Flue";
const oldMac =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) MicroMessenger/6.8.0(0x16080000) MacWechat/3.0.1(0x13000110) NetType/WIFI WindowsWechat";
const macMiniProgram =
  "Mozilla/5.0 (Macintosh) Chrome/144.0.0.0 Safari/537.36 MicroMessenger/7.0.20.1781(0x6700143B) NetType/WIFI MiniProgramEnv/Mac MacWechat/WMPF MacWechat/3.8.7(0x13080712) UnifiedPCMacWechat(0xf2641c1d) XWEB/25300";
const wecom = "Mozilla/5.0 (iPhone) Mobile wxwork/2.4.2 MicroMessenger/6.3.22 Language/zh";
const devtools =
  "Mozilla/5.0 (iPhone) wechatdevtools/1.06.2304272 MicroMessenger/8.0.5 Language/zh_CN webdebugger miniprogramhtmlwebview";
const harmony = "Mozilla/5.0 (Phone; OpenHarmony 5.0) ArkWeb/4.1 MicroMessenger/8.0.5 Language/zh_CN";

describe("a user agent", () => {
  it.each([
    ["WeChat on an iPhone", ios, { client: "wechat", platform: "ios", version: "7.0.5" }],
    ["WeChat on Android", android, { client: "wechat", platform: "android", version: "8.0.49.2600" }],
    ["WeChat on Windows", windows, { client: "wechat", platform: "windows", version: "0x63090a13" }],
    [
      "WeChat on a Mac, which names Windows too",
      oldMac,
      { client: "wechat", platform: "mac", version: "3.0.1" },
    ],
    ["WeChat on HarmonyOS", harmony, { client: "wechat", platform: "harmony", version: "8.0.5" }],
    [
      "a mini program's web-view",
      `${android} miniProgram/wx286efc12868f2559`,
      { client: "mini_program", platform: "android", version: "8.0.49.2600" },
    ],
    [
      "a mini program on a Mac",
      macMiniProgram,
      { client: "mini_program", platform: "mac", version: "3.8.7" },
    ],
    ["WeCom, which names WeChat too", wecom, { client: "wecom", platform: "ios", version: "2.4.2" }],
    [
      "the developer tools",
      devtools,
      { client: "wechat_devtools", platform: "ios", version: "1.06.2304272" },
    ],
    [
      "a phone's browser",
      "Mozilla/5.0 (Linux; Android 14) Chrome/122.0 Mobile",
      { client: "browser", platform: "android" },
    ],
    [
      "an iPad's browser",
      "Mozilla/5.0 (iPad; CPU OS 12_0 like Mac OS X)",
      { client: "browser", platform: "ios" },
    ],
    [
      "a desktop browser",
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/132.0.0.0",
      { client: "browser", platform: "windows" },
    ],
    [
      "WeChat on Windows, without a version, if it names neither Windows nor its number",
      "Mozilla/5.0 MicroMessenger/7.0.20 WindowsWechat",
      { client: "wechat", platform: "windows" },
    ],
    [
      "WeChat on a Mac, without a version",
      "MicroMessenger/6.8.0 MacWechat",
      { client: "wechat", platform: "mac" },
    ],
    ["WeChat without a version", "MicroMessenger/ Android", { client: "wechat", platform: "android" }],
    ["WeCom without a version", "wxwork/ iPhone", { client: "wecom", platform: "ios" }],
    [
      "the developer tools without a version",
      "wechatdevtools/ MicroMessenger/8.0.5",
      { client: "wechat_devtools", platform: "other" },
    ],
    ["a browser, although it names MacWechat", "MacWechat/3.8.7", { client: "browser", platform: "mac" }],
    ["a Mac's browser", "Mozilla/5.0 (Macintosh) Safari/605", { client: "browser", platform: "mac" }],
    ["a script", "curl/8.5.0", { client: "browser", platform: "other" }],
    ["an unknown browser if the header is absent", undefined, { client: "browser", platform: "other" }],
  ])("is read as %s", (_, userAgent, expected) => {
    expect(readUserAgent(userAgent)).toStrictEqual(expected);
  });

  it("is read case-insensitively", () => {
    expect(readUserAgent(ios.toUpperCase())).toMatchObject({ client: "wechat", platform: "ios" });
    expect(readUserAgent(wecom.toUpperCase())).toMatchObject({ client: "wecom" });
  });

  it("is not WeChat because of the words Windows Phone", () => {
    expect(readUserAgent("Mozilla/5.0 (Windows Phone 10.0) Edge/15").client).toBe("browser");
  });

  it("may be any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(readUserAgent(text).client).toBeTypeOf("string");
      }),
    );
  });
});
