import type { FastifyReply } from "fastify";

/** Never a 301: WeChat's browser would cache it for ever, with its state. */
export function redirect(reply: FastifyReply, status: 302 | 303, location: string): FastifyReply {
  return reply.code(status).header("referrer-policy", "no-referrer").header("location", location).send();
}
