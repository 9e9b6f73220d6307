import type { FastifyInstance } from "fastify";

/**
 * Refuses a browser's guess where the next visit leads: it would begin a sign-in, or spend the code of a callback. The
 * browser then sends the real request as if there had been no guess.
 */
export function refusePrefetches(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    const { purpose, "sec-purpose": secPurpose, "x-moz": firefox } = request.headers;
    const isPrefetch = [purpose, secPurpose, firefox].some((sent) => /\bprefetch\b/i.test(String(sent)));
    if (!isPrefetch || !request.url.startsWith("/login/")) return;
    return reply.code(503).send();
  });
}
