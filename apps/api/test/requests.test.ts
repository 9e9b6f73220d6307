import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RawResponse, send, sendBytes } from "./support/raw-http.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.close());

describe("a request", () => {
  it("gets a 413 if its body is over 64 KiB, whatever its content type, and whether it has a Content-Length or is chunked [T37]", async () => {
    const body = JSON.stringify({ username: "a".repeat(70_000), password: "b" });
    for (const type of [
      "application/json",
      "text/plain",
      "multipart/form-data; boundary=x",
      "application/xml",
    ]) {
      const answer = await send(system, {
        method: "POST",
        path: "/admin/trpc/operator.signIn",
        headers: { "content-type": type, "content-length": String(body.length) },
        body,
      });
      expect(answer.status, type).toBe(413);
    }
    const chunked = await send(system, {
      method: "POST",
      path: "/admin/trpc/operator.signIn",
      headers: { "content-type": "application/json", "transfer-encoding": "chunked" },
      body,
    });
    expect(chunked.status).toBe(413);
    expect(chunked.text).not.toContain("aaaa");
  });

  it("is read up to exactly 64 KiB, and with headers under 16 KiB [T37]", async () => {
    const signIn = (length: number) => {
      const body = JSON.stringify({ username: "a", password: "b" });
      return send(system, {
        method: "POST",
        path: "/admin/trpc/operator.signIn",
        headers: { "content-type": "application/json", "content-length": String(length) },
        body: body + " ".repeat(length - body.length),
      });
    };
    expect((await signIn(64 * 1024)).status).toBe(401);
    expect((await signIn(64 * 1024 + 1)).status).toBe(413);
    expect((await send(system, { path: "/healthz", headers: { "x-long": "a".repeat(15_000) } })).status).toBe(
      200,
    );
  });

  it("that is slow, or a connection that is idle, is cut within 30 s", () => {
    const { server } = system.app.server;
    const { timeout, requestTimeout, headersTimeout, keepAliveTimeout } = server;
    expect({ timeout, requestTimeout, headersTimeout, keepAliveTimeout }).toEqual({
      timeout: 25_000,
      requestTimeout: 22_000,
      headersTimeout: 20_000,
      keepAliveTimeout: 10_000,
    });
  });

  it("gets a 431 if its headers are over 16 KiB, and the next one is answered [T37]", async () => {
    const answer = await sendBytes(
      system,
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ${"a".repeat(17_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect((await send(system, { path: "/healthz" })).status).toBe(200);
  });

  const post = "POST /trpc/session.signOut HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  it.each([
    ["a length and chunks", `${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["two lengths", `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ["a length that is a list", `${post}Content-Length: 2, 3\r\n\r\n{}`],
    ["a signed length", `${post}Content-Length: +2\r\n\r\n{}`],
    [
      "a transfer coding that does not end in chunked",
      `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    ],
    ["a blank before the colon", `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ["a folded header", `${post}Transfer-Encoding:\r\n chunked\r\nContent-Length: 2\r\n\r\n{}`],
    ["a line feed alone in a header", `${post}X-A: b\nContent-Length: 2\r\n\r\n{}`],
    ["a chunk size that is not a number", `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
    ["no host", "GET /healthz HTTP/1.1\r\n\r\n"],
    ["bytes that are not HTTP", "\u0016\u0003\u0001\u0000\u0000\r\n\r\n"],
  ])(
    "gets a single 400 for %s, and none of its bytes are answered as a second request [T38]",
    async (_, bytes) => {
      const answer = await sendBytes(system, bytes.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
      expect(answer.match(/HTTP\/1\.1 \d{3}/g)).toEqual(["HTTP/1.1 400"]);
    },
  );

  it.each([
    "/admin/trpc//people.list",
    "//admin/trpc/people.list",
    "/admin//trpc/people.list",
    "/ADMIN/TRPC/people.list",
    "/admin/trpc/people.list/",
    "/admin/trpc/people%2Elist",
    "/admin/trpc/people.list;x",
    "/admin/trpc/%70eople.list",
    "/admin/./trpc/people.list",
    "/trpc/../admin/trpc/people.list",
    "/trpc/..%2fadmin%2ftrpc%2fpeople.list",
    "/trpc/people.list",
    "/admin/trpc/session.get,people.list?batch=1",
  ])("gives an anonymous caller no data at %s [T39]", async (path) => {
    const answer = await send(system, { path });
    expect(answer.status).toBeGreaterThanOrEqual(207);
    expect(answer.text).not.toContain('"items"');
  });

  it("is answered with the one sentence for its mistake and its request id, as JSON", async () => {
    const json = { "content-type": "application/json" };
    const post = (headers: Record<string, string>, body = "{}") =>
      send(system, { method: "POST", path: "/trpc/session.signOut", headers, body });
    const answers: [RawResponse, number, string][] = [
      [await send(system, { path: "/nowhere" }), 404, "There is nothing here."],
      // Only a page is answered with a page.
      [
        await send(system, { method: "POST", path: "/nowhere", headers: { accept: "text/html" } }),
        404,
        "There is nothing here.",
      ],
      // Fastify itself refuses this one.
      [await post({ "content-type": "application/json-patch+json" }), 415, "Send application/json."],
      [await send(system, { path: "/%" }), 400, "The request cannot be understood."],
      [await post({ ...json, "content-length": "65537" }, "x".repeat(65_537)), 413, "The body is too large."],
      [
        await post({ ...json, "transfer-encoding": "chunked" }, "x".repeat(70_000)),
        413,
        "The body is too large.",
      ],
      [await post({ "content-type": "text/plain" }), 415, "Send application/json."],
      [await post({ "content-type": "application/jsonp" }), 415, "Send application/json."],
      [await post({ ...json, origin: "https://evil.example" }), 403, "This request came from another site."],
      [await post({ ...json, "sec-fetch-site": "same-site" }), 403, "This request came from another site."],
      [await send(system, { method: "PUT", path: "/trpc/session.get" }), 405, "Use GET or POST."],
    ];
    for (const [{ status, text, headers }, expected, error] of answers) {
      expect([status, JSON.parse(text)]).toEqual([
        ...[expected, { error, requestId: expect.stringMatching(/^[0-9A-Z]{26}$/) }],
      ]);
      expect(headers.allow).toBe(status === 405 ? "GET, HEAD, POST" : undefined);
    }
  });

  it("reaches its procedure from this origin's pages and from scripts, with a body of up to 64 KiB", async () => {
    const json = { "content-type": "application/json" };
    for (const headers of [
      json,
      { "content-type": "APPLICATION/JSON; charset=utf-8" },
      { ...json, origin: system.url },
      { ...json, origin: system.url, "sec-fetch-site": "same-origin" },
      { ...json, "sec-fetch-site": "none" },
    ]) {
      const body = `{"x":"${"x".repeat(65_536 - 8)}"}`;
      const length = { "content-length": String(body.length) };
      const answer = await send(system, {
        ...{ method: "POST", path: "/trpc/session.signOut", headers: { ...headers, ...length }, body },
      });
      expect([answer.status, body.length], JSON.stringify(headers)).toEqual([401, 65_536]);
      expect(answer.text).toContain('"appCode":"signed_out"');
    }
  });

  it("gets the fixed text, the security headers and a request id if its URL cannot be decoded [T68]", async () => {
    const unreadable = [
      "/%",
      "/trpc/%zz",
      "/%ff",
      `/trpc/${"a".repeat(6000)}`,
      "/login/profile/%E0%A4%A",
      "/admin/%c0%ae/",
    ];
    for (const path of unreadable) {
      const answer = await send(system, { path: `${path}?<script>` });
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
      expect(answer.status, path).toBeLessThan(500);
      expect(JSON.parse(answer.text)).toEqual({ error: expect.any(String), requestId: expect.any(String) });
      expect(answer.text).not.toContain("script");
      expect(answer.text).not.toContain("aaaa");
      expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    }
  });
});

describe("the limit of requests for each source", () => {
  it("counts those that begin or end a sign-in, for a minute, each route by itself, and no others [T100]", async () => {
    const limitsOf = async (path: string) => {
      const { headers } = await send(system, { path });
      return [headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"], headers["x-ratelimit-reset"]];
    };
    for (const path of [
      "/healthz",
      "/readyz",
      "/",
      "/login/account",
      "/nowhere",
      "/trpc/session.get",
      "/admin/trpc/operator.me",
    ]) {
      expect(await limitsOf(path), path).toEqual([undefined, undefined, undefined]);
    }
    system.advance(120);
    expect(await limitsOf("/login/wechat")).toEqual(["600", "599", "60"]);
    system.advance(20);
    expect(await limitsOf("/login/wechat")).toEqual(["600", "598", "40"]);
    expect(await limitsOf("/login/wechat/callback?state=x")).toEqual(["600", "599", "60"]);
  });

  it("is one for the ways past a question, and one for the steps of a bind link", async () => {
    const left: Record<string, unknown> = {};
    for (const path of ["/login/wechat/profile", "/login/wechat/leave", "/login/bind/x", "/login/bind"]) {
      left[path] = (await send(system, { path })).headers["x-ratelimit-remaining"];
    }
    const form = { method: "POST", path: "/login/bind/confirm/x", headers: { origin: system.url } };
    left[form.path] = (await send(system, form)).headers["x-ratelimit-remaining"];
    expect(left).toEqual({
      ...{ "/login/wechat/profile": "599", "/login/wechat/leave": "598" },
      ...{ "/login/bind/x": "599", "/login/bind": "598", "/login/bind/confirm/x": "597" },
    });
  });
});

describe("health", () => {
  it("reports only whether the service works [T71]", async () => {
    const healthy = await send(system, { path: "/healthz" });
    expect([healthy.status, healthy.text]).toEqual([200, '{"status":"ok"}']);
    const ready = await send(system, { path: "/readyz" });
    expect([ready.status, ready.text]).toEqual([200, '{"status":"ok"}']);
  });

  it("reports 503 at /readyz while draining, and there is no public metrics or debug page [T71]", async () => {
    for (const path of [
      "/metrics",
      "/debug",
      "/debug/pprof",
      "/status",
      "/info",
      "/trpc",
      "/admin/trpc/",
      "/.env",
    ]) {
      expect((await send(system, { path })).status, path).toBe(404);
    }
    const headers = { connection: "keep-alive" };
    const before = await send(system, { path: "/healthz", headers });
    expect(before.headers.connection).toBe("keep-alive");
    system.app.startDraining();
    const ready = await send(system, { path: "/readyz" });
    expect([ready.status, ready.text]).toEqual([503, '{"status":"not ready"}']);
    const healthy = await send(system, { path: "/healthz", headers });
    expect([healthy.status, healthy.text, healthy.headers.connection]).toEqual([
      ...[200, '{"status":"ok"}', "close"],
    ]);
  });
});
