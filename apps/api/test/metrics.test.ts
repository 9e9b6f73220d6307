import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Metrics } from "../src/domain/metrics.js";
import { keepAppTokensFresh } from "../src/domain/tokens/app-tokens.js";
import { userAgents } from "./support/browser.js";
import { freePort } from "./support/free-port.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

const token = "Zk4pV9wQ2rT7yB1nM6xC8dF3gH5jL0aS";
let system: System;
beforeAll(async () => {
  system = await startSystem({ env: { METRICS_TOKEN: token, RATE_LIMIT: "off" } });
});
afterAll(() => system.close());

const read = (authorization?: string) =>
  fetch(`${system.url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });

/** The samples of this system's own metrics, without those of Node: `name{labels} value`. */
async function samples(): Promise<string[]> {
  const text = await (await read(`Bearer ${token}`)).text();
  return text.split("\n").filter((line) => !/^(#|process_|nodejs_|$)/.test(line));
}
const only = async (name: string) => (await samples()).filter((line) => line.startsWith(name));
const series = async () => (await samples()).map((line) => line.slice(0, line.lastIndexOf(" ")));

describe("the metrics", () => {
  it("answer the bearer of METRICS_TOKEN, and no other caller [T71]", async () => {
    const answers = [];
    for (const authorization of [undefined, "", token, `Bearer ${token}x`, `Bearer ${token.toLowerCase()}`]) {
      const answer = await read(authorization);
      const { status, headers } = answer;
      answers.push([
        status,
        headers.get("www-authenticate"),
        headers.get("cache-control"),
        await answer.json(),
      ]);
    }
    const error = "Send METRICS_TOKEN as a bearer token.";
    expect(answers).toEqual(Array(5).fill([401, "Bearer", "no-store", { error }]));
    const { status, headers } = await read(`Bearer ${token}`);
    expect([status, headers.get("content-type"), headers.get("cache-control")]).toEqual([
      ...[200, "text/plain; version=0.0.4; charset=utf-8", "no-store"],
    ]);
  });

  it("have a token that no line of the log repeats [T64]", () => {
    system.app.deps.log.info({ event: "sample", err: new Error(`refused ${token}`) }, "a sample");
    const line = JSON.parse(system.logLines.at(-1) ?? "");
    expect(line).toMatchObject({ event: "sample", err: { message: "refused [redacted]" } });
    expect(system.logLines.join("")).not.toContain(token);
  });

  it("are read every few seconds without a line in the log", async () => {
    const routes = () => system.logLines.map((line) => JSON.parse(line).route);
    expect((await read(`Bearer ${token}`)).status).toBe(200);
    await fetch(`${system.url}/nowhere/after-the-scrape`);
    await vi.waitFor(() => expect(routes()).toContain("(none)"));
    expect(routes()).not.toContain("/metrics");
  });

  it("count sign-ins by outcome, calls to WeChat by errcode and fetches of tokens, each app by its key", async () => {
    const { simulator, app } = system;
    await system.browser({ person: "alice" }).signIn();
    await system.browser({ person: "alice" }).signIn();
    await system.browser({ person: "alice", userAgent: userAgents.desktop }).signIn();
    simulator.fail("access_token", { kind: "errcode", errcode: 40029 });
    await system.browser().signIn();
    simulator.fail("access_token", { kind: "errcode", errcode: 91_234_567 });
    await system.browser().signIn();
    simulator.fail("stable_token", { kind: "errcode", errcode: -1 });
    await keepAppTokensFresh(app.deps);
    app.deps.callCounts.add(new Date(), "wx-not-configured", "sign_in", "abandoned");

    expect((await only("sign_ins_total")).sort()).toEqual([
      'sign_ins_total{app="oa",outcome="failed"} 2',
      'sign_ins_total{app="oa",outcome="signed_in"} 2',
      'sign_ins_total{app="other",outcome="abandoned"} 1',
      'sign_ins_total{app="web",outcome="signed_in"} 1',
    ]);
    const calls = 'wechat_api_calls_total{app="oa",endpoint=';
    expect((await only(calls)).sort()).toEqual([
      `${calls}"cgi-bin/stable_token",errcode="-1"} 1`,
      `${calls}"cgi-bin/stable_token",errcode="0"} 1`,
      `${calls}"sns/oauth2/access_token",errcode="0"} 3`,
      `${calls}"sns/oauth2/access_token",errcode="40029"} 1`,
      `${calls}"sns/oauth2/access_token",errcode="other"} 1`,
      `${calls}"sns/userinfo",errcode="0"} 1`,
    ]);
    // The call that WeChat was too busy for was repeated: one fetch.
    expect(await only("wechat_token_fetches_total")).toEqual([
      'wechat_token_fetches_total{app="oa",kind="access_token",errcode="0"} 1',
    ]);
  });

  it("tell how long a process waited for the lease of another one, in seconds", async () => {
    const metrics = new Metrics(system.app.deps.apps);
    metrics.countLeaseWait(system.officialAccount.appId, "access_token", 300);
    const { body } = await metrics.text();
    const [shorter, longer] = [
      ["0.05", "0.1", "0.25"],
      ["0.5", "1", "2.5", "5", "10", "20", "+Inf"],
    ];
    expect(body.split("\n").filter((line) => line.startsWith("lease_wait_seconds_"))).toEqual([
      ...shorter.map((le) => `lease_wait_seconds_bucket{le="${le}",app="oa",kind="access_token"} 0`),
      ...longer.map((le) => `lease_wait_seconds_bucket{le="${le}",app="oa",kind="access_token"} 1`),
      'lease_wait_seconds_sum{app="oa",kind="access_token"} 0.3',
      'lease_wait_seconds_count{app="oa",kind="access_token"} 1',
    ]);
  });

  it("name the methods of HTTP, and no others", async () => {
    const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];
    const metrics = new Metrics(system.app.deps.apps);
    for (const method of [...methods, "get", "MKCOL"]) {
      metrics.countRequest({ method, route: "/login", status: 200, ms: 1 });
    }
    const { body } = await metrics.text();
    const counts = body
      .split("\n")
      .filter((line) => line.startsWith("http_server_request_duration_seconds_count"));
    expect(counts.map((line) => /method="(\w+)".* (\d+)$/.exec(line)?.slice(1))).toEqual([
      ...methods.map((method) => [method, "1"]),
      ["_OTHER", "2"],
    ]);
  });

  it("tell how long a request took, in seconds", async () => {
    const metrics = new Metrics(system.app.deps.apps);
    metrics.countRequest({ method: "GET", route: "/login", status: 200, ms: 300 });
    const { body } = await metrics.text();
    const labels = 'http_request_method="GET",http_route="/login",http_response_status_code="200"';
    const shorter = ["0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25"];
    const longer = ["0.5", "0.75", "1", "2.5", "5", "7.5", "10", "+Inf"];
    const bucket = (le: string) => `http_server_request_duration_seconds_bucket{le="${le}",${labels}}`;
    expect(
      body.split("\n").filter((line) => line.startsWith("http_server_request_duration_seconds_")),
    ).toEqual([
      ...shorter.map((le) => `${bucket(le)} 0`),
      ...longer.map((le) => `${bucket(le)} 1`),
      `http_server_request_duration_seconds_sum{${labels}} 0.3`,
      `http_server_request_duration_seconds_count{${labels}} 1`,
    ]);
  });

  it("have a bounded number of series, whatever is requested and WeChat answers, and name no person [T123]", async () => {
    const { simulator, app } = system;
    const browser = system.browser({ person: "bob" });
    await browser.signIn();
    await fetch(`${system.url}/login/ended/first`, { redirect: "manual" });
    await fetch(`${system.url}/nowhere`);
    await app.server.inject({ method: "PROPFIND" as "GET", url: "/nowhere" });
    const before = await series();
    expect(before).toContain(
      'http_server_request_duration_seconds_count{http_request_method="GET",http_route="/login/ended/:id",http_response_status_code="303"}',
    );
    expect(before).toContain(
      'http_server_request_duration_seconds_count{http_request_method="_OTHER",http_route="",http_response_status_code="404"}',
    );
    for (let n = 0; n < 20; n++) {
      await fetch(`${system.url}/login/ended/number-${n}`, { redirect: "manual" });
      await fetch(`${system.url}/nowhere-${n}`);
      await app.server.inject({ method: "MKCOL" as "GET", url: `/nowhere-${n}` });
      app.deps.callCounts.add(new Date(), `wx${n}`, "sign_in", "abandoned");
    }
    for (let n = 0; n < 3; n++) {
      simulator.fail("access_token", { kind: "errcode", errcode: 81_000_000 + n });
      await system.browser().signIn();
    }
    expect(await series()).toEqual(before);
    const [bob] = await rowsOf(system.db, "bindings");
    const text = await (await read(`Bearer ${token}`)).text();
    for (const named of [bob?.openid, bob?.nickname, system.officialAccount.appId, "127.0.0.1", "::1"]) {
      expect(named).toMatch(/./);
      expect(text).not.toContain(named);
    }
  });
});

describe("the dashboard for Grafana", () => {
  it("asks for metrics and labels that /metrics has", async () => {
    const file = readFileSync(new URL("../../../docs/grafana-dashboard.json", import.meta.url), "utf8");
    const queries = [...file.matchAll(/"(?:expr|query)": "((?:[^"\\]|\\.)*)"/g)]
      .map(([, text]) => JSON.parse(`"${text}"`) as string)
      .filter((text) => text !== "prometheus");
    expect(queries.length).toBeGreaterThan(9);
    const text = await (await read(`Bearer ${token}`)).text();
    const help = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    const labels = new Set([...text.matchAll(/([a-z_]+)="/g)].map(([, name]) => name));
    const asked = queries.map((query) => {
      const plain = query.replace(/"[^"]*"/g, "");
      const names = [...plain.matchAll(/\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g)]
        .map(([name]) => name.replace(/_(bucket|count|sum)$/, ""))
        .filter((name) => !/^(histogram_quantile|label_values|rate_interval|__.*)$/.test(name));
      return { query, unknown: names.filter((name) => !help.includes(name) && !labels.has(name)) };
    });
    expect(asked.filter(({ unknown }) => unknown.length > 0)).toEqual([]);
  });
});

describe("INTERNAL_PORT", () => {
  it.each([
    ["without METRICS_TOKEN", {}, undefined, 200],
    ["with METRICS_TOKEN, to a caller that does not send it", { METRICS_TOKEN: token }, undefined, 401],
    ["with METRICS_TOKEN, to its bearer", { METRICS_TOKEN: token }, `Bearer ${token}`, 200],
  ])(
    "serves the metrics and the health, which the public port does not tell: %s [T71]",
    async (_, env, authorization, status) => {
      const internal = await startSystem({ env: { ...env, INTERNAL_PORT: String(await freePort()) } });
      try {
        const { server, internal: own, startDraining } = internal.app;
        const headers = authorization === undefined ? {} : { authorization };
        const ask = async (app: typeof server | undefined, url: string) =>
          (await app?.inject({ url, headers }))?.statusCode;
        await internal.browser({ person: "alice" }).signIn();

        const answer = await own?.inject({ url: "/metrics", headers });
        expect([answer?.statusCode, answer?.headers["cache-control"]]).toEqual([status, "no-store"]);
        if (status === 200)
          expect(answer?.body).toContain('sign_ins_total{app="oa",outcome="signed_in"} 1\n');
        expect(await ask(server, "/metrics")).toBe(404);
        expect([await ask(own, "/healthz"), await ask(own, "/readyz")]).toEqual([200, 200]);
        expect(await ask(own, "/login")).toBe(404);
        startDraining();
        expect([await ask(own, "/healthz"), await ask(own, "/readyz")]).toEqual([200, 503]);
      } finally {
        await internal.close();
      }
    },
  );

  it("is needed for a second server, with METRICS_TOKEN and without", async () => {
    const plain = await startSystem();
    try {
      expect([system.app.internal, plain.app.internal]).toEqual([undefined, undefined]);
    } finally {
      await plain.close();
    }
  });
});
