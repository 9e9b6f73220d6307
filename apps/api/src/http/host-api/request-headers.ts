import type { FastifyRequest } from "fastify";

/** The key that a request carries, if it carries one. Of two, Node's own `headers` would name the first. */
export function bearerOf({ raw }: FastifyRequest): string | undefined {
  const { rawHeaders } = raw;
  const given = rawHeaders.filter((_, n) => n % 2 === 1 && /^authorization$/i.test(rawHeaders[n - 1] ?? ""));
  return /^Bearer ([\x21-\x7e]{1,200})$/i.exec(given.join("\n"))?.[1];
}

/** Sent twice, it is no key: Node joins the two with a comma and a space, which no key has. */
export const idempotencyKeyOf = ({ headers }: FastifyRequest): string | undefined =>
  headers["idempotency-key"]?.toString();
