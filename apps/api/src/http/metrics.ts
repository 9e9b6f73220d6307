import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { Metrics } from "../domain/metrics.js";

const hashOf = (text: string) => createHash("sha256").update(text).digest();

/**
 * `/metrics` for Prometheus, for a client that sends METRICS_TOKEN: how many people sign in, and what fails, is not public. It tells of
 * this process alone.
 */
export function metricsRoute(app: FastifyInstance, metrics: Metrics, token: string): void {
  const expected = hashOf(`Bearer ${token}`);
  app.addHook("onResponse", async (request, reply) => {
    const { method, routeOptions } = request;
    metrics.countRequest({
      ...{ method, route: routeOptions.url, status: reply.statusCode, ms: reply.elapsedTime },
    });
  });
  app.get("/metrics", { logLevel: "silent" }, async (request, reply) => {
    reply.header("cache-control", "no-store");
    if (!timingSafeEqual(hashOf(request.headers.authorization ?? ""), expected)) {
      return reply
        .code(401)
        .header("www-authenticate", "Bearer")
        .send({ error: "Send METRICS_TOKEN as a bearer token." });
    }
    const { contentType, body } = await metrics.text();
    return reply.type(contentType).send(body);
  });
}
