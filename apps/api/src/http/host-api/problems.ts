import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { DatabaseError } from "../../domain/deps.js";
import { HostError, type HostRefusal, hostProblems } from "../../domain/hosts/host-error.js";

/** Answers an error of the host API as RFC 9457 says, with a code for programs and a sentence for their authors. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const { code, message: detail, retryAfterSeconds, errcode } = toHostError(error);
  const { status } = hostProblems[code];
  if (status >= 500)
    request.log.error({ event: "host_request_failed", code, err: error }, "a request failed");
  else request.log.info({ event: "host_request_refused", code }, "a request was refused");
  if (retryAfterSeconds !== undefined) reply.header("retry-after", retryAfterSeconds);
  if (status === 401) reply.header("www-authenticate", "Bearer");
  return reply
    .code(status)
    .type("application/problem+json")
    .send({
      type: `/api/v1/docs#${code}`,
      title: titleOf(code),
      status,
      detail,
      code,
      ...(errcode !== undefined && { errcode }),
      requestId: request.id,
    });
}

/** `scope_missing` → `Scope missing`. */
export const titleOf = (code: HostRefusal): string =>
  `${code.charAt(0).toUpperCase()}${code.slice(1)}`.replaceAll("_", " ");

function toHostError(error: unknown): HostError {
  if (error instanceof HostError) return error;
  if (error instanceof DatabaseError && error.reason !== "rejected") {
    return new HostError("unavailable", "The service is busy. Try again in a moment.", {
      cause: error,
      retryAfterSeconds: 1,
    });
  }
  return fromFastify(error as FastifyError);
}

/** A request that Fastify refused before any handler ran. */
function fromFastify(error: FastifyError): HostError {
  const { statusCode = 500, code } = error;
  if (statusCode === 413) {
    return new HostError("body_too_large", "The body is too large: send less at once.", { cause: error });
  }
  if (statusCode === 415) {
    return new HostError("media_type", "Send Content-Type: application/json.", { cause: error });
  }
  if (code === "FST_ERR_CTP_INVALID_JSON_BODY" || error instanceof SyntaxError) {
    return new HostError("json_invalid", "The body is not JSON.", { cause: error });
  }
  if (statusCode >= 400 && statusCode < 500) {
    return new HostError("request_invalid", "The request cannot be understood.", { cause: error });
  }
  return new HostError("internal", "Something went wrong here. Quote requestId to support.", {
    cause: error,
  });
}
