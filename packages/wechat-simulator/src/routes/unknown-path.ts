import type { FastifyInstance } from "fastify";
import type { Store } from "../stores/store.js";

/** Paths that only a client of WeChat requests; a browser's favicon.ico is ignored. */
const WECHAT_PATH = /^\/(?:sns|cgi-bin|connect)\//;

/** Adds calls of unknown paths to the request log, where a misspelt path is easy to see. */
export function logUnknownPaths(app: FastifyInstance, store: Store): void {
  app.addHook("onResponse", (request, reply, done) => {
    done();
    if (!request.is404 && request.routeOptions.url !== "/cgi-bin/*") return;
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
      ...(request.is404 ? {} : { errcode: 40066 }),
      reason: { en: "the simulated WeChat has no such path", zh: "模拟的微信没有这个路径" },
    });
  });
}
