import type { FastifyReply, FastifyRequest } from "fastify";
import { DatabaseError } from "../../domain/deps.js";
import { HostError, type HostRefusal } from "../../domain/hosts/host-error.js";

const statusOf = {
  key_invalid: 401,
  address_not_allowed: 403,
  scope_missing: 403,
  input_invalid: 400,
  not_found: 404,
  conflict: 409,
  events_gone: 410,
} as const satisfies Record<HostRefusal, number>; // a code without a row fails to compile

/** Answers an error of the host API as RFC 9457 says, with a code for programs and a sentence for their authors. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const { code, status, detail } = problemOf(error);
  if (status >= 500)
    request.log.error({ event: "host_request_failed", code, err: error }, "a request failed");
  else request.log.info({ event: "host_request_refused", code }, "a request was refused");
  return reply
    .code(status)
    .type("application/problem+json")
    .send({ type: `/api/v1/docs#${code}`, title: code, status, detail, code, requestId: request.id });
}

function problemOf(error: unknown): { code: string; status: number; detail: string } {
  if (error instanceof HostError)
    return { code: error.code, status: statusOf[error.code], detail: error.message };
  if (error instanceof DatabaseError && error.reason !== "rejected") {
    return { code: "unavailable", status: 503, detail: "The service is busy. Try again in a moment." };
  }
  return { code: "internal", status: 500, detail: "Something went wrong here. Quote requestId to support." };
}
