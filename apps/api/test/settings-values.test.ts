import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { SettingsError } from "../src/env.js";
import { simulatedApps } from "../src/env-apps.js";
import { loadSettings } from "../src/load-settings.js";

// Each setting: its default, its unit, its bounds, and what a bad value is answered with.

const strongKey = "Zk4pV9wQ2rT7yB1nM6xC8dF3gH5jL0aS";
const load = (env: Record<string, string | undefined>) => loadSettings(env, () => [strongKey]);

function problemsOf(env: Record<string, string | undefined>, keys: readonly string[] = [strongKey]) {
  try {
    loadSettings(env, () => keys);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const app = {
  key: "shop",
  kind: "official_account",
  appId: "wx1234567890abcdef",
  appSecret: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
};
const production = {
  NODE_ENV: "production",
  PUBLIC_URL: "https://login.example.com",
  SECRET_KEYS: strongKey,
  WECHAT_APPS: JSON.stringify([app]),
};
/** As strong as a key of the server. */
const otherSecret = "9c8b7a6f5e4d3c2b1a0f9e8d7c6b5a49";
const [day, year] = [86_400, 31_536_000];

describe("the settings without any variable", () => {
  it("are the defaults of development, each in the unit of its name", () => {
    expect(load({})).toEqual({
      production: false,
      host: "127.0.0.1",
      port: 4000,
      publicUrl: new URL("http://localhost:4000"),
      dataDir: fileURLToPath(new URL("../../../data", import.meta.url)),
      databaseUrl: undefined,
      sqliteSynchronous: "normal",
      erasureLedger: fileURLToPath(new URL("../../../data-erasures.ndjson", import.meta.url)),
      secretKeys: [strongKey],
      apps: [
        {
          ...{
            key: "oa",
            kind: "official_account",
            appId: "wx51a0b1c2d3e4f501",
            group: "demo",
            profile: "ask",
          },
          ...{ appSecret: "5d0c1a7e0000000000000000000000a1", verifyFiles: [] },
          name: { zh: "山茶书店", en: "Camellia Books" },
        },
        {
          ...{ key: "web", kind: "website", appId: "wx51a0b1c2d3e4f502", group: "demo", profile: "ask" },
          ...{ appSecret: "5d0c1a7e0000000000000000000000b2", verifyFiles: [] },
          name: { zh: "山茶书店", en: "Camellia Books" },
        },
      ],
      verifyFiles: [],
      wechatOpenUrl: "http://127.0.0.1:4010",
      wechatApiUrl: "http://127.0.0.1:4010",
      wechatProxy: undefined,
      usesRelay: false,
      simulatorUrl: "http://127.0.0.1:4010",
      usesSimulator: true,
      homeUrl: undefined,
      trustProxy: false,
      firstOperator: undefined,
      stateTtlSeconds: 600,
      sessionIdleSeconds: 14 * day,
      sessionAbsoluteSeconds: 90 * day,
      profileMaxAgeDays: 7,
      retentionDays: 190,
      logLevel: "info",
      requestsPerMinute: 600,
      metricsToken: undefined,
      webhookPrivateCidrs: ["127.0.0.0/8", "::1/128"],
      viteServers: undefined,
    });
  });

  it("have the real WeChat as soon as there are apps, and a public address on the port", () => {
    const { publicUrl, wechatOpenUrl, wechatApiUrl, simulatorUrl, usesSimulator } = load({
      ...{ WECHAT_APPS: production.WECHAT_APPS, PORT: "4321" },
    });
    expect(publicUrl.href).toBe("http://localhost:4321/");
    expect({ wechatOpenUrl, wechatApiUrl, simulatorUrl, usesSimulator }).toEqual({
      ...{ wechatOpenUrl: "https://open.weixin.qq.com", wechatApiUrl: "https://api.weixin.qq.com" },
      ...{ simulatorUrl: undefined, usesSimulator: false },
    });
  });
});

describe("a setting", () => {
  it.each([
    ["NODE_ENV", "test", { production: false }],
    ["HOST", " 0.0.0.0 ", { host: "0.0.0.0" }],
    ["PORT", "1", { port: 1, publicUrl: new URL("http://localhost:1") }],
    ["PORT", "65535", { port: 65_535, publicUrl: new URL("http://localhost:65535") }],
    ["PUBLIC_URL", "http://login.example.com:8080", { publicUrl: new URL("http://login.example.com:8080") }],
    ["DATA_DIR", " /srv/data/ ", { dataDir: "/srv/data/", erasureLedger: "/srv/data-erasures.ndjson" }],
    ["ERASURE_LEDGER", " /srv/erased ", { erasureLedger: "/srv/erased" }],
    ["DATABASE_URL", "postgres://a@b/c", { databaseUrl: "postgres://a@b/c" }],
    ["DATABASE_URL", "postgresql://a@b/c", { databaseUrl: "postgresql://a@b/c" }],
    ["SQLITE_SYNCHRONOUS", "full", { sqliteSynchronous: "full" }],
    ["HOME_URL", "/shop?from=login#top", { homeUrl: "/shop?from=login#top" }],
    ["HOME_URL", "/login/account", { homeUrl: "/login/account" }],
    ["HOME_URL", "https://shop.example.com", { homeUrl: "https://shop.example.com/" }],
    ["HOME_URL", "http://localhost:4000/shop", { homeUrl: "/shop" }],
    ["TRUST_PROXY", "1", { trustProxy: 1 }],
    ["TRUST_PROXY", "9", { trustProxy: 9 }],
    ["TRUST_PROXY", "10.0.0.0/8,10.0.0.1/32", { trustProxy: ["10.0.0.0/8", "10.0.0.1/32"] }],
    [
      "TRUST_PROXY",
      "2001:db8::/16, ::1/128, linklocal",
      { trustProxy: ["2001:db8::/16", "::1/128", "linklocal"] },
    ],
    ["STATE_TTL_SECONDS", "1", { stateTtlSeconds: 1 }],
    ["STATE_TTL_SECONDS", "600", { stateTtlSeconds: 600 }],
    ["SESSION_IDLE_SECONDS", "1", { sessionIdleSeconds: 1, sessionAbsoluteSeconds: 90 * day }],
    ["SESSION_ABSOLUTE_SECONDS", "1", { sessionAbsoluteSeconds: 1, sessionIdleSeconds: 1 }],
    [
      "SESSION_ABSOLUTE_SECONDS",
      `${14 * day - 1}`,
      { sessionAbsoluteSeconds: 14 * day - 1, sessionIdleSeconds: 14 * day - 1 },
    ],
    [
      "SESSION_ABSOLUTE_SECONDS",
      `${14 * day + 1}`,
      { sessionAbsoluteSeconds: 14 * day + 1, sessionIdleSeconds: 14 * day },
    ],
    ["SESSION_ABSOLUTE_SECONDS", `${year}`, { sessionAbsoluteSeconds: year, sessionIdleSeconds: 14 * day }],
    ["PROFILE_MAX_AGE_DAYS", "1", { profileMaxAgeDays: 1 }],
    ["PROFILE_MAX_AGE_DAYS", "3650", { profileMaxAgeDays: 3650 }],
    ["RETENTION_DAYS", "1", { retentionDays: 1 }],
    ["RETENTION_DAYS", "3650", { retentionDays: 3650 }],
    ["LOG_LEVEL", "silent", { logLevel: "silent" }],
    ["LOG_LEVEL", "trace", { logLevel: "trace" }],
    ["RATE_LIMIT", "1", { requestsPerMinute: 1 }],
    ["RATE_LIMIT", "1000000", { requestsPerMinute: 1_000_000 }],
    ["RATE_LIMIT", "off", { requestsPerMinute: undefined }],
    ["INTERNAL_PORT", "9464", { internalPort: 9464 }],
    ["METRICS_TOKEN", strongKey, { metricsToken: strongKey }],
    ["WEBHOOK_PRIVATE_CIDRS", "10.1.0.0/16, fd00::/8", { webhookPrivateCidrs: ["10.1.0.0/16", "fd00::/8"] }],
    [
      "VITE_SERVERS",
      "on",
      { viteServers: { login: "http://127.0.0.1:4001", admin: "http://127.0.0.1:4002" } },
    ],
    ["WECHAT_OPEN_URL", "https://w.example/", { wechatOpenUrl: "https://w.example", usesSimulator: true }],
    [
      "WECHAT_API_URL",
      "https://w.example",
      {
        ...{ wechatApiUrl: "https://w.example", simulatorUrl: "https://w.example", usesSimulator: true },
      },
    ],
  ])("(%s=%j) is read as %j", (name, text, expected) => {
    expect(load({ [name]: text })).toEqual({ ...load({}), ...expected });
  });

  it("can make the idle limit a year, if the absolute limit is as long", () => {
    const limits = { SESSION_IDLE_SECONDS: `${year}`, SESSION_ABSOLUTE_SECONDS: `${year}` };
    expect(load(limits)).toMatchObject({ sessionIdleSeconds: year, sessionAbsoluteSeconds: year });
  });

  it("names no simulator that avatars come from if it is about the browser's WeChat alone", () => {
    const { simulatorUrl, usesSimulator } = load({
      ...production,
      WECHAT_OPEN_URL: "https://w.example",
      NODE_ENV: "",
    });
    expect([simulatorUrl, usesSimulator]).toEqual([undefined, true]);
  });

  it("names the first operator only with a password", () => {
    const [ADMIN_USERNAME, ADMIN_PASSWORD] = ["olga", "olga owns the house"];
    expect(load({ ADMIN_USERNAME, ADMIN_PASSWORD }).firstOperator).toEqual({
      username: ADMIN_USERNAME,
      password: ADMIN_PASSWORD,
    });
    const together = ["ADMIN_USERNAME and ADMIN_PASSWORD are set together or not at all"];
    expect([problemsOf({ ADMIN_USERNAME }), problemsOf({ ADMIN_PASSWORD })]).toEqual([together, together]);
  });

  const origin = "is an origin only: scheme and host, no path, query or user name";
  const proxies =
    "TRUST_PROXY is a number of proxies from 1 to 9, or a list of addresses such as 10.0.0.0/8 or loopback; not set, or 0, without a proxy";
  const home =
    "HOME_URL is an address such as https://shop.example.com, or a path such as /shop that is neither / nor this server's own";
  const origins =
    "RETURN_TO_ORIGINS is no longer a setting: each site that people return to is a host application now (npm run host -- create)";
  const weak =
    "SECRET_KEYS holds a key that is short or a sample: use 32 random bytes in hex or base64 for each";
  it.each([
    ["NODE_ENV", "prod", "NODE_ENV is production, development, test, or not set"],
    ["HOST", " ", "HOST is the host name or address to listen on, such as 0.0.0.0"],
    ["PORT", "65536", "PORT is a whole number from 1 to 65535"],
    ["PORT", "80.5", "PORT is a whole number from 1 to 65535"],
    ["PUBLIC_URL", "ftp://a.example", "PUBLIC_URL is an address such as https://login.example.com"],
    ["PUBLIC_URL", "https://a.example/#x", `PUBLIC_URL ${origin}`],
    ["PUBLIC_URL", "https://user@a.example", `PUBLIC_URL ${origin}`],
    ["PUBLIC_URL", "https://:pass@a.example", `PUBLIC_URL ${origin}`],
    ["DATA_DIR", " ", "DATA_DIR is the path of a folder"],
    ["ERASURE_LEDGER", " ", "ERASURE_LEDGER is the path of a file"],
    ["DATABASE_URL", "mysql://a@b/c", "DATABASE_URL starts with postgres:// or postgresql://"],
    ["SECRET_KEYS", `${strongKey},short`, weak],
    ["WECHAT_OPEN_URL", "x", "WECHAT_OPEN_URL is an address such as https://open.weixin.qq.com"],
    ["WECHAT_OPEN_URL", "https://a.example/?q", `WECHAT_OPEN_URL ${origin}`],
    ["WECHAT_API_URL", "x", "WECHAT_API_URL is an address such as https://api.weixin.qq.com"],
    ["WECHAT_API_URL", "https://a.example/x", `WECHAT_API_URL ${origin}`],
    ["HOME_URL", "/", home],
    ["HOME_URL", "/?from=login", home],
    ["HOME_URL", "http://localhost:4000/#top", home],
    ["HOME_URL", "/login/wechat", home],
    ["HOME_URL", "shop.example.com", home],
    ["HOME_URL", "//shop.example.com", home],
    ["HOME_URL", "ftp://shop.example.com", home],
    ["HOME_URL", "https://", home],
    ["RETURN_TO_ORIGINS", "https://a.example", origins],
    ["TRUST_PROXY", "10", proxies],
    ["TRUST_PROXY", "10.0.0.0/7", proxies],
    ["TRUST_PROXY", "10.0.0.0/33", proxies],
    ["TRUST_PROXY", "10.0.0.0/8/8", proxies],
    ["TRUST_PROXY", "10.0.0.0/08", proxies],
    ["TRUST_PROXY", "2001:db8::/15", proxies],
    ["TRUST_PROXY", "2001:db8::/129", proxies],
    ["TRUST_PROXY", "loopback,everything", proxies],
    ["STATE_TTL_SECONDS", "601", "STATE_TTL_SECONDS is a whole number of seconds from 1 to 600"],
    ["SESSION_IDLE_SECONDS", "0", `SESSION_IDLE_SECONDS is a whole number of seconds from 1 to ${year}`],
    [
      "SESSION_IDLE_SECONDS",
      `${year + 1}`,
      `SESSION_IDLE_SECONDS is a whole number of seconds from 1 to ${year}`,
    ],
    [
      "SESSION_IDLE_SECONDS",
      `${90 * day + 1}`,
      "SESSION_IDLE_SECONDS cannot be longer than SESSION_ABSOLUTE_SECONDS",
    ],
    [
      "SESSION_ABSOLUTE_SECONDS",
      `${year + 1}`,
      `SESSION_ABSOLUTE_SECONDS is a whole number of seconds from 1 to ${year}`,
    ],
    ["PROFILE_MAX_AGE_DAYS", "0", "PROFILE_MAX_AGE_DAYS is a whole number of days from 1 to 3650"],
    ["PROFILE_MAX_AGE_DAYS", "3651", "PROFILE_MAX_AGE_DAYS is a whole number of days from 1 to 3650"],
    ["RETENTION_DAYS", "3651", "RETENTION_DAYS is a whole number of days from 1 to 3650"],
    ["SQLITE_SYNCHRONOUS", "off", "SQLITE_SYNCHRONOUS is one of normal, full"],
    ["LOG_LEVEL", "INFO", "LOG_LEVEL is one of fatal, error, warn, info, debug, trace, silent"],
    ["RATE_LIMIT", "1000001", "RATE_LIMIT is off, or a whole number of requests a minute from 1 to 1000000"],
    ["INTERNAL_PORT", "65536", "INTERNAL_PORT is a whole number from 1 to 65535"],
    ["INTERNAL_PORT", "4000", "INTERNAL_PORT is another port than PORT"],
    [
      "METRICS_TOKEN",
      "prometheus",
      "METRICS_TOKEN is short or a sample: use 32 random bytes in hex or base64",
    ],
    ...["10.0.0.1", "10.0.0.0/33", "shop.example/8"].map((networks): [string, string, string] => [
      "WEBHOOK_PRIVATE_CIDRS",
      networks,
      "WEBHOOK_PRIVATE_CIDRS is a comma-separated list of networks such as 10.1.0.0/16 or fd00::/8",
    ]),
    ["ALLOW_RELAY", "on", "ALLOW_RELAY is one of yes, no"],
    ["ALLOW_SIMULATOR", "on", "ALLOW_SIMULATOR is one of yes, no"],
    ["VITE_SERVERS", "yes", "VITE_SERVERS is one of on, off"],
    ["WECHAT_APPS", "{}", "WECHAT_APPS names a file that cannot be read"],
    ["WECHAT_APPS", "[}", "WECHAT_APPS is not JSON: it is an array of apps"],
    ["WECHAT_APPS", "[]", "WECHAT_APPS is an array of apps, and names at least one"],
  ])("(%s=%j) is refused with exactly one sentence [T102]", (name, value, problem) => {
    expect(problemsOf({ [name]: value })).toEqual([problem]);
  });

  it("names the folder of the stored keys, and is refused if they are missing or cut [T102]", () => {
    const damaged =
      "DATA_DIR: its file secret-keys is damaged; restore it from a backup, or remove it (stored tokens are then lost)";
    expect(problemsOf({}, [])).toEqual([damaged]);
    expect(problemsOf({}, [strongKey, strongKey.slice(0, 20)])).toEqual([damaged]);
    const asked: string[] = [];
    loadSettings({ DATA_DIR: "/srv/data" }, (folder) => {
      asked.push(folder);
      return [strongKey];
    });
    expect(asked).toEqual(["/srv/data"]);
  });
});

describe("a secret in a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "secret-files-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it("is read like the setting itself, without the line break that an editor adds", () => {
    const url = "postgres://login:a%20b@db.internal/login";
    const fromFiles = load({
      DATABASE_URL_FILE: file("url", `${url}\n`),
      SECRET_KEYS_FILE: file("keys", `${strongKey}\r\n`),
      HTTPS_PROXY_FILE: file("proxy", "http://user:word@proxy.internal:3128"),
      ADMIN_USERNAME: "olga",
      ADMIN_PASSWORD_FILE: file("password", " a long walk by the lake \n"),
      WECHAT_APPS: JSON.stringify([app]),
    });
    const fromEnvironment = load({
      DATABASE_URL: url,
      SECRET_KEYS: strongKey,
      HTTPS_PROXY: "http://user:word@proxy.internal:3128",
      ADMIN_USERNAME: "olga",
      ADMIN_PASSWORD: " a long walk by the lake ",
      WECHAT_APPS: JSON.stringify([app]),
    });
    expect(fromFiles).toEqual(fromEnvironment);
    expect(fromFiles.databaseUrl).toBe(url);
    expect(load({ DATABASE_URL_FILE: "", SECRET_KEYS_FILE: "" })).toEqual(load({}));
  });

  it("stops the start if it cannot be read, is empty or bad, or if the setting is there too, without its content [T102]", () => {
    expect(
      problemsOf({
        ...production,
        SECRET_KEYS: "",
        SECRET_KEYS_FILE: join(folder, "nowhere"),
        DATABASE_URL_FILE: file("empty", "\n"),
        ADMIN_USERNAME: "olga",
        ADMIN_PASSWORD: "a-long-walk-by-the-lake",
        ADMIN_PASSWORD_FILE: file("password", "another-walk"),
      }),
    ).toEqual([
      "DATABASE_URL_FILE names a file that is empty",
      "SECRET_KEYS_FILE names a file that cannot be read (ENOENT)",
      "ADMIN_PASSWORD and ADMIN_PASSWORD_FILE are both set: remove one of them",
    ]);
    expect(problemsOf({ DATABASE_URL_FILE: file("mysql", "mysql://root:hunter2@db") })).toEqual([
      "DATABASE_URL starts with postgres:// or postgresql://",
    ]);
    expect(problemsOf({ SECRET_KEYS_FILE: file("short", "short-key") })).toEqual([
      "SECRET_KEYS holds a key that is short or a sample: use 32 random bytes in hex or base64 for each",
    ]);
  });
});

describe("production", () => {
  it.each([
    [{ PUBLIC_URL: "http://login.example.com" }, "PUBLIC_URL must be https in production"],
    [{ SECRET_KEYS: undefined }, "SECRET_KEYS is required in production"],
    [
      { SECRET_KEYS: `${strongKey},${app.appSecret}` },
      "SECRET_KEYS holds an app's secret: generate a separate key",
    ],
    [{ HOME_URL: "http://shop.example.com" }, "HOME_URL must be https in production"],
    [
      { WECHAT_API_URL: "http://10.0.0.7", ALLOW_RELAY: "yes" },
      "WECHAT_API_URL must be https in production: a relay receives the app secret",
    ],
    [{ VITE_SERVERS: "on" }, "VITE_SERVERS is for development only"],
    [
      { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
      "NODE_TLS_REJECT_UNAUTHORIZED=0 would let any server answer as WeChat",
    ],
    [
      { WECHAT_APPS: JSON.stringify([{ ...app, appSecret: "0".repeat(32) }]) },
      "WECHAT_APPS holds a sample appSecret: use the one from WeChat",
    ],
    [
      { WECHAT_APPS: undefined },
      "WECHAT_APPS is required in production: without it people would sign in through the simulator",
    ],
    [
      { WECHAT_API_URL: "https://simulator.example" },
      "WECHAT_APPS, WECHAT_OPEN_URL or WECHAT_API_URL names the simulator, which production refuses (ALLOW_SIMULATOR=yes allows it by name; ALLOW_RELAY=yes says that WECHAT_API_URL alone is a relay in front of the real WeChat)",
    ],
  ])("refuses %j with exactly one sentence, and development accepts it [T79, T102]", (change, problem) => {
    expect(problemsOf({ ...production, ...change })).toEqual([problem]);
    expect(problemsOf({ ...production, ...change, NODE_ENV: "development" })).toEqual([]);
  });

  it.each([
    [
      "a sample secret",
      { appSecret: "0".repeat(32) },
      "WECHAT_APPS holds a sample appSecret: use the one from WeChat",
    ],
    [
      "a secret that is a key of the server too",
      { appSecret: otherSecret },
      "SECRET_KEYS holds an app's secret: generate a separate key",
    ],
    [
      "the secret of a simulated app",
      { appSecret: simulatedApps[0].appSecret },
      "WECHAT_APPS, WECHAT_OPEN_URL or WECHAT_API_URL names the simulator, which production refuses (ALLOW_SIMULATOR=yes allows it by name; ALLOW_RELAY=yes says that WECHAT_API_URL alone is a relay in front of the real WeChat)",
    ],
  ])(
    "refuses %s also where only one of the apps has it, whichever it is [T79, T102]",
    (_, fields, problem) => {
      const other = { ...app, key: "other", appId: "wx1234567890abcdee", ...fields };
      const settings = { ...production, SECRET_KEYS: `${strongKey},${otherSecret}` };
      for (const apps of [
        [app, other],
        [other, app],
      ]) {
        expect(problemsOf({ ...settings, WECHAT_APPS: JSON.stringify(apps) })).toEqual([problem]);
      }
      expect(problemsOf({ ...settings, WECHAT_APPS: JSON.stringify([app]) })).toEqual([]);
    },
  );

  it.each(["https://shop.example.com", "/login/account"])("accepts HOME_URL=%s", (HOME_URL) => {
    expect(problemsOf({ ...production, HOME_URL })).toEqual([]);
  });

  it("accepts complete settings, and a variable for TLS that changes nothing", () => {
    expect(problemsOf({ ...production, NODE_TLS_REJECT_UNAUTHORIZED: "1" })).toEqual([]);
    expect(load(production)).toMatchObject({
      production: true,
      secretKeys: [strongKey],
      usesSimulator: false,
      webhookPrivateCidrs: [],
    });
  });
});

describe("an app in WECHAT_APPS", () => {
  const folder = mkdtempSync(join(tmpdir(), "wechat-login-apps-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const inline = (fields: object) => ({ WECHAT_APPS: JSON.stringify([{ ...app, ...fields }]) });

  it("has its defaults, and its logo and notices as they are given", () => {
    writeFileSync(join(folder, "shop.PNG"), Buffer.alloc(200 * 1024));
    const whole = {
      ...app,
      ...{ group: "g".repeat(64), profile: "none", verifyFiles: ["MP_verify_AbCdEfGh01234567.txt"] },
      ...{ name: { zh: " 山茶书店 ", en: "x".repeat(32) }, logo: "shop.PNG" },
      ...{ privacyUrl: `https://a.example/${"p".repeat(490)}`, termsUrl: "/terms?a=1" },
      ...{ privacyVersion: "v".repeat(32), unionidConsent: true },
    };
    const least = {
      ...app,
      key: "k_-9".repeat(8),
      kind: "website",
      appId: "wxABCDEFGH01234567",
      name: "Clinic",
      termsUrl: "http://a.example/terms",
    };
    const path = join(folder, "apps.json");
    writeFileSync(path, JSON.stringify([whole, least]));
    expect(load({ WECHAT_APPS: path }).apps).toEqual([
      {
        ...whole,
        name: { zh: "山茶书店", en: "x".repeat(32) },
        logo: { contentType: "image/png", content: Buffer.alloc(200 * 1024) },
      },
      {
        ...least,
        ...{ group: undefined, profile: "ask", verifyFiles: [], name: { zh: "Clinic", en: "Clinic" } },
        ...{ logo: undefined, privacyUrl: undefined },
      },
    ]);
  });

  it.each([
    ["logo.png", "image/png"],
    ["logo.jpg", "image/jpeg"],
    ["logo.jpeg", "image/jpeg"],
    ["logo.webp", "image/webp"],
    ["logo.svg", "image/svg+xml"],
  ])("has a logo in %s as %s", (name, contentType) => {
    writeFileSync(join(folder, name), "a picture");
    const [read] = load(inline({ logo: join(folder, name) })).apps;
    expect(read?.logo).toEqual({ contentType, content: Buffer.from("a picture") });
  });

  const missing = "is an object with key, kind, appId and appSecret";
  const version = "is a text of 1 to 32 characters, without a blank at either end";
  const groupOnly = "needs an official_account with a group: a unionid joins the apps of a group";
  const notice = "is an http or https address, or a path that starts with one /";
  const name = 'is a text, or { "zh": "…", "en": "…" }';
  it.each([
    [{ key: "Shop" }, ["0.key is 1 to 32 of a-z, 0-9, _ and -"]],
    [{ key: "k".repeat(33) }, ["0.key is 1 to 32 of a-z, 0-9, _ and -"]],
    [{ key: undefined }, ["0.key is missing"]],
    [{ kind: "mini_program" }, ["0.kind is official_account or website"]],
    [{ appId: "wx1" }, ["0.appId looks like wx and 16 letters or digits; check for blanks and quotes"]],
    [
      { appSecret: `${app.appSecret}0` },
      ["0.appSecret is 32 letters and digits; check for blanks and quotes"],
    ],
    [{ group: "g".repeat(65) }, ["0.group is a name of 1 to 64 characters"]],
    [{ profile: "always" }, ["0.profile is none or ask"]],
    [{ verifyFiles: "x" }, ["0.verifyFiles is a list of names"]],
    [
      { verifyFiles: ["MP_verify_AbCdEfGh01234567.txt", "MP_verify_x.txt"] },
      ["0.verifyFiles.1 is a name like MP_verify_AbCdEfGh01234567.txt"],
    ],
    [{ name: "x".repeat(33) }, ["0.name has more than 32 characters"]],
    [{ name: " " }, ["0.name is empty"]],
    [{ name: 1 }, [`0.name ${name}`]],
    [{ name: { zh: "一" } }, [`0.name ${name}`]],
    [{ logo: "" }, ["0.logo is the path of a picture"]],
    [{ privacyUrl: "//evil.example" }, [`0.privacyUrl ${notice}`]],
    [{ termsUrl: "ftp://a.example/terms" }, [`0.termsUrl ${notice}`]],
    [{ privacyUrl: `https://${"p".repeat(501)}` }, [`0.privacyUrl ${notice}`]],
    [{ termsUrl: "/a b" }, [`0.termsUrl ${notice}`]],
    [{ privacyUrl: "/p", privacyVersion: "v".repeat(33) }, [`0.privacyVersion ${version}`]],
    [{ privacyUrl: "/p", privacyVersion: " 2" }, [`0.privacyVersion ${version}`]],
    [{ privacyVersion: "2" }, ["0.privacyVersion needs a privacyUrl: it is the version of the notice there"]],
    [{ unionidConsent: "yes", group: "g" }, ["0.unionidConsent is true or false"]],
    [{ unionidConsent: true }, [`0.unionidConsent ${groupOnly}`]],
    [{ unionidConsent: true, group: "g", kind: "website" }, [`0.unionidConsent ${groupOnly}`]],
    [{ secret: 1, id: 2 }, ['0 has "secret" and "id", which no app has']],
    [{ key: 1, kind: 1 }, ["0.key is 1 to 32 of a-z, 0-9, _ and -", "0.kind is official_account or website"]],
  ])("is refused with the name of its field: %j [T102]", (fields, problems) => {
    expect(problemsOf(inline(fields))).toEqual(problems.map((problem) => `WECHAT_APPS ${problem}`));
  });

  it("is refused by its number if it is no object or has the key or the appid of another one [T102]", () => {
    const other = { ...app, key: "other", appId: "wx0000000000000000" };
    const listed = (...given: unknown[]) => problemsOf({ WECHAT_APPS: ` ${JSON.stringify(given)}` });
    expect(listed(app, null)).toEqual([`WECHAT_APPS 1 ${missing}`]);
    expect(listed(app, { ...other, key: app.key })).toEqual(["WECHAT_APPS: two apps have the same key"]);
    expect(listed(app, { ...other, appId: app.appId })).toEqual([
      "WECHAT_APPS: two apps have the same appId",
    ]);
    expect(listed(app, other)).toEqual([]);
  });
});
