import Fastify, { type FastifyRequest } from "fastify";
import { describe, expect, it } from "vitest";
import { DatabaseError } from "../src/domain/deps.js";
import { HostError } from "../src/domain/hosts/host-error.js";
import type { Operation } from "../src/domain/hosts/operation.js";
import { givenInput } from "../src/http/host-api/given-input.js";
import { sendProblem } from "../src/http/host-api/problems.js";
import { bearerOf, idempotencyKeyOf } from "../src/http/host-api/request-headers.js";

const fastifyError = (statusCode: number | undefined, code = "FST_ERR") =>
  Object.assign(new Error("a secret"), { code, ...(statusCode && { statusCode }) });

/** What a request that ends with this error is answered, and what is logged. */
async function answerTo(error: unknown) {
  const logged: { level: number; event: string; code: string; err?: { message: string } }[] = [];
  const write = (line: string) => void logged.push(JSON.parse(line));
  const app = Fastify({ logger: { stream: { write } }, genReqId: () => "r-1" });
  app.setErrorHandler((thrown, request, reply) => sendProblem(request, reply, thrown));
  app.get("/", () => Promise.reject(error));
  const response = await app.inject("/");
  await app.close();
  const { "retry-after": retryAfter, "www-authenticate": authenticate } = response.headers;
  const [line] = logged.filter(({ event }) => event?.startsWith("host_request"));
  return {
    ...{ type: response.headers["content-type"], headers: { retryAfter, authenticate } },
    ...{ status: response.statusCode, body: response.json() },
    logged: [line?.level, line?.event, line?.code, line?.err?.message],
  };
}

describe("an error of the host API", () => {
  const busy = (reason: "busy" | "unavailable" | "rejected") =>
    new DatabaseError(reason, { cause: undefined });
  const refused = (code: string, level = 30) => [level, "host_request_refused", code, undefined];
  const failed = (code: string, message: string) => [50, "host_request_failed", code, message];
  const tokenGone = new HostError("token_unavailable", "No token.", {
    errcode: "40164",
    retryAfterSeconds: 7,
  });

  it.each([
    [new HostError("not_found", "No."), 404, "not_found", "Not found", {}, refused("not_found")],
    [
      tokenGone,
      424,
      "token_unavailable",
      "Token unavailable",
      { retryAfter: 7 },
      refused("token_unavailable"),
    ],
    [
      ...[new HostError("key_invalid", "No key."), 401, "key_invalid", "Key invalid"],
      ...[{ authenticate: "Bearer" }, refused("key_invalid")],
    ],
    [
      busy("busy"),
      503,
      "unavailable",
      "Unavailable",
      { retryAfter: 1 },
      failed("unavailable", busy("busy").message),
    ],
    [busy("rejected"), 500, "internal", "Internal", {}, failed("internal", busy("rejected").message)],
    [fastifyError(413), 413, "body_too_large", "Body too large", {}, refused("body_too_large")],
    [fastifyError(415), 415, "media_type", "Media type", {}, refused("media_type")],
    [new SyntaxError("a secret"), 400, "json_invalid", "Json invalid", {}, refused("json_invalid")],
    [
      ...[fastifyError(400, "FST_ERR_CTP_INVALID_JSON_BODY"), 400, "json_invalid", "Json invalid"],
      ...[{}, refused("json_invalid")],
    ],
    [fastifyError(400), 400, "request_invalid", "Request invalid", {}, refused("request_invalid")],
    [fastifyError(499), 400, "request_invalid", "Request invalid", {}, refused("request_invalid")],
    [fastifyError(399), 500, "internal", "Internal", {}, failed("internal", "a secret")],
    [fastifyError(500), 500, "internal", "Internal", {}, failed("internal", "a secret")],
    [fastifyError(undefined), 500, "internal", "Internal", {}, failed("internal", "a secret")],
  ] as [unknown, number, string, string, { retryAfter?: number; authenticate?: string }, unknown][])(
    "is answered as a problem with a code, and logged as ours only where it is: %s",
    async (error, status, code, title, headers, logged) => {
      const answer = await answerTo(error);
      expect(answer).toEqual({
        type: "application/problem+json; charset=utf-8",
        headers: { retryAfter: headers.retryAfter?.toString(), authenticate: headers.authenticate },
        status,
        body: {
          ...{
            type: `/api/v1/docs#${code}`,
            title,
            status,
            detail: expect.any(String),
            code,
            requestId: "r-1",
          },
          ...(error === tokenGone && { errcode: "40164" }),
        },
        logged,
      });
      expect(answer.body.detail).not.toContain("secret");
    },
  );
});

describe("what a request to the host API carries", () => {
  const given = (method: Operation["method"], request: object) =>
    givenInput({ method } as Operation, { headers: {}, query: {}, params: {}, ...request } as FastifyRequest);

  it("is read from the path and the query of GET and DELETE, and from the path and the body of POST and PUT", () => {
    const request = { params: { id: "1" }, query: { a: "2" } };
    for (const method of ["GET", "DELETE"] as const) {
      expect(given(method, request)).toEqual({ id: "1", a: "2" });
      expect(() => given(method, { body: { b: 3 } })).toThrow(
        "b: this operation takes its fields in the query.",
      );
    }
    for (const method of ["POST", "PUT"] as const) {
      expect(given(method, { params: { id: "1" }, body: { b: 3 } })).toEqual({ id: "1", b: 3 });
      expect(() => given(method, request)).toThrow("a: this operation takes its fields in the JSON body.");
    }
    expect(() => given("GET", { params: { id: "1" }, query: { id: "2" } })).toThrow(
      "id: it is a part of the path",
    );
    expect(() => given("POST", { query: { ["x".repeat(101)]: "" } })).toThrow(/^x{100}: /);
    for (const body of [null, 5, "a", []]) {
      expect(() => given("POST", { body })).toThrow(expect.objectContaining({ code: "json_invalid" }));
    }
  });

  it("is refused with a body that GET does not read, also without its length; one of no bytes is none", () => {
    const query = { a: "2" };
    for (const headers of [{ "content-length": "1" }, { "transfer-encoding": "chunked" }]) {
      expect(() => given("GET", { query, headers })).toThrow(
        "This operation takes its fields in the query, and has no body.",
      );
      expect(given("POST", { body: query, headers })).toEqual(query);
    }
    expect(given("GET", { query, headers: { "content-length": "0" } })).toEqual(query);
  });

  it("is a key in its header alone, spelt exactly and sent once [T28]", () => {
    const withHeaders = (...rawHeaders: string[]) =>
      bearerOf({ raw: { rawHeaders } } as unknown as FastifyRequest);
    const bearer = (...values: string[]) =>
      withHeaders(...values.flatMap((value) => ["Authorization", value]), "x-other", "Bearer wlk_b");
    expect([withHeaders(), withHeaders("authorization", "Bearer wlk_a")]).toEqual([undefined, "wlk_a"]);
    expect([bearer("Bearer wlk_a", "Bearer wlk_a"), bearer("Bearer wlk_a", "")]).toEqual([
      undefined,
      undefined,
    ]);
    expect([bearer("Bearer wlk_a"), bearer("bearer wlk_a")]).toEqual(["wlk_a", "wlk_a"]);
    expect(bearer(`Bearer ${"a".repeat(200)}`)).toBe("a".repeat(200));
    for (const other of ["", "wlk_a", "Basic wlk_a", "xBearer wlk_a", "Bearer ", "Bearer a b"]) {
      expect([other, bearer(other)]).toEqual([other, undefined]);
    }
    expect(bearer(`Bearer ${"a".repeat(201)}`)).toBeUndefined();
    const keyed = (headers: object) => idempotencyKeyOf({ headers } as FastifyRequest);
    expect([keyed({}), keyed({ "idempotency-key": "k" })]).toEqual([undefined, "k"]);
  });
});
