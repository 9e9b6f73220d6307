import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { DatabaseError } from "../src/db/database.js";
import { revokeKey } from "../src/domain/hosts/api-keys.js";
import { operations } from "../src/domain/hosts/operations/index.js";
import { createHost, type Host } from "./support/hosts.js";
import { send } from "./support/raw-http.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
let shop: Host;
beforeAll(async () => {
  system = await startSystem();
  shop = await createHost(system, { scopes: ["tickets", "tokens"] });
  await createHost(system, { id: "other", origin: "https://other.example" });
});
afterAll(() => system.close());

const headers = () => ({ authorization: `Bearer ${shop.key}` });
const json = () => ({ ...headers(), "content-type": "application/json" });

/** A request as it is sent, and the problem that answers it. */
async function problemOf(raw: { method?: string; path: string; headers?: object; body?: string | Buffer }) {
  const answer = await send(system, { headers: headers(), ...raw } as Parameters<typeof send>[1]);
  expect(answer.headers).toMatchObject({
    "content-type": "application/problem+json; charset=utf-8",
    "cache-control": "no-store",
  });
  expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  const { requestId, ...problem } = JSON.parse(answer.text);
  expect(requestId).toMatch(/^[0-9A-Z]{26}$/);
  return problem;
}

const problem = (status: number, code: string, title: string, detail: string) => ({
  ...{ type: `/api/v1/docs#${code}`, title, status, detail, code },
});

describe("the host API", () => {
  it("tells a key whose it is and what it may do", async () => {
    expect(await shop.call("GET", "/client")).toEqual({
      status: 200,
      body: {
        id: "shop",
        name: "The shop",
        origins: ["https://shop.example"],
        redirectPaths: ["/wechat/return"],
        scopes: ["tickets", "tokens"],
      },
    });
  });

  it("sends no-store, no CORS header, and how much of the key's limit is left", async () => {
    const fresh = await createHost(system, { id: "fresh" });
    const answer = await send(system, {
      path: "/api/v1/client",
      headers: { authorization: `bearer ${fresh.key}`, origin: system.url },
    });
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "ratelimit-limit": "600",
      "ratelimit-remaining": "599",
      "ratelimit-reset": expect.stringMatching(/^(60|59)$/),
    });
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  const report = "/api/v1/apps/oa/token/invalid";
  const unknownPath = problem(
    404,
    "path_unknown",
    "Path unknown",
    "No operation has this method and path: see /api/v1/docs.",
  );
  const foreign = problem(
    403,
    "foreign_origin",
    "Foreign origin",
    "This request came from a page of another site.",
  );
  const input = (detail: string) => problem(400, "input_invalid", "Input invalid", detail);
  it.each([
    ["an unknown path", () => ({ path: "/api/v1/clients" }), unknownPath],
    ["an unknown path without a key", () => ({ path: "/api/v1/users/1/2/3", headers: {} }), unknownPath],
    ["the API's root", () => ({ path: "/api/v1" }), unknownPath],
    [
      "an address that no router can read",
      () => ({ path: "/api/v1/users/%" }),
      problem(400, "request_invalid", "Request invalid", "The request cannot be understood."),
    ],
    [
      "a part of the path that is too long for any id",
      () => ({ path: `/api/v1/users/${"x".repeat(5001)}` }),
      problem(400, "request_invalid", "Request invalid", "The request cannot be understood."),
    ],
    ["a method that a path does not have", () => ({ method: "DELETE", path: "/api/v1/client" }), unknownPath],
    ["a preflight", () => ({ method: "OPTIONS", path: "/api/v1/client" }), unknownPath],
    [
      "a request without a key, before its body is read",
      () => ({ method: "POST", path: report, headers: { "content-type": "text/xml" }, body: "<x/>" }),
      problem(
        401,
        "key_invalid",
        "Key invalid",
        "Send Authorization: Bearer, with a key of this host application.",
      ),
    ],
    [
      "two keys, of which neither counts",
      () => ({
        path: "/api/v1/client",
        headers: { authorization: [`Bearer ${shop.key}`, `Bearer ${shop.key}`] },
      }),
      problem(
        401,
        "key_invalid",
        "Key invalid",
        "Send Authorization: Bearer, with a key of this host application.",
      ),
    ],
    [
      "a filter in the body of GET",
      () => ({
        method: "GET",
        path: "/api/v1/client",
        headers: { ...json(), "content-length": "19" },
        body: '{"externalId":"42"}',
      }),
      input("This operation takes its fields in the query, and has no body."),
    ],
    [
      "a key without the scope, before its body is read",
      () => ({ method: "POST", path: "/api/v1/apps/oa/js-sdk-signature", headers: json(), body: "{" }),
      problem(403, "scope_missing", "Scope missing", "This key lacks the scope jssdk."),
    ],
    [
      "a page of another site",
      () => ({ path: "/api/v1/client", headers: { ...headers(), origin: "https://shop.example" } }),
      foreign,
    ],
    [
      "a browser on another site",
      () => ({ path: "/api/v1/client", headers: { ...headers(), "sec-fetch-site": "cross-site" } }),
      foreign,
    ],
    [
      "a body that is not JSON",
      () => ({ method: "POST", path: report, headers: json(), body: '{"generation":' }),
      problem(400, "json_invalid", "Json invalid", "The body is not JSON."),
    ],
    [
      "a body in GBK, whose names would become one if it were read as UTF-8",
      () => ({
        ...{ method: "POST", path: report, headers: json() },
        body: Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xd5, 0xc5, 0x22, 0x7d]), // {"a":"张"}
      }),
      problem(400, "json_invalid", "Json invalid", "The body is not UTF-8."),
    ],
    [
      "a body that is no object",
      () => ({ method: "POST", path: report, headers: json(), body: "[1]" }),
      problem(400, "json_invalid", "Json invalid", "The body is a JSON object, with a field for each input."),
    ],
    [
      "a body that would set a prototype",
      () => ({ method: "POST", path: report, headers: json(), body: '{"__proto__":{"generation":1}}' }),
      problem(400, "json_invalid", "Json invalid", "The body is not JSON."),
    ],
    [
      "a body of another type",
      () => ({
        ...{ method: "POST", path: report, body: "generation=1" },
        headers: { ...headers(), "content-type": "application/x-www-form-urlencoded" },
      }),
      problem(415, "media_type", "Media type", "Send Content-Type: application/json."),
    ],
    [
      "a body of plain text, which a page could send without asking",
      () => ({
        ...{ method: "POST", path: report, body: '{"generation":1}' },
        headers: { ...headers(), "content-type": "text/plain" },
      }),
      problem(415, "media_type", "Media type", "Send Content-Type: application/json."),
    ],
    [
      "a body that is too large",
      () => ({
        ...{ method: "POST", path: report, headers: json() },
        body: JSON.stringify({ generation: 1, x: "x".repeat(256 * 1024) }),
      }),
      problem(413, "body_too_large", "Body too large", "The body is too large: send less at once."),
    ],
    [
      "an empty body",
      () => ({ method: "POST", path: report, headers: json(), body: "" }),
      input("generation: Invalid input: expected number, received undefined"),
    ],
    [
      "unknown and wrong fields, each by its name",
      () => ({
        method: "POST",
        path: report,
        headers: json(),
        body: '{"generation":"1","Generation":1,"x":2}',
      }),
      input("generation: Invalid input: expected number, received string; unknown field Generation, x"),
    ],
    [
      "an unknown field in the query",
      () => ({ path: "/api/v1/client?verbose=1" }),
      input("unknown field verbose"),
    ],
    [
      "a field in the query that belongs in the body",
      () => ({ method: "POST", path: `${report}?generation=1`, headers: json(), body: "{}" }),
      input("generation: this operation takes its fields in the JSON body."),
    ],
    [
      "a part of the path that is given again",
      () => ({ method: "POST", path: report, headers: json(), body: '{"key":"web","generation":1}' }),
      input("key: it is a part of the path, and given again."),
    ],
    [
      "NUL, which PostgreSQL cannot store",
      () => ({ path: "/api/v1/apps/o%00a/token" }),
      input("A text contains the character U+0000, which cannot be stored."),
    ],
    [
      "an Idempotency-Key that is none",
      () => ({
        ...{ method: "POST", path: report, body: '{"generation":1}' },
        headers: { ...json(), "idempotency-key": "a b" },
      }),
      input("Idempotency-Key: 1 to 200 visible ASCII characters, such as a UUID."),
    ],
  ])("answers %s with a problem that says what to do", async (_what, request, expected) => {
    expect(await problemOf(request())).toEqual(expected);
  });

  it("says when to try again while the database is away, and nothing of what went wrong inside", async () => {
    const { run } = system.db;
    const failing = (error: Error) => {
      system.db.run = (statement, values) =>
        statement.name === "find_api_key" ? Promise.reject(error) : run(statement, values);
      return send(system, { path: "/api/v1/client", headers: headers() });
    };
    const busy = await failing(new DatabaseError("unavailable", { cause: new Error("disk full") }));
    const bug = await failing(new Error("a bug: SELECT secret FROM api_keys"));
    system.db.run = run;
    expect([busy.status, busy.headers["retry-after"], JSON.parse(busy.text)]).toEqual([
      503,
      "1",
      {
        ...problem(503, "unavailable", "Unavailable", "The service is busy. Try again in a moment."),
        requestId: expect.any(String),
      },
    ]);
    expect([bug.status, bug.headers["retry-after"], JSON.parse(bug.text)]).toEqual([
      500,
      undefined,
      {
        ...problem(500, "internal", "Internal", "Something went wrong here. Quote requestId to support."),
        requestId: expect.any(String),
      },
    ]);
    expect((await shop.call("GET", "/client")).status).toBe(200);
  });

  it("refuses a revoked key at the next request, on another process too, and logs no key [T106, T110]", async () => {
    const second = await startSystem({ db: system.db, simulator: system.simulator });
    const host = await createHost(system, { id: "revoked" });
    const statusAt = async ({ url }: System) => {
      const answer = await fetch(`${url}/api/v1/client`, {
        headers: { authorization: `Bearer ${host.key}` },
      });
      return [answer.status, answer.headers.get("www-authenticate")];
    };
    expect([await statusAt(system), await statusAt(second)]).toEqual([
      [200, null],
      [200, null],
    ]);
    const keyId = (await rowsOf(system.db, "apiKeys")).find(({ clientId }) => clientId === "revoked")?.id;
    await revokeKey(system.app.deps, keyId ?? "");
    expect([await statusAt(second), await statusAt(system)]).toEqual([
      [401, "Bearer"],
      [401, "Bearer"],
    ]);
    const log = [...system.logLines, ...second.logLines].join("");
    await second.close();
    expect(log).toContain('"event":"host_request_refused"');
    for (const { key } of [host, shop]) expect(log).not.toContain(key.slice(4));
  });

  it("counts a key's calls, over all processes within a second, and tells it when to go on", async () => {
    const options = { env: { RATE_LIMIT: "10" }, db: system.db, simulator: system.simulator };
    const [one, two] = [await startSystem(options), await startSystem(options)];
    const host = await createHost(one, { id: "eager" });
    const call = async ({ url }: System) => {
      const answer = await fetch(`${url}/api/v1/client`, {
        headers: { authorization: `Bearer ${host.key}` },
      });
      return [answer.status, answer.headers.get("ratelimit-remaining"), answer.headers.get("retry-after")];
    };
    const answers = [];
    for (let n = 0; n < 11; n++) answers.push(await call(one));
    const refused = [429, "0", expect.stringMatching(/^\d+$/)];
    expect(answers).toEqual([...Array.from({ length: 10 }, (_, n) => [200, `${9 - n}`, null]), refused]);
    for (const { advance } of [one, two]) advance(1);
    expect(await call(one)).toEqual(refused);
    await vi.waitFor(async () => expect(await call(two)).toEqual(refused));
    expect((await shop.call("GET", "/client")).status).toBe(200);
    await Promise.all([one.close(), two.close()]);
  });

  it("answers a repeated request with the same Idempotency-Key as the first one [T115]", async () => {
    await shop.call("GET", "/apps/oa/token");
    const repeat = () =>
      send(system, {
        ...{ method: "POST", path: report, body: '{"generation":0}' },
        headers: { ...json(), "idempotency-key": "3f1c" },
      });
    const [first, second] = [await repeat(), await repeat()];
    expect([first.status, second.status, second.text]).toEqual([200, 200, first.text]);
    expect([first, second].map((answer) => answer.headers["idempotency-replayed"])).toEqual([
      undefined,
      "true",
    ]);
  });

  it("answers 409 to a repetition while the first request with its Idempotency-Key is under way [T115]", async () => {
    const { run } = system.db;
    let end = () => {};
    const ending = new Promise<void>((resolve) => {
      end = resolve;
    });
    const isUnderWay = new Promise<void>((resolve) => {
      system.db.run = async (statement, values) => {
        if (statement.name === "complete_idempotency_key") {
          resolve();
          await ending;
        }
        return run(statement, values);
      };
    });
    const repeat = () =>
      send(system, {
        ...{ method: "POST", path: report, body: '{"generation":0}' },
        headers: { ...json(), "idempotency-key": "under-way" },
      });
    const first = repeat();
    await isUnderWay;
    const second = await repeat();
    system.db.run = run;
    end();
    expect([second.status, second.headers["retry-after"], JSON.parse(second.text)]).toEqual([
      ...[409, "1"],
      {
        ...problem(
          ...([409, "idempotency_in_progress", "Idempotency in progress"] as const),
          "The first request with this key has not ended yet.",
        ),
        requestId: expect.any(String),
      },
    ]);
    const { status, text } = await first;
    expect([status, (await repeat()).text]).toEqual([200, text]);
  });

  describe("over tRPC", () => {
    const call = async (path: string, input: object | undefined, method = "GET", more: object = {}) => {
      const query = method === "GET" && input ? `?input=${encodeURIComponent(JSON.stringify(input))}` : "";
      const answer = await send(system, {
        method,
        path: `/trpc/host.${path}${query}`,
        headers: { ...(method === "GET" ? headers() : json()), ...more },
        ...(method === "GET" ? {} : { body: JSON.stringify(input) }),
      });
      const { result, error } = JSON.parse(answer.text);
      return result?.data ?? [answer.status, error.data.appCode, error.message];
    };

    it("has the same operations with the same answers", async () => {
      expect(await call("client.get", undefined)).toEqual((await shop.call("GET", "/client")).body);
      expect(await call("apps.reportTokenInvalid", { key: "oa", generation: 0 }, "POST")).toEqual(
        (await shop.call("POST", "/apps/oa/token/invalid", { generation: 0 })).body,
      );
    });

    it("refuses a call from a page of another site, a query too, before the key is looked at [T32, T106]", async () => {
      const marks = [
        { origin: "https://shop.example" },
        { origin: "null" },
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
        { referer: "https://shop.example/" },
      ];
      const refused = [403, "foreign_origin", "This request came from a page of another site."];
      for (const mark of marks) {
        expect(await call("client.get", undefined, "GET", mark)).toEqual(refused);
        expect(await call("client.get", undefined, "GET", { ...mark, authorization: "" })).toEqual(refused);
        const body = JSON.stringify({ key: "oa", generation: 0 });
        const path = "/trpc/host.apps.reportTokenInvalid";
        const sent = await send(system, { method: "POST", path, headers: { ...json(), ...mark }, body });
        expect(sent.status).toBe(403);
      }
      const client = (await shop.call("GET", "/client")).body;
      for (const mark of [{ origin: system.url }, { "sec-fetch-site": "none" }]) {
        expect(await call("client.get", undefined, "GET", mark)).toEqual(client);
      }
    });

    it("refuses each procedure to a caller without a key [T106]", async () => {
      const unauthorized = { code: "UNAUTHORIZED", httpStatus: 401, appCode: "key_invalid" };
      for (const { name, method } of operations) {
        const answer = await send(system, {
          ...{ method: method === "GET" ? "GET" : "POST", path: `/trpc/host.${name}` },
          headers: { "content-type": "application/json" },
          ...(method === "GET" ? {} : { body: "{}" }),
        });
        const { data } = JSON.parse(answer.text).error;
        expect([name, answer.status, data]).toEqual([name, 401, expect.objectContaining(unauthorized)]);
      }
    });

    it("has the same refusals", async () => {
      expect([
        await call("client.get", { verbose: 1 }),
        await call("client.get", undefined, "GET", { authorization: "Bearer wlk_none" }),
        await call("client.get", undefined, "GET", { authorization: "" }),
        await call("apps.signJsSdk", { key: "oa", url: "https://shop.example/" }, "POST"),
        await call("apps.token", { key: "web" }),
        await call("apps.reportTokenInvalid", { key: "oa", generation: 1 }, "POST", {
          "idempotency-key": "3f1c",
        }),
      ]).toEqual([
        [400, "input_invalid", "unknown field verbose"],
        [401, "key_invalid", "Send Authorization: Bearer, with a key of this host application."],
        [401, "key_invalid", "Send Authorization: Bearer, with a key of this host application."],
        [403, "scope_missing", "This key lacks the scope jssdk."],
        [404, "not_found", "No Official Account has this key. There are: oa."],
        [
          422,
          "idempotency_key_reused",
          "This Idempotency-Key was used for another request: take a new one for each.",
        ],
      ]);
    });
  });
});
