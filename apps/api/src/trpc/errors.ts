import { TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import { ChannelError, type ChannelRefusal } from "../domain/alerts/channels.js";
import { TooManyExportsError } from "../domain/console/exports/slots.js";
import { TooManyListsError } from "../domain/console/list-gate.js";
import { CursorError } from "../domain/cursor.js";
import { DatabaseError } from "../domain/deps.js";
import { ClientError, type ClientRefusal } from "../domain/hosts/check-values.js";
import { HostError, type HostRefusal, hostProblems, type ProblemStatus } from "../domain/hosts/host-error.js";
import { MergeError, type MergeRefusal } from "../domain/identity/merges.js";
import { OperatorError, type OperatorRefusal } from "../domain/operators/accounts.js";
import { TooManyHashesError } from "../domain/operators/password-hash.js";
import { AccessError } from "../domain/operators/roles.js";
import { ThrottledError } from "../domain/throttle.js";

export type AppErrorCode =
  | OperatorRefusal
  | HostRefusal
  | MergeRefusal
  | ClientRefusal
  | ChannelRefusal
  | "already_blocked"
  | "already_active"
  | "group_changed"
  | "not_reached"
  | "signed_out"
  | "role_too_low"
  | "factor_required"
  | "cursor_invalid"
  | "too_many_attempts"
  | "too_many_lists"
  | "too_many_exports"
  | "list_too_slow"
  | "database_unavailable";

const trpcCodeOf = {
  wrong_credentials: "UNAUTHORIZED",
  link_invalid: "BAD_REQUEST",
  password_unfit: "BAD_REQUEST",
  username_unfit: "BAD_REQUEST",
  own_account: "CONFLICT",
  operator_changed: "CONFLICT",
  sign_in_expired: "UNAUTHORIZED",
  enrolment_expired: "CONFLICT",
  factor_wrong: "UNAUTHORIZED",
  too_many_factors: "CONFLICT",
  client_id_unfit: "BAD_REQUEST",
  client_name_unfit: "BAD_REQUEST",
  origins_unfit: "BAD_REQUEST",
  redirect_paths_unfit: "BAD_REQUEST",
  scopes_unfit: "BAD_REQUEST",
  cidrs_unfit: "BAD_REQUEST",
  client_exists: "CONFLICT",
  client_changed: "CONFLICT",
  url_unfit: "BAD_REQUEST",
  time_zone_unfit: "BAD_REQUEST",
  too_many_channels: "CONFLICT",
  channel_changed: "CONFLICT",
  already_blocked: "CONFLICT",
  already_active: "CONFLICT",
  group_changed: "CONFLICT",
  not_reached: "TIMEOUT",
  same_person: "CONFLICT",
  already_merged: "CONFLICT",
  status_differs: "CONFLICT",
  being_erased: "CONFLICT",
  already_undone: "CONFLICT",
  too_late: "CONFLICT",
  merged_further: "CONFLICT",
  already_resolved: "CONFLICT",
  signed_out: "UNAUTHORIZED",
  role_too_low: "FORBIDDEN",
  factor_required: "FORBIDDEN",
  cursor_invalid: "BAD_REQUEST",
  too_many_attempts: "TOO_MANY_REQUESTS",
  too_many_lists: "TOO_MANY_REQUESTS",
  too_many_exports: "TOO_MANY_REQUESTS",
  list_too_slow: "SERVICE_UNAVAILABLE",
  database_unavailable: "SERVICE_UNAVAILABLE",
} as const satisfies Record<Exclude<AppErrorCode, HostRefusal>, TRPC_ERROR_CODE_KEY>; // a code without a row fails to compile

const trpcCodeOfStatus = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  409: "CONFLICT",
  410: "NOT_FOUND", // tRPC has no code for what is gone
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_CONTENT",
  424: "BAD_GATEWAY",
  429: "TOO_MANY_REQUESTS",
  500: "INTERNAL_SERVER_ERROR",
  503: "SERVICE_UNAVAILABLE",
} as const satisfies Record<ProblemStatus, TRPC_ERROR_CODE_KEY>;

const codeOf = (appCode: AppErrorCode): TRPC_ERROR_CODE_KEY =>
  appCode in hostProblems
    ? trpcCodeOfStatus[hostProblems[appCode as HostRefusal].status]
    : trpcCodeOf[appCode as keyof typeof trpcCodeOf];

/** An error that is shown to the client: a fixed code, and a text without internals. */
export class AppError extends TRPCError {
  constructor(
    readonly appCode: AppErrorCode,
    options: { detail?: string | undefined; cause?: unknown } = {},
  ) {
    super({ code: codeOf(appCode), message: options.detail ?? appCode, cause: options.cause });
  }
}

/** Maps an error of the domain to the one that is shown to the client. */
export function toAppError(error: TRPCError): TRPCError {
  const { cause } = error;
  if (cause instanceof OperatorError) return new AppError(cause.reason, { detail: cause.detail, cause });
  if (cause instanceof HostError) return new AppError(cause.code, { detail: cause.message, cause });
  if (cause instanceof AccessError) return new AppError(cause.reason, { cause });
  if (cause instanceof ThrottledError || cause instanceof TooManyHashesError) {
    return new AppError("too_many_attempts", { cause });
  }
  if (cause instanceof TooManyListsError) return new AppError("too_many_lists", { cause });
  if (cause instanceof TooManyExportsError) {
    return new AppError("too_many_exports", { detail: cause.message, cause });
  }
  if (cause instanceof ClientError) return new AppError(cause.reason, { cause });
  if (cause instanceof ChannelError) return new AppError(cause.reason, { cause });
  if (cause instanceof MergeError) return new AppError(cause.reason, { detail: cause.message, cause });
  if (cause instanceof CursorError) return new AppError("cursor_invalid", { detail: cause.message, cause });
  if (cause instanceof DatabaseError && cause.reason === "too_slow")
    return new AppError("list_too_slow", { cause });
  if (cause instanceof DatabaseError && cause.reason !== "rejected")
    return new AppError("database_unavailable", { cause });
  return error;
}

/** For the Retry-After header, where an error says when to try again. */
export function retryAfterOf(error: TRPCError): number | undefined {
  const { cause } = error;
  if (
    cause instanceof ThrottledError ||
    cause instanceof TooManyListsError ||
    cause instanceof TooManyExportsError ||
    cause instanceof HostError
  ) {
    return cause.retryAfterSeconds;
  }
  return undefined;
}
