import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import type { Visitor } from "../domain/deps.js";

/** Who asks. A proxy's word counts only while it is an address: anybody may have written the rest of the header. */
export function visitorOf(request: FastifyRequest): Visitor {
  const ip = isIP(request.ip) ? request.ip : (request.socket.remoteAddress ?? "");
  return { ip, userAgent: request.headers["user-agent"] };
}
