import type { FastifyReply } from "fastify";
import type { Cookies } from "./cookies.js";

const yearSeconds = 365 * 86_400;

/** After a sign-out: the session's cookie goes, and no sign-in starts without a tap. */
export function endSessionCookie(reply: FastifyReply, cookies: Cookies): void {
  clearCookie(reply, cookies, "session");
  cookies.set(reply, "signed_out", "1", yearSeconds);
}

/** Clears the cookie, and the pages that the browser cached while it had it. */
export function clearCookie(reply: FastifyReply, cookies: Cookies, name: "session" | "operator"): void {
  cookies.clear(reply, name);
  reply.header("clear-site-data", '"cache"');
}
