import type { FastifyInstance } from "fastify";
import type { Deps } from "../domain/deps.js";
import { readReadiness } from "../domain/health.js";

/** `/healthz`: the process answers. `/readyz`: it can serve requests. Both are public, so they say no more than that. */
export function healthRoutes(app: FastifyInstance, deps: Deps, isDraining: () => boolean): void {
  app.get("/healthz", { logLevel: "silent" }, async () => ({ status: "ok" }));
  app.get("/readyz", { logLevel: "silent" }, async (_request, reply) => {
    const status = isDraining() ? "not ready" : await readReadiness(deps);
    return reply.code(status === "not ready" ? 503 : 200).send({ status });
  });
}
