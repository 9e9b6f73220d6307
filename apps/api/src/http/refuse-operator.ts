import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { AppError, retryAfterOf, toAppError } from "../trpc/errors.js";

/**
 * Answers an operator's request that is no procedure as trpc/procedures.ts would, with the same status and code.
 *
 * @throws what is no error that an operator is told of.
 */
export function refuseOperator(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = toAppError(
    thrown instanceof TRPCError ? thrown : new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: thrown }),
  );
  if (!(error instanceof AppError)) throw thrown;
  const seconds = retryAfterOf(error);
  if (seconds !== undefined) reply.header("retry-after", seconds);
  const { appCode: code, message } = error;
  return reply.code(getHTTPStatusCodeFromError(error)).send({ error: message, code, requestId: request.id });
}
