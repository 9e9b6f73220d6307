import { isIP } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { WECHAT_HOSTS } from "../tls/hosts.js";

/**
 * Keeps other sites' pages from operating the simulator through a developer's browser.
 *
 * JSON is safe: a page of another origin can send it only after a preflight, which is never granted here. A form
 * needs none, so a form must prove by Sec-Fetch-Site or Origin that it is the simulator's own.
 */
export async function refuseCrossSite(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.method === "GET" || request.method === "HEAD") return;
  const fetchSite = request.headers["sec-fetch-site"];
  const origin = request.headers.origin;
  const isOwnOrigin = origin !== undefined && origin === `${request.protocol}://${request.headers.host}`;
  const isOwnPage = fetchSite === undefined ? isOwnOrigin : fetchSite === "same-origin";
  // Browsers set Sec-Fetch-Site and no page can: where it is there, Origin adds nothing, and would be wrong behind a
  // proxy that ends TLS.
  const isForeign =
    fetchSite === undefined
      ? origin !== undefined && origin !== "null" && !isOwnOrigin
      : fetchSite !== "same-origin" && fetchSite !== "none";

  const contentType = request.headers["content-type"] ?? "";
  const isJson = /^application\/json\b/i.test(contentType);
  // DELETE and an empty POST carry no type; another origin's DELETE would need a preflight as well.
  const needsProof = !isJson && (contentType !== "" || request.method === "POST");
  if (isForeign || (needsProof && !isOwnPage)) {
    await reply
      .code(403)
      .type("text/plain; charset=utf-8")
      .send("Only application/json, or a form of the simulator's own pages, may change something here.\n");
  }
}

/**
 * Keeps a site whose name leads to this machine (DNS rebinding) from being "the same site": the panel and the control
 * API answer by an address, by localhost and by WeChat's own names only.
 */
export async function refuseUnknownHost(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const name = request.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const isKnownHost = isIP(name) !== 0 || /(^|\.)localhost$/.test(name) || WECHAT_HOSTS.includes(name);
  if (isKnownHost) return;
  await reply
    .code(421)
    .type("text/plain; charset=utf-8")
    .send("The simulator answers at 127.0.0.1 and localhost, and by no other name.\n");
}

/**
 * WeChat's API is called by servers. A browser that another site sends here would use up faults and fill the log, and
 * so would one that takes another name for this machine's; servers call by any name, as they do among containers.
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
    .send("WeChat's API is for servers: another site's page may not call it through a browser.\n");
}

/**
 * Browsers send Sec-Fetch-Site over HTTPS and to this machine's own names alone, and no Origin with a GET to the page's
 * own: what they never leave out is the language. By their name alone they are not known, for servers borrow it.
 */
function isBrowserRequest({ headers }: FastifyRequest): boolean {
  if (headers["sec-fetch-site"] !== undefined || headers.origin !== undefined) return true;
  return headers["accept-language"] !== undefined && (headers["user-agent"] ?? "").startsWith("Mozilla/");
}
