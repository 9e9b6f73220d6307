import type { FastifyInstance } from "fastify";
import { callbackPath } from "../domain/sign-in/start.js";

/** Each waits for WeChat on a connection of its own, up to 9 s while WeChat hangs. */
export const maxCallbacks = 100;

/** Long enough for the first of those that hang to give up. */
const retryAfterSeconds = 5;

/**
 * While WeChat hangs, a process holds this many callbacks and answers the others at once. Nothing of them is spent: the same
 * address works a moment later.
 */
export function limitCallbacks(app: FastifyInstance): void {
  let running = 0;
  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.url !== callbackPath) return;
    if (running >= maxCallbacks) {
      reply.header("retry-after", retryAfterSeconds);
      throw Object.assign(new Error("too many callbacks are waiting for WeChat"), { statusCode: 503 });
    }
    running++;
    reply.raw.once("close", () => running--);
  });
}
