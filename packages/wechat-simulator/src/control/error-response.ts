import { NotFoundError } from "./commands.js";

/** What is told of an error, and under which HTTP status. */
export interface ErrorResponse {
  status: number;
  /** In English. */
  message: string;
}

/** The readers of input throw TypeError for what the caller got wrong, Fastify's errors know their status; the rest is ours. */
export function toErrorResponse(error: unknown): ErrorResponse {
  return { status: statusOf(error), message: error instanceof Error ? error.message : String(error) };
}

function statusOf(error: unknown): number {
  if (error instanceof NotFoundError) return 404;
  if (error instanceof TypeError) return 400;
  return (error as { statusCode?: number } | null)?.statusCode ?? 500;
}
