import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildApp } from "../src/app.js";
import { createOperatorLink } from "../src/domain/operators/links.js";
import { breakable, driverText } from "./support/breakable-database.js";
import { titleOf } from "./support/browser.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { accounts, Console, makeOperator } from "./support/operator.js";
import { send } from "./support/raw-http.js";
import { rowsOf } from "./support/rows.js";
import { type System, secretKey, startSystem } from "./support/system.js";

type Line = Record<string, unknown> & { event?: string; reqId?: string; time: string };

describe("the log", () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  beforeEach(() => {
    system.logLines.length = 0;
  });
  afterAll(() => system.close());

  const lines = (event?: string): Line[] =>
    system.logLines
      .map((line) => JSON.parse(line) as Line)
      .filter((line) => event === undefined || line.event === event);

  it("has one JSON object per line, with the time in UTC, whatever clients send [T63]", async () => {
    const odd = `\u202e"},{"event":"forged" ${"x".repeat(3000)}`;
    const headers = { "user-agent": odd.replace("\u202e", ""), referer: "https://evil.example/%0a%0d" };
    const paths = [
      `/nowhere?q=${encodeURIComponent("\n{}")}`,
      `/trpc/${"a".repeat(4000)}`,
      "/trpc/%0a%7B%22event%22",
    ];
    for (const path of ["/login/wechat", "/login/wechat/callback?state=%0a", ...paths]) {
      await send(system, { path, headers });
    }
    system.simulator.updatePerson("emoji", { nickname: odd });
    await system.browser({ person: "emoji" }).signIn();
    await system.browser().mutate("session.revoke", { id: odd });

    expect(system.logLines.length).toBeGreaterThan(10);
    for (const text of system.logLines) {
      expect(text.trimEnd().split(/\r|\n/)).toHaveLength(1);
      expect(text.length).toBeLessThan(1000);
      const line = JSON.parse(text) as Line;
      expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(line.event).not.toBe("forged");
    }
  });

  it("has one line for each request, with the route instead of the URL, the time in ms and the client's address, and none for health checks", async () => {
    const get = (url: string) => system.app.server.inject({ url, remoteAddress: "203.0.113.9" });
    const startedAt = Date.now();
    await get("/login/wechat/callback?state=x&code=y");
    for (const url of ["/healthz", "/readyz", "/nowhere?code=z"]) await get(url);
    const request = {
      ...{ level: 30, event: "request", msg: "request", method: "GET", ip: "203.0.113.9" },
      ...{ time: expect.any(String), reqId: expect.stringMatching(/^[0-9A-Z]{26}$/), ms: expect.any(Number) },
    };
    expect(lines("request")).toEqual([
      { ...request, route: "/login/wechat/callback", status: 400 },
      { ...request, route: "(none)", status: 404 },
    ]);
    // Fastify's own lines of a request have no event.
    expect(lines().filter(({ event }) => event === undefined)).toEqual([]);
    expect(Date.parse(lines("request")[0]?.time ?? "") - startedAt).toBeGreaterThanOrEqual(0);

    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl();
    system.simulator.fail("access_token", { kind: "delay", ms: 150 });
    system.logLines.length = 0;
    await browser.visit(callback);
    expect(lines("request").map(({ ms }) => Number(ms) >= 145 && Number(ms) < 5_000)).toEqual([true]);
  });

  it("records an error's type, message and causes, without secrets, URLs or other fields [T64, T65]", () => {
    const { appSecret } = system.officialAccount;
    const cause = new TypeError(
      `Failed to parse https://x/sns?appid=wx1&secret=${appSecret}&code=a1b2c3&js_code=d4`,
    );
    const err = Object.assign(
      new Error(`sealed with ${secretKey}, told ${appSecret}, access_token=t0k3n`, { cause }),
      {
        code: "E_SAMPLE",
        config: { headers: { cookie: "wl_session=s3ss10n" } },
        request: { url: "/login/wechat/callback?code=a1b2c3" },
      },
    );
    const { log } = system.app.deps;
    log.error({ event: "sample", err }, "a sample");
    log.error(
      { event: "sample", req: { method: "GET", url: "/?code=a1b2c3", headers: { cookie: "s3ss10n" } } },
      "x",
    );

    expect(lines("sample")[0]?.err).toMatchObject({
      type: "Error",
      code: "E_SAMPLE",
      message: "sealed with [redacted], told [redacted], access_token=[redacted]",
      cause: { type: "TypeError", message: expect.stringContaining("appid=wx1&secret=[redacted]") },
    });
    expect(lines("sample")[1]?.req).toEqual({ method: "GET" });
    for (const secret of [appSecret, secretKey, "a1b2c3", 'd4"', "t0k3n", "s3ss10n"]) {
      expect(system.logLines.join("")).not.toContain(secret);
    }
  });

  it("records each security event once, with its request id [T69]", async () => {
    const browser = system.browser({ person: "alice" });
    await browser.signIn();
    await browser.visit(`/login/wechat/callback?state=${"0".repeat(32)}&code=x`);
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40029 });
    await system.browser().signIn();
    await browser.mutate("session.signOut");
    const again = system.browser({ person: "alice" });
    await again.signIn();
    await again.mutate("session.signOutEverywhere");

    const secret = await createOperatorLink(system.app.deps, "owner");
    const console = new Console(system);
    await console.mutate("operator.redeemLink", { secret, ...accounts.owner });
    await console.mutate("operator.redeemLink", { secret, ...accounts.owner });
    await console.signIn({ ...accounts.owner, password: "a wrong password" });
    await console.signIn(accounts.owner);
    await console.mutate("operator.signOut");

    const { openid } = system.simulator.person("alice", system.officialAccount.appId);
    const alice = (await rowsOf(system.db, "bindings")).find((binding) => binding.openid === openid);
    const [operator] = await rowsOf(system.db, "operators");
    const failed = (await rowsOf(system.db, "signIns")).find(({ outcome }) => outcome === "failed");
    const ofPerson = { level: 30, userId: alice?.userId };
    const ofOperator = { level: 30, operatorId: operator?.id };
    const denied = { level: 40, ip: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) };
    const signedIn = { ...ofPerson, signInId: expect.stringMatching(/^[0-9A-Z]{26}$/) };
    const expected: [string, object[]][] = [
      [
        "signed_in",
        [
          { ...signedIn, isNewUser: true },
          { ...signedIn, isNewUser: false },
        ],
      ],
      ["callback_rejected", [{ level: 40, reason: expect.any(String), page: expect.any(String) }]],
      [
        "sign_in_ended",
        [{ level: 30, signInId: failed?.id, outcome: "failed", page: expect.any(String), errcode: "40029" }],
      ],
      ["signed_out", [ofPerson]],
      ["signed_out_everywhere", [ofPerson]],
      ["operator_link_redeemed", [ofOperator]],
      ["operator_link_denied", [denied]],
      ["operator_denied", [denied]],
      ["operator_signed_in", [ofOperator]],
      ["operator_signed_out", [ofOperator]],
    ];
    const level = { info: 30, warn: 40 };
    const mine = { signInId: expect.stringMatching(/^\w{26}$/), userId: lines("signed_in")[0]?.userId };
    expect(mine.userId).toMatch(/^\w{26}$/);
    expect(lines("signed_in")).toMatchObject([
      { ...mine, level: level.info, isNewUser: true },
      { ...mine, level: level.info, isNewUser: false },
    ]);
    expect(lines("callback_rejected")).toMatchObject([{ level: level.warn }]);
    expect(lines("operator_denied")).toMatchObject([{ level: level.warn, ip: expect.any(String) }]);
    const requests = new Set(lines("request").map(({ reqId }) => reqId));
    for (const [name, fields] of expected) {
      const found = lines(name);
      for (const { reqId } of found) expect(requests, name).toContain(reqId);
      expect(found.map(({ time, reqId, msg, event, ...rest }) => rest)).toEqual(fields);
    }
  });

  it("records how a sign-in ended: its number, its outcome, its page and WeChat's errcode", async () => {
    const browser = system.browser();
    const callback = await browser.callbackUrl("/login/wechat?tap=1");
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40226 }, 1);
    const failed = await browser.visit(callback);
    const signInId = /id="number"[^>]*>([0-9A-Z]{26})</.exec(failed.html)?.[1];
    const [ended, ...others] = lines("sign_in_ended");
    expect(others).toEqual([]);
    expect(ended).toEqual({
      ...{ level: 30, time: expect.any(String), reqId: expect.any(String), event: "sign_in_ended" },
      ...{ signInId, outcome: "failed", page: "not-allowed", errcode: "40226", msg: "a sign-in ended" },
    });
  });

  it("records throttled attempts [T69]", async () => {
    const console = new Console(system);
    const guess = { username: "unknown", password: "x".repeat(300) }; // too long to cost a hash
    for (let round = 0; round < 11; round++) await console.signIn(guess);
    const refused = { level: 30, procedure: "operator.signIn" };
    expect(lines("procedure_failed")).toMatchObject([
      ...Array(10).fill({ ...refused, code: "UNAUTHORIZED" }),
      { ...refused, code: "TOO_MANY_REQUESTS" },
    ]);
  });

  it("names a procedure that exists, and never the text that a client sent in its place [T64]", async () => {
    await system.browser().query("session.list");
    await send(system, { path: "/trpc/constructor" });
    await send(system, {
      path: "/trpc/session.get",
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    const refused = { level: 30, msg: "a procedure was refused", reqId: expect.stringMatching(/^\w{26}$/) };
    expect(lines("procedure_failed")).toMatchObject([
      { ...refused, procedure: "session.list", code: "UNAUTHORIZED" },
      { ...refused, procedure: "(none)", code: "NOT_FOUND" },
      { ...refused, procedure: "session.get", code: "METHOD_NOT_SUPPORTED" },
    ]);
  });

  it("does not stop the service if it cannot be written [T69]", async () => {
    const { settings, db } = system;
    const { server } = await buildApp({
      settings: { ...settings, logLevel: "trace" },
      db,
      pages: async () => "a page",
      logTo: {
        write() {
          throw new Error("the disk is full");
        },
      },
    });
    const statuses: number[] = [];
    for (const url of ["/healthz", "/trpc/session.get", "/trpc/nothing", "/login/wechat/callback?state=x"]) {
      statuses.push((await server.inject({ url })).statusCode);
    }
    expect(statuses).toEqual([200, 200, 404, 400]);
    await server.close();
  });
});

describe("an internal error", () => {
  let system: System;
  let database: TestDatabase;
  const db = { current: undefined as unknown as ReturnType<typeof breakable> };
  beforeAll(async () => {
    database = await testDatabase();
    db.current = breakable(await database.open());
    // Without rate limits, which are counted in the same database and would fail first.
    system = await startSystem({ db: db.current, env: { RATE_LIMIT: "off" } });
  });
  afterAll(async () => {
    await system.close();
    await db.current.close();
    await database.remove();
  });

  const leaks = /secret_table|SELECT|\/var\/|node_modules|\.ts:|\bat \w+ \(|DatabaseError/;

  it.each([
    ["busy", 503],
    ["unavailable", 503],
    ["driver", 500],
  ] as const)(
    "is answered by a page or JSON with a fixed text and a request id if the database is %s (%i) [T68]",
    async (breakage, status) => {
      const person = system.browser();
      await person.signIn();
      const console = await makeOperator(system, "owner");
      const callback = await person.callbackUrl("/login/wechat");
      system.logLines.length = 0;
      db.current.breakage = breakage;

      for (const path of ["/login/account", "/login/wechat", `${callback.pathname}${callback.search}`]) {
        const page = await person.visit(path);
        expect(page.status, path).toBe(status);
        expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
        expect(titleOf(page.html)).not.toBe("");
        expect(page.html).toMatch(
          status === 503 ? /id="number"[^>]*>\w{26}-B</ : /id="number"[^>]*>\w{26}-S</,
        );
        expect(page.html).not.toMatch(leaks);
        const json = await person.visit(path, { headers: { accept: "application/json" } });
        expect(JSON.parse(json.html)).toEqual({
          error:
            status === 503 ? "The service is busy. Try again in a moment." : "Something went wrong here.",
          requestId: expect.stringMatching(/^[0-9A-Z]{26}$/),
        });
      }
      const calls = [
        await person.query("session.get"),
        await person.query("session.list"),
        await person.mutate("session.signOut"),
        await console.query("operator.me"),
        await console.query("people.list", {}),
        await console.signIn(accounts.owner),
      ];
      const code = status === 503 ? "SERVICE_UNAVAILABLE" : "INTERNAL_SERVER_ERROR";
      for (const { error, status: answered, text } of calls) {
        expect(answered).toBe(status);
        expect(error?.data).toMatchObject({ code, requestId: expect.stringMatching(/^[0-9A-Z]{26}$/) });
        expect(text).not.toMatch(leaks);
      }
      const ready = await send(system, { path: "/readyz" });
      expect([ready.status, ready.text]).toEqual([503, '{"status":"not ready"}']);
      expect((await send(system, { path: "/healthz" })).status).toBe(200);

      const logged = system.logLines.map((line) => JSON.parse(line) as Line & { err?: { cause?: object } });
      const [numbered] = calls;
      const mine = logged.filter((line) => line.reqId === numbered?.error?.data.requestId && line.err);
      expect(mine).toMatchObject([
        { level: 50, event: "procedure_failed", procedure: "session.get", code, msg: "a procedure failed" },
      ]);
      expect(JSON.stringify(mine[0]?.err)).toContain(driverText);

      db.current.breakage = "none";
      expect((await person.query("session.list")).status).toBe(200);
      const next = system.browser();
      await next.signIn();
      expect(next.session).toBeDefined();
    },
  );

  it("is not caused by a malformed id, which is never looked up in the database [T36]", async () => {
    const person = system.browser();
    await person.visit("/login/wechat");
    db.current.breakage = "unavailable";
    for (const id of ["%00", "x", "01M0000000000000000000000%00", "..%2f..", "%F0%9F%A6%8A"]) {
      expect((await person.visit(`/login/ended/${id}`)).status, id).toBe(303);
      expect((await person.visit(`/login/wechat/profile?sign_in=${id}`)).status, id).toBe(410);
    }
    db.current.breakage = "none";
  });

  it("is answered by JSON with a fixed text if the error page itself cannot be rendered [T68]", async () => {
    const pages = async () => {
      throw new Error("ENOENT: no such file or directory, open '/var/lib/pages/en/home.html'");
    };
    const { server } = await buildApp({
      settings: system.settings,
      db: db.current,
      pages,
      logTo: { write() {} },
    });
    for (const url of ["/login/account", "/nowhere", "/login/profile/x"]) {
      const answer = await server.inject({ url, headers: { accept: "text/html" } });
      expect(answer.statusCode).toBe(500);
      expect(answer.json()).toEqual({ error: "Something went wrong here.", requestId: expect.any(String) });
    }
    await server.close();
  });

  it.each([
    ["busy", 503, "en", "This site is busy right now", "Please try again in a few seconds."],
    ["busy", 503, "zh-CN", "网站现在有点忙", "请过几秒再试一次。"],
    ["driver", 500, "en", "Something went wrong on our side", "give support the number below"],
    ["driver", 500, "zh-CN", "我们这边出错了", "请把下面的编号告诉网站客服。"],
  ] as const)(
    "(%s, %i) is told to a person in their language (%s): %s [T68]",
    async (breakage, status, language, title, sentence) => {
      db.current.breakage = breakage;
      const page = await system.browser({ language }).visit("/login/wechat");
      db.current.breakage = "none";
      expect([page.status, titleOf(page.html)]).toEqual([status, title]);
      expect(page.html).toContain(`<html lang="${language}">`);
      expect(page.html).toContain(sentence);
      expect(page.html).not.toContain("{{");
      expect(page.html.trimEnd()).toMatch(/<\/html>$/);
    },
  );
});
