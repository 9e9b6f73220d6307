import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Store } from "../stores/store.js";
import { type ApiFamily, CONTENT_TYPE_OF, writeAnswer } from "./api-answer.js";

/** Where WeChat's API begins. Of `/wxa`, the calls of mini programs, nothing is simulated. */
const API_PREFIXES: Readonly<Record<string, ApiFamily>> = {
  "/sns": "sns",
  "/cgi-bin": "cgi-bin",
  "/wxa": "cgi-bin",
};

/** Paths that only a client of WeChat requests; a browser's favicon.ico is ignored. */
const WECHAT_PATH = /^\/(?:sns|cgi-bin|wxa|connect)(?:[/?]|$)/;

/** Answers every path of the API that has no endpoint as WeChat does, also after a misspelling. */
export function refuseUnknownApiPaths(app: FastifyInstance, store: Store): void {
  for (const [prefix, family] of Object.entries(API_PREFIXES)) {
    const handler = (_request: FastifyRequest, reply: FastifyReply) => {
      const { body } = writeAnswer(
        { errcode: 40066 },
        family,
        store.clock.nowSeconds(),
        store.settings.errmsgTail,
      );
      return reply.header("content-type", CONTENT_TYPE_OF[family]).send(Buffer.from(body));
    };
    for (const url of unknownUrls(prefix)) app.all(url, handler);
  }
}

const unknownUrls = (prefix: string) => [prefix, `${prefix}/*`];

/** Fastify's own responses to other addresses repeat the whole query, which may hold a secret. */
export function refuseUnknownAddresses(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).type("text/plain; charset=utf-8").send("The simulator has nothing at this address.\n"),
  );
}

/** The response to an address that the router cannot parse, such as `/%zz`. */
export function refuseMalformedAddress(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  reply
    .code(error.statusCode ?? 400)
    .type("text/plain; charset=utf-8")
    .send("This address is malformed.\n");
}

/** Adds calls of unknown paths to the request log, where a misspelt path is easy to see. */
export function logUnknownPaths(app: FastifyInstance, store: Store): void {
  const unknownApiUrls = Object.keys(API_PREFIXES).flatMap(unknownUrls);
  app.addHook("onResponse", (request, reply, done) => {
    done();
    const isUnknownApiPath = unknownApiUrls.includes(request.routeOptions.url ?? "");
    if (!request.is404 && !isUnknownApiPath) return;
    const url = request.raw.url ?? "";
    if (!WECHAT_PATH.test(url)) return;
    const mark = url.indexOf("?");
    store.requests.add({
      at: new Date(store.clock.now()).toISOString(),
      method: request.method,
      endpoint: "unknown_path",
      path: mark === -1 ? url : url.slice(0, mark),
      query: mark === -1 ? "" : url.slice(mark + 1),
      status: reply.statusCode,
      ...(isUnknownApiPath ? { errcode: 40066 } : {}),
      reason: { en: "the simulated WeChat has no such path", zh: "模拟的微信没有这个路径" },
    });
  });
}
