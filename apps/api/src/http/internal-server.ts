import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Deps } from "../domain/deps.js";
import type { Metrics } from "../domain/metrics.js";
import { healthRoutes } from "./health.js";
import { metricsRoute } from "./metrics.js";
import { timeouts } from "./timeouts.js";

/**
 * What INTERNAL_PORT serves: the counts of this process, and whether it is alive and ready. It belongs to the operator's own network;
 * the proxy in front of the service leads to PORT alone.
 */
export function buildInternalServer(
  { log }: Pick<FastifyInstance, "log">,
  parts: { deps: Deps; metrics: Metrics; metricsToken: string | undefined; isDraining: () => boolean },
): FastifyInstance {
  const server: FastifyInstance = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    ...timeouts,
    forceCloseConnections: true,
  });
  metricsRoute(server, parts.metrics, parts.metricsToken);
  healthRoutes(server, parts.deps, parts.isDraining);
  return server;
}
