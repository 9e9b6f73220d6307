import type { FastifyReply, FastifyRequest } from "fastify";

/**
 * Refuses what a page of another site could make a browser send: a foreign Origin, or without one a foreign
 * Referer, a foreign Sec-Fetch-Site, a body that needs no preflight. Servers and scripts send none of them and pass.
 */
export const sameOriginOnly = (publicUrl: URL) => async (request: FastifyRequest, reply: FastifyReply) => {
  if (request.method === "GET" || request.method === "HEAD") return;
  if (request.method !== "POST") {
    return reply
      .code(405)
      .header("allow", "GET, HEAD, POST")
      .send({ error: "Use GET or POST.", requestId: request.id });
  }
  if (isForeign(request, publicUrl)) return refuseForeign(request, reply);
  // Before the content type is checked: a body over the limit is a 413 whatever its type.
  if (Number(request.headers["content-length"] ?? 0) > request.routeOptions.bodyLimit) {
    return reply.code(413).send({ error: "The body is too large.", requestId: request.id });
  }
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    return reply.code(415).send({ error: "Send application/json.", requestId: request.id });
  }
};

/**
 * For forms, which need no preflight: the browser must say that one of our own pages sent it. Every browser that can sign in
 * sends an Origin with a form.
 */
export const sameOriginFormsOnly =
  (publicUrl: URL) => async (request: FastifyRequest, reply: FastifyReply) => {
    const isOwn = request.headers.origin === publicUrl.origin && !isForeign(request, publicUrl);
    if (!isOwn) return refuseForeign(request, reply);
  };

export function isForeign({ headers }: FastifyRequest, publicUrl: URL): boolean {
  const { origin, referer, "sec-fetch-site": site } = headers;
  return (
    (origin !== undefined && origin !== publicUrl.origin) ||
    (origin === undefined && referer !== undefined && originOf(referer) !== publicUrl.origin) ||
    (site !== undefined && site !== "same-origin" && site !== "none")
  );
}

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);

export function refuseForeign(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.log.warn({ event: "foreign_origin" }, "a request from another site was refused");
  return reply.code(403).send({ error: "This request came from another site.", requestId: request.id });
}
