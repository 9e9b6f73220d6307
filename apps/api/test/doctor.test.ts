import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Counts, checkApp, type Evidence } from "../src/domain/doctor/app-checks.js";
import { examine } from "../src/domain/doctor/doctor.js";
import { type Finding, finding } from "../src/domain/doctor/finding.js";
import { type Outcome, type OutcomeName, outcomes } from "../src/domain/doctor/outcomes.js";
import { addRows } from "./support/rows.js";
import { type System, type SystemOptions, startSystem } from "./support/system.js";

const files = { VERIFY_FILES: '{ "MP_verify_AbCdEfGh01234567.txt": "AbCdEfGh01234567" }' };
let system: System;
const restart = async (options: SystemOptions) => {
  await system.close();
  system = await startSystem(options);
};
beforeEach(async () => {
  system = await startSystem({ env: files });
});
afterEach(() => system.close());

const diagnose = () => examine(system.app.deps);
const siteOutcomes = async () => (await diagnose()).site.map(({ outcome }) => outcome);
const valuesOf = async (check: string) => (await diagnose()).site.find((one) => one.check === check)?.values;
const outcomesOf = async (key: string) =>
  (await diagnose()).apps.find((app) => app.key === key)?.findings.map(({ outcome }) => outcome);
/** As after the 15 s for which what was found is kept. */
const freshSite = async () => {
  system.advance(16);
  return (await diagnose()).site;
};
const found = async (key: string, check: string) =>
  (await diagnose()).apps.find((app) => app.key === key)?.findings.find((one) => one.check === check);

/** Ended sign-ins and calls of the last minute. */
const count = (endpoint: string, errcode: string, calls: number, appId = system.officialAccount.appId) =>
  addRows(system.db, "apiCallCounts", [
    { minute: Math.floor(Date.now() / 60_000), appId, endpoint, errcode, calls },
  ]);

describe("the checks of this server", () => {
  it("find all that is right, and what the simulator and an address without https mean", async () => {
    expect(await siteOutcomes()).toEqual([
      ...["wechat.simulated", "public_url.http", "reachable.yes", "verify_files.served", "clock.right"],
    ]);
    const { at, site, apps } = await diagnose();
    expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(60_000);
    expect(apps.map(({ key, kind, appId }) => [key, kind, appId])).toEqual([
      ["oa", "official_account", system.officialAccount.appId],
      ["web", "website", system.website.appId],
    ]);
    expect(site[1]).toEqual({
      check: "public_url",
      ...{ outcome: "public_url.http", state: "problem", actor: "operator" },
      values: { url: system.url, host: "localhost" },
      text: {
        en: `PUBLIC_URL is ${system.url}, without https: cookies and codes travel readable.`,
        zh: `PUBLIC_URL 是 ${system.url}，没有用 https：Cookie 和 code 会以明文传输。`,
      },
      remedy: {
        en: "Put a proxy with a certificate in front, and set PUBLIC_URL to its https address.",
        zh: "在前面放一个带证书的反向代理，并把 PUBLIC_URL 设为它的 https 地址。",
      },
    });
  });

  it("find an address that leads elsewhere, and a verification file that is not served there", async () => {
    system.settings.publicUrl = new URL(system.simulator.url);
    const { site } = await diagnose();
    expect(site.map(({ outcome, values }) => [outcome, values]).slice(2, 4)).toEqual([
      ["reachable.no", { reason: 404 }],
      ["verify_files.differ", { files: "MP_verify_AbCdEfGh01234567.txt" }],
    ]);
  });

  it("say why this server cannot be reached, by the code of the error alone", async () => {
    system.settings.publicUrl = new URL("http://localhost:1");
    expect((await diagnose()).site[2]).toMatchObject({
      outcome: "reachable.no",
      values: { reason: "ECONNREFUSED" },
    });
  });

  it("tell the simulator from a relay and from WeChat itself", async () => {
    const { settings } = system;
    expect((await siteOutcomes())[0]).toBe("wechat.simulated");
    Object.assign(settings, { usesSimulator: false, usesRelay: true });
    expect((await freshSite())[0]?.outcome).toBe("wechat.relay");
    settings.usesRelay = false;
    expect((await freshSite())[0]?.outcome).toBe("wechat.real");
  });

  it("name each verification file that is served, and each that is not", async () => {
    const names = ["MP_verify_AbCdEfGh01234567.txt", "MP_verify_ZbCdEfGh01234567.txt"];
    await restart({
      env: { VERIFY_FILES: JSON.stringify(Object.fromEntries(names.map((name) => [name, "x"]))) },
    });
    expect(await valuesOf("verify_files")).toEqual({ files: names.join(", ") });
    system.settings.publicUrl = new URL(system.simulator.url);
    expect((await freshSite())[3]).toMatchObject({
      outcome: "verify_files.differ",
      values: { files: names.join(", ") },
    });
  });

  it("read at most 64 KiB of an answer", async () => {
    const sizes: Record<string, number> = { "/at-most": 65_536, "/more": 65_537 };
    const server = createServer((request, response) =>
      response.end(Buffer.alloc(sizes[request.url ?? ""] ?? 0)),
    );
    server.listen(0);
    onTestFinished(() => void server.close());
    system.settings.publicUrl = new URL(`http://localhost:${(server.address() as AddressInfo).port}`);
    system.settings.verifyFiles = ["at-most", "more"].map((name) => ({
      name,
      content: Buffer.alloc(sizes[`/${name}`] ?? 0),
    }));
    expect((await freshSite())[3]?.values).toEqual({ files: "more" });
  });

  it("say that this server takes too long to answer itself", async () => {
    const deadline = new AbortController();
    const silent = createServer(() => deadline.abort(new DOMException("too late", "TimeoutError"))).listen(0);
    onTestFinished(() => void silent.close().closeAllConnections());
    const { timeout } = AbortSignal;
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) =>
      ms === 3_000 ? deadline.signal : timeout(ms),
    );
    onTestFinished(() => void vi.restoreAllMocks());
    system.settings.publicUrl = new URL(`http://localhost:${(silent.address() as AddressInfo).port}`);
    expect((await diagnose()).site[2]).toMatchObject({
      outcome: "reachable.no",
      values: { reason: "ETIMEDOUT" },
    });
  });

  it.each([
    ["https://login.example.com", "public_url.fits"],
    ["https://login.example.com:8443", "public_url.port"],
  ])("judge PUBLIC_URL %s as %s", async (url, outcome) => {
    system.settings.publicUrl = new URL(url);
    expect((await siteOutcomes())[1]).toBe(outcome);
  });

  it("find a clock that differs from WeChat's by more than a minute", async () => {
    const { deps } = system.app;
    const real = deps.now;
    deps.now = () => new Date(real().getTime() + 3600_000);
    const clock = (await diagnose()).site[4];
    expect(clock).toMatchObject({ outcome: "clock.wrong", state: "problem" });
    expect(Number(clock?.values.seconds)).toBeGreaterThan(3590);
    expect(Number(clock?.values.seconds)).toBeLessThan(3610);
  });

  it.each([
    [60, "clock.right", { seconds: 60 }],
    [61, "clock.wrong", { seconds: 61 }],
    [0, "clock.right", { seconds: 1 }],
  ])("judge a clock that is %d s from WeChat's", async (seconds, outcome, values) => {
    const { deps } = system.app;
    const now = new Date("2026-11-28T12:00:00Z");
    const server = createServer((_, response) => response.setHeader("date", now.toUTCString()).end()).listen(
      0,
    );
    onTestFinished(() => void server.close());
    system.settings.wechatApiUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
    deps.now = () => new Date(now.getTime() + seconds * 1000);
    expect((await diagnose()).site[4]).toMatchObject({ outcome, values });
  });

  it("do not know the time of an answer without a date", async () => {
    const server = createServer((_, response) => {
      response.sendDate = false;
      response.end();
    }).listen(0);
    onTestFinished(() => void server.close());
    system.settings.wechatApiUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
    expect((await diagnose()).site[4]).toMatchObject({
      outcome: "clock.unknown",
      values: { reason: "Date" },
    });
  });

  it("do not know WeChat's time behind a proxy or without an answer, and that no file is configured", async () => {
    await restart({});
    system.settings.wechatApiUrl = "http://localhost:1";
    expect((await diagnose()).site.slice(3)).toMatchObject([
      { outcome: "verify_files.none", state: "unknown", remedy: null, actor: null },
      { outcome: "clock.unknown", values: { reason: "ECONNREFUSED" } },
    ]);
    system.settings.wechatProxy = new URL("http://proxy.internal:3128");
    system.advance(16);
    expect((await diagnose()).site[4]).toMatchObject({
      outcome: "clock.unknown",
      values: { reason: "HTTPS_PROXY" },
    });
  });

  it("are made once for all who ask within 15 s, and again afterwards", async () => {
    const both = await Promise.all([diagnose(), diagnose()]);
    expect(both[1]).toBe(both[0]);
    system.advance(14);
    expect(await diagnose()).toBe(both[0]);
    system.advance(2);
    expect(await diagnose()).not.toBe(both[0]);
    expect(system.simulator.calls("stable_token")).toBe(1);
  });
});

describe("the checks of an app", () => {
  it("find a new system right as far as it is known, with the secret accepted by a token through the keeper", async () => {
    expect(await outcomesOf("oa")).toEqual([
      ...["secret.accepted", "allow_list.open", "holders.one", "quota.enough", "profile.unknown"],
      ...["look.missing", "group.shared", "comes_back.unknown", "codes.once"],
    ]);
    expect(await outcomesOf("web")).toEqual([
      ...["secret.unknown", "profile.unknown", "look.missing", "group.shared", "comes_back.unknown"],
      "codes.once",
    ]);
    expect((await found("oa", "quota"))?.values).toEqual({ count: 1, quota: 500_000 });
    expect((await found("oa", "group"))?.text.en).toBe("One person is one account in oa, web.");
    expect((await found("oa", "look"))?.values).toEqual({ missing: "logo" });
  });

  it("find this server's IP missing from the allow-list, name it, and leave the secret open", async () => {
    system.simulator.setIpAllowList(system.officialAccount.appId, ["203.0.113.7"]);
    expect((await outcomesOf("oa"))?.slice(0, 2)).toEqual(["secret.after_ip", "allow_list.refused"]);
    const refused = await found("oa", "allow_list");
    expect(refused?.values.ip).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(refused?.text.zh).toBe(`微信拒绝了本机 IP ${refused?.values.ip}（40164）。`);
    expect([refused?.state, refused?.actor]).toEqual(["problem", "operator"]);
  });

  it.each([
    ["40125", "secret.refused"],
    ["50007", "secret.failing"],
  ])("find by the errcode %s of the global token that it is %s", async (errcode, outcome) => {
    system.simulator.fail("stable_token", { kind: "errcode", errcode: Number(errcode) });
    expect((await outcomesOf("oa"))?.slice(0, 2)).toEqual([outcome, "allow_list.unknown"]);
    expect((await found("oa", "secret"))?.values).toEqual({ errcode });
  });

  it("know of a website app's secret what its last sign-ins say", async () => {
    await count("sns/oauth2/access_token", "", 1, system.website.appId);
    expect((await found("web", "secret"))?.outcome).toBe("secret.accepted");
    await count("sns/oauth2/access_token", "40125", 1, system.website.appId);
    system.advance(16);
    expect((await found("web", "secret"))?.outcome).toBe("secret.refused");
    expect((await found("oa", "secret"))?.outcome).toBe("secret.accepted");
  });

  it("find the share of sign-ins that never came back, from ten on, and name the page codes", async () => {
    await count("sign_in", "signed_in", 6);
    await count("sign_in", "abandoned", 3);
    expect(await found("oa", "comes_back")).toMatchObject({
      outcome: "comes_back.unknown",
      values: { count: 9 },
    });
    await count("sign_in", "refused", 1);
    system.advance(16);
    const away = await found("oa", "comes_back");
    expect(away).toMatchObject({ state: "warning", values: { count: 10, percent: 30, host: "localhost" } });
    expect(away?.text.en).toBe(
      "30 % of the 10 sign-ins that ended in the last hour never came back from WeChat.",
    );
    expect(away?.remedy?.en).toMatch(/10003 .* localhost, 10016 .*, 10005 /);
    expect((await found("web", "comes_back"))?.outcome).toBe("comes_back.unknown");
  });

  it("leave out what is older: an hour for sign-ins, a day for profiles", async () => {
    await count("sign_in", "abandoned", 20);
    await count("sns/userinfo", "48001", 2);
    expect(await found("oa", "comes_back")).toMatchObject({
      outcome: "comes_back.no",
      values: { percent: 100 },
    });
    expect(await found("oa", "profile")).toMatchObject({ outcome: "profile.refused", values: { count: 2 } });
    system.advance(3660);
    expect((await outcomesOf("oa"))?.slice(4)).toEqual([
      ...["profile.refused", "look.missing", "group.shared", "comes_back.unknown", "codes.once"],
    ]);
    system.advance(86_400);
    expect((await found("oa", "profile"))?.outcome).toBe("profile.unknown");
  });
});

describe("one app's findings", () => {
  const none: Counts = () => 0;
  const counts =
    (rows: Record<string, number>): Counts =>
    (endpoint, errcode) =>
      rows[errcode === undefined ? endpoint : `${endpoint} ${errcode}`] ?? 0;
  const token = { state: "fresh", lastErrcode: null, reportedInvalid: 0, fetchesToday: 1, dailyQuota: 100 };
  const check = (evidence: { app?: object; token?: object; hour?: Counts; day?: Counts }) => {
    const [app] = system.settings.apps;
    const all = {
      app: { ...app, ...evidence.app },
      token: { ...token, ...evidence.token },
      hour: none,
      day: none,
    };
    return checkApp(system.app.deps, { ...all, ...evidence, app: all.app, token: all.token } as Evidence);
  };
  const of = (findings: Finding[], name: string) => {
    const { outcome, values } = findings.find((one) => one.check === name) ?? {};
    return [outcome, values];
  };

  it.each([
    [2, 79, "holders.one", "quota.enough"],
    [3, 80, "holders.several", "quota.near"],
  ])(
    "with %i early refusals and %i of 100 fetches: %s, %s",
    (reportedInvalid, fetchesToday, holders, quota) => {
      const findings = check({ token: { reportedInvalid, fetchesToday } });
      expect([of(findings, "holders")[0], of(findings, "quota")]).toEqual([
        holders,
        [quota, { count: fetchesToday, quota: 100 }],
      ]);
    },
  );

  it.each([
    [4, "codes.once"],
    [5, "codes.twice"],
  ])("with %i codes that were used already: %s", (calls, outcome) => {
    const hour = counts({ "sns/oauth2/access_token 40163": calls });
    expect(of(check({ hour }), "codes")).toEqual([outcome, { count: calls }]);
  });

  it.each([
    ["none", {}, "profile.not_asked"],
    ["ask", { "sns/userinfo ": 1 }, "profile.read"],
    ["ask", { "sns/userinfo ": 9, "sns/userinfo 48001": 1 }, "profile.refused"],
  ])("with profile %s and the calls %o: %s", (profile, rows, outcome) => {
    expect(of(check({ app: { profile }, day: counts(rows) }), "profile")[0]).toBe(outcome);
  });

  it.each([
    [{ name: undefined, logo: undefined }, "look.missing", { missing: "name, logo" }],
    [{ name: { en: "Shop", zh: "店" }, logo: {} }, "look.complete", {}],
    [{ key: "other", group: "alone" }, "group.none", {}],
    [{ key: "other", group: undefined }, "group.none", {}],
  ])("for the settings %o: %s", (app, outcome, values) => {
    expect(of(check({ app }), outcome.split(".")[0] ?? "")).toEqual([outcome, values]);
  });

  it("say of an only app that there is no other", () => {
    system.app.deps.apps = { ...system.app.deps.apps, all: system.settings.apps.slice(0, 1) };
    expect(of(check({}), "group")[0]).toBe("group.single");
  });

  it("have a remedy and who must act exactly where something is wrong, in both languages", () => {
    const wrong = finding("codes.twice", { count: 7 });
    expect(wrong).toMatchObject({ check: "codes", state: "warning", actor: "developer" });
    expect([wrong.text.zh, wrong.text.en]).toEqual([
      "最近一小时微信以“已使用过”拒绝了 7 个 code（40163）。",
      "In the last hour WeChat refused 7 codes as used already (40163).",
    ]);
    expect(finding("codes.once")).toMatchObject({ state: "ok", actor: null, remedy: null });
  });
});

describe("each outcome", () => {
  const all = Object.entries(outcomes) as [OutcomeName, Outcome][];

  it("has its state, and who can mend a warning or a problem", () => {
    const states: Record<string, string[]> = {};
    for (const [name, { state, actor }] of all) {
      const group = [state, ...(actor ? [actor] : [])].join(" by ");
      states[group] = [...(states[group] ?? []), name];
    }
    expect(states).toEqual({
      ok: [
        "wechat.real",
        "wechat.relay",
        "public_url.fits",
        "reachable.yes",
        "verify_files.served",
        "clock.right",
        "secret.accepted",
        "allow_list.open",
        "holders.one",
        "quota.enough",
        "profile.read",
        "profile.not_asked",
        "look.complete",
        "group.shared",
        "group.single",
        "comes_back.yes",
        "codes.once",
      ],
      "problem by developer": ["holders.several"],
      "problem by operator": [
        "public_url.http",
        "public_url.port",
        "verify_files.differ",
        "clock.wrong",
        "secret.refused",
        "secret.failing",
        "allow_list.refused",
        "profile.refused",
      ],
      unknown: [
        "verify_files.none",
        "clock.unknown",
        "secret.unknown",
        "secret.after_ip",
        "allow_list.unknown",
        "profile.unknown",
        "comes_back.unknown",
      ],
      "warning by developer": ["quota.near", "codes.twice"],
      "warning by operator": [
        "wechat.simulated",
        "reachable.no",
        "look.missing",
        "group.none",
        "comes_back.no",
      ],
    });
  });

  it("says in both languages the same, with the same values, and what to do where there is something to mend", () => {
    const valuesIn = (text = "") => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const [name, { state, en, zh }] of all) {
      for (const words of [en, zh]) {
        expect(words.text, name).toMatch(/[.。]$/);
        expect(words.remedy !== undefined, name).toBe(state === "problem" || state === "warning");
      }
      expect(valuesIn(zh.text), name).toEqual(valuesIn(en.text));
      expect(valuesIn(zh.remedy), name).toEqual(valuesIn(en.remedy));
    }
  });
});
