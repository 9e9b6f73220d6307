import type { FastifyInstance } from "fastify";

/**
 * Forwards the pages' files to their Vite servers in development, so that cookies, origins and callbacks are the same
 * as in production: the browser sees one origin. A route of this server goes before a prefix.
 */
export async function viteProxies(
  app: FastifyInstance,
  servers: { login: string; admin: string },
): Promise<void> {
  // Loaded in development only: with its HTTP client, it is a tenth of all files of a start.
  const { default: proxy } = await import("@fastify/http-proxy");
  for (const [prefix, upstream] of [
    ["/login", servers.login],
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
