import type { FastifyRequest } from "fastify";

/** The key that a request carries, if it carries one. */
export const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer ([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? "")?.[1];

/** Sent twice, it is no key: Node joins the two with a comma and a space, which no key has. */
export const idempotencyKeyOf = ({ headers }: FastifyRequest): string | undefined =>
  headers["idempotency-key"]?.toString();
