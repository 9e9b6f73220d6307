import proxy from "@fastify/http-proxy";
import type { FastifyInstance } from "fastify";

/**
 * Development: hands the pages to their Vite servers, so that a browser needs this one origin only and cookies,
 * origins and callbacks are those of production.
 */
export async function viteProxies(
  app: FastifyInstance,
  servers: { login: string; admin: string },
): Promise<void> {
  for (const [prefix, upstream] of [
    ["/login-ui", servers.login],
    ["/admin", servers.admin],
  ] as const) {
    await app.register(proxy, {
      prefix,
      rewritePrefix: prefix,
      upstream,
      websocket: true,
      httpMethods: ["GET", "HEAD"],
    });
  }
}
