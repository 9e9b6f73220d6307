import type { FastifyInstance } from "fastify";
import type { Store } from "../stores/store.js";

/** Paths that only a client of WeChat's asks for; a browser's favicon.ico is of no interest. */
const WECHAT_PATH = /^\/(?:sns|cgi-bin|connect)\//;

/** Puts calls of paths that are not there into the request log, too: a slip in a path is hard to see otherwise. */
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
      reason: { en: "nothing of WeChat's that is simulated has this path", zh: "模拟的微信没有这个路径" },
    });
  });
}
