import type { FastifyRequest } from "fastify";

/** The key that a request carries, if it carries one. */
export const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer ([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? "")?.[1];
