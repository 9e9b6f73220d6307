import Fastify, { type FastifyInstance, LogController } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DatabaseError } from "../src/db/database.js";
import { handleErrors, refuseAddress } from "../src/http/errors.js";
import type { SendPage } from "../src/http/pages.js";

const id = "01M8X7C0ZZ0000000000000000";
let app: FastifyInstance;
/** What the route throws. */
let thrown: Error;
/** Whether the pages are not built. */
let isUnbuilt = false;
let lines: string[] = [];
/** The lines without what each line of any request has. */
const logged = () =>
  lines
    .map((line) => JSON.parse(line) as Record<string, unknown> & { err?: { message: string } })
    .map(({ time: _time, pid: _pid, hostname: _hostname, reqId, err, ...line }) => {
      expect(reqId).toBe(id);
      return { ...line, ...(err && { err: err.message }) };
    });

beforeAll(() => {
  app = Fastify({
    logger: { stream: { write: (line: string) => void lines.push(line) } },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => id,
    routerOptions: { maxParamLength: 10 },
    frameworkErrors: refuseAddress,
  });
  handleErrors(app, (async (_request, reply, page, slots) => {
    if (isUnbuilt) throw new Error("ENOENT: /srv/pages/en/busy.html");
    return reply.send({ page, ...slots });
  }) as SendPage);
  app.get("/fail/:how", async () => {
    throw thrown;
  });
  app.post("/fail/:how", async () => {
    throw thrown;
  });
});
afterAll(() => app.close());
beforeEach(() => {
  lines = [];
  isUnbuilt = false;
});

const html = { accept: "text/html,*/*" };
const get = async (url: string, headers: Record<string, string> = {}) => {
  const { statusCode, body } = await app.inject({ url, headers });
  return [statusCode, JSON.parse(body)];
};
const failed = { level: 50, event: "request_failed", msg: "a request failed" };
const refused = { level: 30, event: "request_refused", code: "E_TEST", msg: "a request was refused" };
const withStatus = (statusCode: number) =>
  Object.assign(new Error("of a handler"), { statusCode, code: "E_TEST" });
const ofDatabase = (reason: DatabaseError["reason"]) => new DatabaseError(reason, { cause: undefined });

describe("an error that no route caught", () => {
  it.each([
    ["a busy database", ofDatabase("busy"), 503, "busy", "B", failed],
    ["a database that is away", ofDatabase("unavailable"), 503, "busy", "B", failed],
    ["a statement that is refused", ofDatabase("rejected"), 500, "server-error", "S", failed],
    ["an error of our own", new Error("of a handler"), 500, "server-error", "S", failed],
    ["a 500", withStatus(500), 500, "server-error", "S", failed],
    ["a 502", withStatus(502), 502, "server-error", "S", failed],
    ["a 503", withStatus(503), 503, "busy", "B", failed],
    ["a 499", withStatus(499), 499, "invalid-callback", "C", refused],
    ["a 429", withStatus(429), 429, "too-many-requests", "T", refused],
    ["a 404", withStatus(404), 404, "not-found", "N", refused],
    ["a 400", withStatus(400), 400, "invalid-callback", "C", refused],
    ["a 413", withStatus(413), 413, "invalid-callback", "C", refused],
    ["a 415", withStatus(415), 415, "invalid-callback", "C", refused],
  ] as const)(
    "is answered and logged after what it says: %s",
    async (_, error, status, page, letter, line) => {
      thrown = error;
      expect(await get("/fail/now", html)).toEqual([
        ...[200, { page, number: `${id}-${letter}`, errcode: "", retry: "", self: "" }],
      ]);
      expect(await get("/fail/now", { accept: "*/*" })).toEqual([
        ...[status, { error: sentences[status] ?? sentences[letter], requestId: id }],
      ]);
      const whole = line === failed ? { ...failed, err: error.message } : refused;
      expect(logged()).toEqual([whole, whole]);
    },
  );

  /** What a program reads, by the status, or by the page where there is none for it. */
  const sentences: Record<string | number, string> = {
    404: "There is nothing here.",
    413: "The body is too large.",
    415: "Send application/json.",
    429: "Too many requests. Try again in a minute.",
    503: "The service is busy. Try again in a moment.",
    C: "The request cannot be understood.",
    S: "Something went wrong here.",
  };

  it("is a page for what a browser opens only: a script and a form get JSON", async () => {
    thrown = withStatus(400);
    const expected = { error: sentences.C, requestId: id };
    expect(await get("/fail/now")).toEqual([400, expected]);
    const posted = await app.inject({ method: "POST", url: "/fail/now", headers: html });
    expect([posted.statusCode, posted.json()]).toEqual([400, expected]);
  });

  it("is the fixed text where its page cannot be made, and the log says why [T68]", async () => {
    thrown = withStatus(429);
    isUnbuilt = true;
    expect(await get("/fail/now", html)).toEqual([429, { error: sentences[429], requestId: id }]);
    const pageFailed = { level: 50, event: "page_failed", msg: "an error page could not be made" };
    expect(logged()).toEqual([refused, { ...pageFailed, err: "ENOENT: /srv/pages/en/busy.html" }]);
  });
});

describe("an address that no route has", () => {
  it("is a page that leads to the start, and JSON for a script", async () => {
    const page = { page: "not-found", number: `${id}-N`, errcode: "", retry: "/", self: "" };
    expect(await get("/nowhere", html)).toEqual([200, page]);
    expect(await get("/nowhere")).toEqual([404, { error: "There is nothing here.", requestId: id }]);
  });
});

describe("an address that the router cannot read", () => {
  it.each([
    ["/%", 400, "FST_ERR_BAD_URL"],
    ["/fail/a-long-parameter", 414, "FST_ERR_MAX_PARAM_LENGTH"],
  ])("is answered with a fixed text: %s is a %i", async (path, status, code) => {
    expect(await get(path, html)).toEqual([
      ...[status, { error: "The request cannot be understood.", requestId: id }],
    ]);
    expect(logged()).toEqual([{ ...refused, code }]);
  });

  it("is a problem of RFC 9457 below the host API", async () => {
    expect((await get("/api/v1%"))[1]).toEqual({
      ...{ error: "The request cannot be understood.", requestId: id },
    });
    expect(await get("/api/v1/users/%")).toEqual([
      400,
      {
        ...{ type: "/api/v1/docs#request_invalid", title: "Request invalid", status: 400 },
        ...{ detail: "The request cannot be understood.", code: "request_invalid", requestId: id },
      },
    ]);
  });
});
