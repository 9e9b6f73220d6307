import { isIP } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { WECHAT_HOSTS } from "../tls/hosts.js";

/**
 * Prevents other sites' pages from operating the simulator through a developer's browser.
 *
 * JSON is safe: a page of another origin can send it only after a preflight, which is not granted here. A form needs no
 * preflight, so it must prove by Sec-Fetch-Site or Origin that it is the simulator's own.
 */
export async function refuseCrossSite(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.method === "GET" || request.method === "HEAD") return;
  const fetchSite = request.headers["sec-fetch-site"];
  const origin = request.headers.origin;
  const isOwnOrigin = origin !== undefined && origin === `${request.protocol}://${request.headers.host}`;
  const isOwnPage = fetchSite === undefined ? isOwnOrigin : fetchSite === "same-origin";
  // Browsers set Sec-Fetch-Site and pages cannot. With it, Origin adds nothing, and it would be wrong behind a proxy
  // that terminates TLS.
  const isForeign =
    fetchSite === undefined
      ? origin !== undefined && origin !== "null" && !isOwnOrigin
      : fetchSite !== "same-origin" && fetchSite !== "none";

  const contentType = request.headers["content-type"] ?? "";
  const isJson = /^application\/json\b/i.test(contentType);
  // DELETE and an empty POST have no content type; another origin's DELETE needs a preflight as well.
  const needsProof = !isJson && (contentType !== "" || request.method === "POST");
  if (isForeign || (needsProof && !isOwnPage)) {
    await reply
      .code(403)
      .type("text/plain; charset=utf-8")
      .send("Changes are accepted as application/json or from a form on the simulator's own pages only.\n");
  }
}

/**
 * Prevents DNS rebinding, by which a site's name resolves to this machine and counts as the same site: the panel and the
 * control API answer to an IP address, localhost and WeChat's own names only.
 */
export async function refuseUnknownHost(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const name = request.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const isKnownHost = isIP(name) !== 0 || /(^|\.)localhost$/.test(name) || WECHAT_HOSTS.includes(name);
  if (isKnownHost) return;
  await reply
    .code(421)
    .type("text/plain; charset=utf-8")
    .send("The simulator answers at 127.0.0.1 and localhost only, not at other names.\n");
}

/**
 * WeChat's API is called by servers. Calls that another site makes through a browser would use up faults and fill the
 * log, also under a name that resolves to this machine. Servers may use any name, as they do between containers.
 */
export async function refuseCrossSiteApiCalls(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const fetchSite = request.headers["sec-fetch-site"];
  if (fetchSite !== "cross-site" && fetchSite !== "same-site") {
    if (isBrowserRequest(request)) await refuseUnknownHost(request, reply);
    return;
  }
  await reply
    .code(403)
    .type("text/plain; charset=utf-8")
    .send("WeChat's API is for servers: a page of another site may not call it through a browser.\n");
}

/**
 * Browsers send Sec-Fetch-Site only over HTTPS and to this machine's own names, and no Origin with a same-origin GET, but
 * always Accept-Language. The user agent alone proves nothing, because servers imitate it.
 */
function isBrowserRequest({ headers }: FastifyRequest): boolean {
  if (headers["sec-fetch-site"] !== undefined || headers.origin !== undefined) return true;
  return headers["accept-language"] !== undefined && (headers["user-agent"] ?? "").startsWith("Mozilla/");
}
