import { describe, expect, it } from "vitest";
import { SettingsError } from "../src/env.js";
import { loadSettings } from "../src/load-settings.js";

// How this server reaches WeChat: through a relay in its place, or through a proxy.

const strongKey = "Zk4pV9wQ2rT7yB1nM6xC8dF3gH5jL0aS";
const load = (env: Record<string, string | undefined>) => loadSettings(env, () => [strongKey]);

function problemsOf(env: Record<string, string | undefined>) {
  try {
    load(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const app = {
  ...{ key: "shop", kind: "official_account", appId: "wx1234567890abcdef" },
  appSecret: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
};
const production = {
  ...{ NODE_ENV: "production", PUBLIC_URL: "https://login.example.com", SECRET_KEYS: strongKey },
  WECHAT_APPS: JSON.stringify([app]),
};

describe("a relay", () => {
  const relay = { WECHAT_API_URL: "https://relay.example:8443", ALLOW_RELAY: "yes" };
  const simulator = [
    "WECHAT_APPS, WECHAT_OPEN_URL or WECHAT_API_URL names the simulator, which production refuses (ALLOW_SIMULATOR=yes allows it by name; ALLOW_RELAY=yes says that WECHAT_API_URL alone is a relay in front of the real WeChat)",
  ];

  it("is allowed by name in production, is no simulator, and gives no pictures", () => {
    expect(load({ ...production, ...relay })).toMatchObject({
      ...{ wechatApiUrl: relay.WECHAT_API_URL, wechatOpenUrl: "https://open.weixin.qq.com" },
      ...{ usesRelay: true, usesSimulator: false, simulatorUrl: undefined },
    });
    expect(load({ ...production, ALLOW_RELAY: "yes" })).toMatchObject({
      usesRelay: false,
      usesSimulator: false,
    });
  });

  it("does not take the place of the simulator's own switch in production [T79]", () => {
    const elsewhere = { WECHAT_OPEN_URL: "https://relay.example:8443" };
    const demo = { ...app, appId: "wx51a0b1c2d3e4f501", appSecret: "5d0c1a7e0000000000000000000000a1" };
    for (const change of [{ ALLOW_RELAY: "no" }, elsewhere, { ...elsewhere, WECHAT_API_URL: undefined }]) {
      expect(problemsOf({ ...production, ...relay, ...change })).toEqual(simulator);
    }
    expect(problemsOf({ ...production, ...relay, WECHAT_APPS: JSON.stringify([demo]) })).toEqual(simulator);
    const allowed = load({ ...production, ...relay, ...elsewhere, ALLOW_SIMULATOR: "yes" });
    expect(allowed).toMatchObject({ usesRelay: false, usesSimulator: true });
  });
});

describe("HTTPS_PROXY", () => {
  const real = { WECHAT_APPS: production.WECHAT_APPS };
  const proxyOf = (env: Record<string, string | undefined>) => load({ ...real, ...env }).wechatProxy?.href;
  const proxy = "http://us%40er:p%3Aw@proxy.example:3128/";

  it("is the proxy to WeChat, in capitals or not, unless NO_PROXY names the host", () => {
    expect(proxyOf({ HTTPS_PROXY: proxy })).toBe(proxy);
    expect(proxyOf({ https_proxy: "http://10.0.0.1" })).toBe("http://10.0.0.1/");
    expect(proxyOf({ HTTPS_PROXY: proxy, https_proxy: "http://10.0.0.1" })).toBe(proxy);
    expect(proxyOf({ HTTPS_PROXY: "" })).toBeUndefined();
    for (const direct of [
      ...["*", "api.weixin.qq.com", "API.Weixin.qq.com", "qq.com", ".qq.com", "*.weixin.qq.com"],
      ...["api.weixin.qq.com:443", "localhost, qq.com"],
    ]) {
      expect(proxyOf({ HTTPS_PROXY: proxy, NO_PROXY: direct }), direct).toBeUndefined();
    }
    expect(proxyOf({ HTTPS_PROXY: proxy, no_proxy: "qq.com" })).toBeUndefined();
    for (const other of [
      "localhost",
      "q.com",
      "com.qq",
      "xapi.weixin.qq.com",
      "api.weixin.qq.com:444",
      ",",
    ]) {
      expect(proxyOf({ HTTPS_PROXY: proxy, NO_PROXY: other }), other).toBe(proxy);
    }
  });

  it("serves calls over https only, and is not looked at without one", () => {
    const relay = { HTTPS_PROXY: proxy, WECHAT_API_URL: "https://relay.example:8443" };
    expect(proxyOf(relay)).toBe(proxy);
    expect(proxyOf({ ...relay, NO_PROXY: "relay.example:8443" })).toBeUndefined();
    expect(load({ HTTPS_PROXY: "socks5://127.0.0.1" }).wechatProxy).toBeUndefined();
  });

  it.each([
    ...["proxy.example:3128", "https://proxy.example", "socks5://proxy.example", "x", "http://"],
    ...["http://a.example/path", "http://a.example/?q", "http://a.example/#h", "http://a%zz:b@a.example"],
  ])("(%j) is refused with what it must be, and not with its value [T102]", (HTTPS_PROXY) => {
    expect(problemsOf({ ...real, HTTPS_PROXY })).toEqual([
      "HTTPS_PROXY is the address of an http proxy such as http://proxy.example.com:3128, before the host user:password@ if it needs them, percent-encoded",
    ]);
  });
});
