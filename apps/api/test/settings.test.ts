import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SettingsError } from "../src/env.js";
import { loadSettings } from "../src/load-settings.js";

const noPersistedKeys = () => {
  throw new Error("the persisted keys were read");
};

const strongKey = "Zk4pV9wQ2rT7yB1nM6xC8dF3gH5jL0aS";
const apps = [
  {
    key: "oa",
    kind: "official_account",
    appId: "wx1234567890abcdef",
    appSecret: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
  },
];

/** Settings that are sufficient in production. */
const production = {
  NODE_ENV: "production",
  PUBLIC_URL: "https://login.example.com",
  SECRET_KEYS: strongKey,
  WECHAT_APPS: JSON.stringify(apps),
};

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    loadSettings(env, () => [strongKey]);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("a bad setting", () => {
  const bad: [string, string][] = [
    ["PORT", "no port"],
    ["PORT", "0"],
    ["PORT", "70000"],
    ["PORT", " "],
    ["PUBLIC_URL", "login.example.com"],
    ["PUBLIC_URL", "ftp://login.example.com"],
    ["PUBLIC_URL", "https://login.example.com/path"],
    ["PUBLIC_URL", "https://user:hunter2@login.example.com"],
    ["PUBLIC_URL", "https://login.example.com/?q=1"],
    ["DATABASE_URL", "mysql://root:hunter2@db/login"],
    ["SECRET_KEYS", "short-key"],
    ["SECRET_KEYS", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
    ["SECRET_KEYS", "change-me-change-me-change-me-change-me-1234567890"],
    ["SECRET_KEYS", `${strongKey},example-key-of-the-readme-0123456789`],
    ["WECHAT_APPS", "[{"],
    ["WECHAT_APPS", " "],
    ["WECHAT_APPS", "[]"],
    ["WECHAT_APPS", "/nowhere/apps.json"],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], appSecret: "hunter2" }])],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], appSecret: ` ${apps[0]?.appSecret}` }])],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], appId: "gh_1234567890ab" }])],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], kind: "mini_program" }])],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], secret: "hunter2" }])],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], verifyFiles: ["../etc/passwd"] }])],
    ["WECHAT_APPS", JSON.stringify([apps[0], apps[0]])],
    ["WECHAT_APPS", JSON.stringify(apps[0])],
    ["WECHAT_APPS", "[null]"],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], group: "" }])],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], profile: true }])],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], verifyFiles: "one" }])],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], logo: 1 }])],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], name: { zh: "一" } }])],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], privacyUrl: 1 }])],
    ["WECHAT_OPEN_URL", "open.weixin.qq.com"],
    ["WECHAT_API_URL", "file:///etc/passwd"],
    ["RETURN_TO_ORIGINS", "https://shop.example.com"],
    ["TRUST_PROXY", "the proxy"],
    ["TRUST_PROXY", "10.0.0.0/99"],
    ["TRUST_PROXY", "0.0.0.0/0"],
    ["TRUST_PROXY", "::/0"],
    ["TRUST_PROXY", "true"],
    ["TRUST_PROXY", "10.0.0.1,,"],
    ["STATE_TTL_SECONDS", "0"],
    ["STATE_TTL_SECONDS", "601"],
    ["STATE_TTL_SECONDS", "10m"],
    ["SESSION_IDLE_SECONDS", "-1"],
    ["SESSION_IDLE_SECONDS", "99999999"],
    ["SESSION_ABSOLUTE_SECONDS", "1.5"],
    ["RETENTION_DAYS", "0"],
    ["LOG_LEVEL", "loud"],
    ["RATE_LIMIT", "maybe"],
    ["RATE_LIMIT", "0"],
    ["VITE_SERVERS", "yes"],
    ["ALLOW_SIMULATOR", "true"],
    ["HOST", " "],
    ["DATA_DIR", " "],
  ];
  it.each(bad)("(%s=%j) stops the start, naming the setting and never its value [T102]", (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).not.toEqual([]);
    for (const problem of problems) {
      expect(problem).toContain(name);
      expect(problem, "says what is allowed, in this system's words").not.toMatch(
        /invalid|expected|received/i,
      );
      for (const secret of [
        "hunter2",
        strongKey,
        apps[0]?.appSecret ?? "",
        "change-me",
        "short-key",
        "passwd",
      ]) {
        expect(problem).not.toContain(secret);
      }
    }
  });

  it("is listed together with all other bad settings [T102]", () => {
    const problems = problemsOf({
      PORT: "x",
      LOG_LEVEL: "loud",
      STATE_TTL_SECONDS: "0",
      PUBLIC_URL: "nowhere",
    });
    for (const name of ["PORT", "LOG_LEVEL", "STATE_TTL_SECONDS", "PUBLIC_URL"]) {
      expect(problems.filter((problem) => problem.startsWith(name))).toHaveLength(1);
    }
    const later = problemsOf({
      SECRET_KEYS: "short",
      RETURN_TO_ORIGINS: "*",
      TRUST_PROXY: "x",
      WECHAT_APPS: "[]",
    });
    expect(later.length).toBeGreaterThanOrEqual(4);
  });

  it("is listed with the others whether it is wrong by itself, in an app, or beside another setting [T102]", () => {
    const [app] = apps;
    const problems = problemsOf({
      STATE_TTL_SECONDS: "900",
      TRUST_PROXY: "maybe",
      SESSION_IDLE_SECONDS: "600",
      SESSION_ABSOLUTE_SECONDS: "60",
      RATE_LIMIT: "zero",
      NODE_ENV: "prod",
      ADMIN_USERNAME: "olga",
      RETURN_TO_ORIGINS: "*",
      WECHAT_APPS: JSON.stringify([{ ...app, appId: "gh_1" }, app, { ...app, logo: "/nowhere.png" }]),
    });
    for (const part of [
      "STATE_TTL_SECONDS",
      "TRUST_PROXY",
      "SESSION_IDLE_SECONDS",
      "RATE_LIMIT",
      "NODE_ENV",
      "ADMIN_USERNAME",
      "RETURN_TO_ORIGINS",
      "WECHAT_APPS 0.appId",
      "WECHAT_APPS: two apps have the same appId",
      "WECHAT_APPS: the logo of oa",
    ]) {
      expect(
        problems.filter((problem) => problem.startsWith(part)),
        part,
      ).toHaveLength(1);
    }
  });

  it.each([
    ["RATE_LIMIT", "zero", /off, or .*from 1 to 1000000/],
    ["STATE_TTL_SECONDS", "10m", /seconds from 1 to 600/],
    ["PORT", "x", /from 1 to 65535/],
    ["LOG_LEVEL", "loud", /fatal, error, warn, info, debug, trace, silent/],
    ["PUBLIC_URL", "login.example.com", /https:\/\/login\.example\.com/],
    ["WECHAT_API_URL", "https://proxy.example/wechat", /no path/],
    ["TRUST_PROXY", "maybe", /1 to 9.*10\.0\.0\.0\/8/],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], kind: "mini" }]), /official_account.*website/],
    ["WECHAT_APPS", JSON.stringify([{ ...apps[0], appSecret: undefined }]), /appSecret is missing/],
  ])("names what is allowed (%s=%j)", (name, value, allowed) => {
    const [problem, ...others] = problemsOf({ [name]: value });
    expect(others).toEqual([]);
    expect(problem).toMatch(allowed);
  });

  it("is listed once, without a consequence of its fallback", () => {
    const bad = { PUBLIC_URL: "nowhere", SESSION_ABSOLUTE_SECONDS: "x", SESSION_IDLE_SECONDS: "20000000" };
    const problems = problemsOf({ ...production, ...bad });
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "PUBLIC_URL",
      "SESSION_ABSOLUTE_SECONDS",
    ]);
  });

  it("can be an idle limit that is longer than the absolute limit; an equal one is allowed [T102]", () => {
    const times = { SESSION_IDLE_SECONDS: "600", SESSION_ABSOLUTE_SECONDS: "60" };
    expect(problemsOf(times).join()).toMatch(/SESSION_IDLE_SECONDS.*SESSION_ABSOLUTE_SECONDS/);
    expect(problemsOf({ SESSION_IDLE_SECONDS: "60", SESSION_ABSOLUTE_SECONDS: "60" })).toEqual([]);
  });

  it("can be a missing or unacceptable name or password of the first operator [T102]", () => {
    expect(problemsOf({ ADMIN_USERNAME: "olga" }).join()).toContain("ADMIN_PASSWORD");
    expect(problemsOf({ ADMIN_PASSWORD: "olga owns the house" }).join()).toContain("ADMIN_USERNAME");
    for (const password of ["short", "password123", " ", "a".repeat(300)]) {
      const problems = problemsOf({ ADMIN_USERNAME: "olga", ADMIN_PASSWORD: password });
      expect(problems.join()).toContain("ADMIN_PASSWORD");
    }
    for (const username of ["o l g a", "x", " ", "a".repeat(65)]) {
      const problems = problemsOf({ ADMIN_USERNAME: username, ADMIN_PASSWORD: "olga owns the house" });
      expect(problems.join(), username).toContain("ADMIN_USERNAME");
    }
    expect(problemsOf({ ADMIN_USERNAME: "Olga", ADMIN_PASSWORD: "olga owns the house" })).toEqual([]);
  });
});

describe("production", () => {
  it("starts with complete settings, and never generates its own keys", () => {
    const settings = loadSettings(production, noPersistedKeys);
    expect(settings).toMatchObject({
      production: true,
      wechatOpenUrl: "https://open.weixin.qq.com",
      wechatApiUrl: "https://api.weixin.qq.com",
      secretKeys: [strongKey],
      viteServers: undefined,
    });
  });

  it.each([
    ["without secret keys", { SECRET_KEYS: undefined }, "SECRET_KEYS"],
    ["with blank secret keys", { SECRET_KEYS: " , " }, "SECRET_KEYS"],
    ["without a public address", { PUBLIC_URL: undefined }, "PUBLIC_URL"],
    ["on http", { PUBLIC_URL: "http://login.example.com" }, "PUBLIC_URL"],
    ["on http at localhost", { PUBLIC_URL: "http://localhost:4000" }, "PUBLIC_URL"],
    ["on Vite's servers", { VITE_SERVERS: "on" }, "VITE_SERVERS"],
    ["without apps, which means the simulator's", { WECHAT_APPS: undefined }, "WECHAT_APPS"],
    [
      "with a simulated WeChat for the browser",
      { WECHAT_OPEN_URL: "http://127.0.0.1:4010" },
      "WECHAT_OPEN_URL",
    ],
    [
      "with a simulated WeChat for API calls",
      { WECHAT_API_URL: "https://simulator.example" },
      "WECHAT_API_URL",
    ],
    [
      "with the simulator's app, whose secret is public",
      { WECHAT_APPS: JSON.stringify([{ ...apps[0], appSecret: "5d0c1a7e0000000000000000000000a1" }]) },
      "WECHAT_APPS",
    ],
  ])("does not start %s [T79, T102]", (_, change, name) => {
    const problems = problemsOf({ ...production, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
  });

  it("accepts the simulator only if it is allowed by name [T79]", () => {
    const simulated = { ...production, WECHAT_APPS: undefined };
    for (const allowed of ["no", ""]) {
      expect(problemsOf({ ...simulated, ALLOW_SIMULATOR: allowed })).toHaveLength(1);
    }
    expect(problemsOf({ ...simulated, ALLOW_SIMULATOR: "yes" })).toEqual([]);
  });
});

describe("the settings", () => {
  it("default to the simulator, loopback and a stored key in development", () => {
    const settings = loadSettings({}, () => [strongKey]);
    expect(settings).toMatchObject({
      production: false,
      host: "127.0.0.1",
      port: 4000,
      databaseUrl: undefined,
      wechatOpenUrl: "http://127.0.0.1:4010",
      trustProxy: false,
      stateTtlSeconds: 600,
      requestsPerMinute: 600,
      secretKeys: [strongKey],
    });
    expect(settings.publicUrl.href).toBe("http://localhost:4000/");
    expect(settings.apps.map(({ key }) => key)).toEqual(["oa", "web"]);
  });

  it("treat an empty value as absent", () => {
    const empty = { PORT: "", SECRET_KEYS: "", WECHAT_APPS: "", DATABASE_URL: "", ADMIN_USERNAME: "" };
    expect(problemsOf(empty)).toEqual([]);
  });

  it("accept apps from a file as well as inline", async () => {
    const folder = await mkdtemp(join(tmpdir(), "wechat-login-settings-"));
    const path = join(folder, "apps.json");
    await writeFile(path, JSON.stringify(apps));
    expect(loadSettings({ ...production, WECHAT_APPS: path }, noPersistedKeys).apps).toEqual(
      loadSettings(production, noPersistedKeys).apps,
    );
    await writeFile(path, '[{"appSecret":"hunter2"');
    expect(problemsOf({ ...production, WECHAT_APPS: path }).join()).not.toContain("hunter2");
    expect(problemsOf({ WECHAT_APPS: folder }).join()).toContain("WECHAT_APPS");
    await rm(folder, { recursive: true });
  });

  it.each([
    ["0", false],
    ["2", 2],
    ["127.0.0.1, 10.0.0.0/8", ["127.0.0.1", "10.0.0.0/8"]],
    ["loopback,uniquelocal", ["loopback", "uniquelocal"]],
    ["::1", ["::1"]],
  ])("trust exactly the proxies in TRUST_PROXY=%j [T17]", (text, trusted) => {
    expect(loadSettings({ TRUST_PROXY: text }, () => [strongKey]).trustProxy).toEqual(trusted);
  });

  it("accept several keys, newest first", () => {
    const second = [...strongKey].reverse().join("");
    const settings = loadSettings({ SECRET_KEYS: `${strongKey}, ${second}` }, noPersistedKeys);
    expect(settings.secretKeys).toEqual([strongKey, second]);
  });
});
