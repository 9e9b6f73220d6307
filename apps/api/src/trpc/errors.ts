import { TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import { TooManyListsError } from "../domain/console/list-gate.js";
import { CursorError } from "../domain/cursor.js";
import { DatabaseError } from "../domain/deps.js";
import { MergeError } from "../domain/identity/merges.js";
import { OperatorError, type OperatorRefusal } from "../domain/operators/accounts.js";
import { TooManyHashesError } from "../domain/operators/password-hash.js";
import { AccessError } from "../domain/operators/roles.js";
import { ThrottledError } from "../domain/throttle.js";

export type AppErrorCode =
  | OperatorRefusal
  | "not_found"
  | "last_binding"
  | "merge_refused"
  | "signed_out"
  | "role_too_low"
  | "cursor_invalid"
  | "too_many_attempts"
  | "too_many_lists"
  | "database_unavailable";

const trpcCodeOf = {
  wrong_credentials: "UNAUTHORIZED",
  link_invalid: "BAD_REQUEST",
  password_unfit: "BAD_REQUEST",
  username_unfit: "BAD_REQUEST",
  not_found: "NOT_FOUND",
  last_binding: "CONFLICT",
  merge_refused: "CONFLICT",
  signed_out: "UNAUTHORIZED",
  role_too_low: "FORBIDDEN",
  cursor_invalid: "BAD_REQUEST",
  too_many_attempts: "TOO_MANY_REQUESTS",
  too_many_lists: "TOO_MANY_REQUESTS",
  database_unavailable: "SERVICE_UNAVAILABLE",
} as const satisfies Record<AppErrorCode, TRPC_ERROR_CODE_KEY>; // a code without a row fails to compile

/** An error that is shown to the client: a fixed code, and a text without internals. */
export class AppError extends TRPCError {
  constructor(
    readonly appCode: AppErrorCode,
    options: { detail?: string | undefined; cause?: unknown } = {},
  ) {
    super({ code: trpcCodeOf[appCode], message: options.detail ?? appCode, cause: options.cause });
  }
}

/** Maps an error of the domain to the one that is shown to the client. */
export function toAppError(error: TRPCError): TRPCError {
  const { cause } = error;
  if (cause instanceof OperatorError) return new AppError(cause.reason, { detail: cause.detail, cause });
  if (cause instanceof AccessError) return new AppError(cause.reason, { cause });
  if (cause instanceof ThrottledError || cause instanceof TooManyHashesError) {
    return new AppError("too_many_attempts", { cause });
  }
  if (cause instanceof TooManyListsError) return new AppError("too_many_lists", { cause });
  if (cause instanceof MergeError) {
    const code = cause.reason === "not_found" ? "not_found" : "merge_refused";
    return new AppError(code, { detail: cause.message, cause });
  }
  if (cause instanceof CursorError) return new AppError("cursor_invalid", { detail: cause.message, cause });
  if (cause instanceof DatabaseError && cause.reason !== "rejected")
    return new AppError("database_unavailable", { cause });
  return error;
}

/** For the Retry-After header, where an error says when to try again. */
export function retryAfterOf(error: TRPCError): number | undefined {
  const { cause } = error;
  if (cause instanceof ThrottledError || cause instanceof TooManyListsError) return cause.retryAfterSeconds;
  return undefined;
}
