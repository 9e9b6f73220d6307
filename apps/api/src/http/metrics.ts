import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { Metrics } from "../domain/metrics.js";

const hashOf = (text: string) => createHash("sha256").update(text).digest();

/** Measures each request that a server answers. */
export function countRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook("onResponse", async (request, reply) => {
    const { method, routeOptions } = request;
    metrics.countRequest({
      ...{ method, route: routeOptions.url, status: reply.statusCode, ms: reply.elapsedTime },
    });
  });
}

/**
 * `/metrics` for Prometheus, which tells of this process alone. How many people sign in, and what fails, is not public: with `token`
 * (METRICS_TOKEN) only a client that sends it is answered, and without one the server must not be reachable from outside.
 */
export function metricsRoute(app: FastifyInstance, metrics: Metrics, token: string | undefined): void {
  const expected = token === undefined ? undefined : hashOf(`Bearer ${token}`);
  app.get("/metrics", { logLevel: "silent" }, async (request, reply) => {
    reply.header("cache-control", "no-store");
    if (expected && !timingSafeEqual(hashOf(request.headers.authorization ?? ""), expected)) {
      return reply
        .code(401)
        .header("www-authenticate", "Bearer")
        .send({ error: "Send METRICS_TOKEN as a bearer token." });
    }
    const { contentType, body } = await metrics.text();
    return reply.type(contentType).send(body);
  });
}
