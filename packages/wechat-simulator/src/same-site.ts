import type { FastifyReply, FastifyRequest } from "fastify";

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
