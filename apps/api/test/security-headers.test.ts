import { Readable } from "node:stream";
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addSecurityHeaders,
  allowFormsTo,
  allowStyleNonce,
  createSecurityHeaders,
} from "../src/http/headers.js";
import { type RawResponse, send } from "./support/raw-http.js";
import { type System, startSystem } from "./support/system.js";

/** @param pictures what follows WeChat's own picture hosts. */
const policyWith = (pictures: string) => [
  "default-src 'none'",
  "script-src 'self'",
  `img-src 'self' data: https://thirdwx.qlogo.cn https://wx.qlogo.cn${pictures}`,
  "connect-src 'self'",
  "font-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "style-src 'self'",
];

const always = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};

describe("the security headers", () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ env: { RATE_LIMIT: "3" } });
  });
  afterAll(() => system.close());

  function expectAll({ headers }: RawResponse, path: string): void {
    expect(String(headers["content-security-policy"]).split(/; ?/), path).toEqual(
      policyWith(` ${system.simulator.url}`),
    );
    expect(headers, path).toMatchObject({ ...always, "cache-control": "no-store" });
    expect(headers["x-powered-by"], path).toBeUndefined();
    expect(headers["strict-transport-security"], path).toBeUndefined();
  }

  it("come with a page, JSON, an unknown path and a URL that no router can read [T53, T54, T55, T56]", async () => {
    for (const path of ["/login/account", "/trpc/session.get", "/nowhere", "/%", "/trpc/%zz", "/%E0%A4%A"]) {
      const answer = await send(system, { path });
      expectAll(answer, path);
      expect(answer.headers["referrer-policy"], path).toBe("same-origin");
    }
  });

  it("come with a refusal of the rate limit, which answers before any route does [T55]", async () => {
    let answer = await send(system, { path: "/login/wechat" });
    for (let round = 0; round < 4; round++) answer = await send(system, { path: "/login/wechat" });
    expect(answer.status).toBe(429);
    expectAll(answer, "/login/wechat");
  });

  it("come with a refused method, body and origin [T55]", async () => {
    const path = "/trpc/session.signOut";
    const refused = [
      await send(system, { path, method: "PUT" }),
      await send(system, { path, method: "POST", headers: { "content-type": "text/plain" }, body: "x" }),
      await send(system, { path, method: "POST", headers: { origin: "https://other.example" } }),
      await send(system, { path, method: "POST", headers: { "content-length": String(1 << 20) } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([405, 415, 403, 413]);
    for (const answer of refused) expectAll(answer, path);
  });

  it("forbid referrers from the callback and from the page that replaces its address [T18]", async () => {
    for (const path of ["/login/wechat/callback?state=x&code=y", "/login/ended/x"]) {
      const answer = await send(system, { path });
      expectAll(answer, path);
      expect(answer.headers["referrer-policy"], path).toBe("no-referrer");
    }
  });
});

describe("the security headers of an app", () => {
  async function headersOf(
    settings: Parameters<typeof createSecurityHeaders>[0],
    handler = async (): Promise<unknown> => "text",
  ) {
    const app = Fastify();
    addSecurityHeaders(app, createSecurityHeaders(settings));
    app.get("/own", async (_request, reply) =>
      reply.header("cache-control", "max-age=60").header("x-frame-options", "SAMEORIGIN").send("text"),
    );
    app.get("/nonce", async (_request, reply) => allowStyleNonce(reply));
    app.get("/forms", async (_request, reply) => allowFormsTo(reply, "https://shop.example"));
    app.get("/", handler);
    const answers = {
      plain: await app.inject("/"),
      own: await app.inject("/own"),
      nonce: await app.inject("/nonce"),
      forms: await app.inject("/forms"),
    };
    await app.close();
    return answers;
  }
  const production = {
    publicUrl: new URL("https://login.example.com"),
    viteServers: undefined,
    simulatorUrl: undefined,
  };

  it("can be overridden by a route", async () => {
    const { own } = await headersOf(production);
    expect(own.headers["cache-control"]).toBe("max-age=60");
    expect(own.headers["x-frame-options"]).toBe("SAMEORIGIN");
    expect(own.headers["x-content-type-options"]).toBe("nosniff");
  });

  it("are these and no others [T55]", async () => {
    const { plain } = await headersOf(production);
    const { date: _, connection: __, "content-security-policy": policy, ...others } = plain.headers;
    expect(String(policy).split(/; ?/)).toEqual(policyWith(""));
    expect(others).toEqual({
      ...always,
      "referrer-policy": "same-origin",
      "strict-transport-security": "max-age=31536000",
      "cache-control": "no-store",
      "content-type": "text/plain; charset=utf-8",
      "content-length": "4",
    });
  });

  it("include HSTS for a year if the public address is https [T55]", async () => {
    const { plain } = await headersOf(production);
    expect(plain.headers["strict-transport-security"]).toBe("max-age=31536000");
  });

  it("come with an error that a handler throws [T55]", async () => {
    const { plain } = await headersOf(production, async () => {
      throw new Error("a handler failed");
    });
    expect(plain.statusCode).toBe(500);
    expect(plain.headers).toMatchObject(always);
  });

  it("replace the headers of a file if an error takes the place of its body [T56, T68]", async () => {
    const app = Fastify();
    addSecurityHeaders(app, createSecurityHeaders(production));
    app.get("/", async (_request, reply) =>
      reply
        .headers({ "cache-control": "public, max-age=31536000, immutable", etag: '"1"', "retry-after": "7" })
        .headers({ "content-encoding": "br", "last-modified": "Sat, 28 Nov 2026 00:00:00 GMT" })
        .headers({ "content-disposition": "attachment", "content-range": "bytes 0-9/10" })
        .type("text/css")
        .send(
          new Readable({
            read() {
              this.destroy(new Error("the disk failed"));
            },
          }),
        ),
    );
    app.setErrorHandler(async (_error, _request, reply) => reply.code(500).send({ error: "fixed" }));
    const { statusCode, headers, body } = await app.inject("/");
    expect([statusCode, headers["cache-control"], headers["retry-after"]]).toEqual([500, "no-store", "7"]);
    expect(body).toBe('{"error":"fixed"}');
    expect(headers["content-type"]).toMatch(/^application\/json/);
    for (const name of [
      ...["etag", "content-encoding", "last-modified", "content-disposition", "content-range"],
    ]) {
      expect(headers[name], name).toBeUndefined();
    }
    await app.close();
  });

  it("allow style tags with a nonce in the console's page, no more scripts, and pictures of this server alone [T53, T58]", async () => {
    const { nonce } = await headersOf(production);
    expect(String(nonce.headers["content-security-policy"]).split(/; ?/)).toEqual([
      ...policyWith("")
        .slice(0, -1)
        .map((directive) => directive.replace(/^img-src .*/, "img-src 'self' data:")),
      `style-src 'self' 'nonce-${nonce.body}'`,
    ]);
  });

  it("let the forms of a page lead to one more origin, and allow nothing else besides [T53]", async () => {
    const { forms } = await headersOf(production);
    expect(String(forms.headers["content-security-policy"]).split(/; ?/)).toEqual(
      policyWith("").map((directive) => directive.replace(/^form-action .*/, "$& https://shop.example")),
    );
  });

  it("allow Vite's client in development, and still forbid framing", async () => {
    const { plain } = await headersOf({
      publicUrl: new URL("http://localhost:4000"),
      simulatorUrl: "http://127.0.0.1:4010",
      viteServers: { login: "http://127.0.0.1:4001", admin: "http://127.0.0.1:4002" },
    });
    expect(String(plain.headers["content-security-policy"]).split(/; ?/)).toEqual([
      "default-src 'self'",
      "script-src 'self' 'unsafe-inline'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: https://thirdwx.qlogo.cn https://wx.qlogo.cn http://127.0.0.1:4010",
      "connect-src 'self' ws:",
      "worker-src 'self' blob:",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
  });
});
