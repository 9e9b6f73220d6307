import { NotFoundError } from "./commands.js";

/** An error as an HTTP response. */
export interface ErrorResponse {
  status: number;
  /** In English. */
  message: string;
}

/** A TypeError means invalid input, and Fastify's errors carry their status; anything else is a bug here. */
export function toErrorResponse(error: unknown): ErrorResponse {
  return { status: statusOf(error), message: error instanceof Error ? error.message : String(error) };
}

function statusOf(error: unknown): number {
  if (error instanceof NotFoundError) return 404;
  if (error instanceof TypeError) return 400;
  return (error as { statusCode?: number } | null)?.statusCode ?? 500;
}
