import type { FastifyInstance } from "fastify";
import type { Deps } from "../domain/deps.js";

/**
 * Notices a proxy in front of a server that trusts none: then all people have the proxy's address and share one limit.
 * A client may write the header too, so this is a warning, once, and nothing else changes.
 */
export function noticeIgnoredProxy(app: FastifyInstance, { settings, notices, now }: Deps): void {
  if (settings.trustProxy !== false) return;
  app.addHook("onRequest", async (request) => {
    if (request.headers["x-forwarded-for"] === undefined) return;
    const ip = request.socket.remoteAddress ?? "";
    if (!notices.add({ kind: "forwarded_for_ignored", since: now(), ip })) return;
    request.log.warn(
      { event: "forwarded_for_ignored", ip },
      "a request has X-Forwarded-For, but TRUST_PROXY is off: if a proxy is in front of this server, all people behind it share one address and one rate limit until TRUST_PROXY names it",
    );
  });
}
