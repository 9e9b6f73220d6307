import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { describe, expect, it } from "vitest";
import { DatabaseError } from "../src/db/database.js";
import { ChannelError } from "../src/domain/alerts/channels.js";
import { TooManyExportsError } from "../src/domain/console/exports/slots.js";
import { TooManyListsError } from "../src/domain/console/list-gate.js";
import { CursorError } from "../src/domain/cursor.js";
import { ClientError } from "../src/domain/hosts/check-values.js";
import { HostError, hostProblems } from "../src/domain/hosts/host-error.js";
import { MergeError } from "../src/domain/identity/merges.js";
import { OperatorError } from "../src/domain/operators/accounts.js";
import { TooManyHashesError } from "../src/domain/operators/password-hash.js";
import { AccessError } from "../src/domain/operators/roles.js";
import { ThrottledError } from "../src/domain/throttle.js";
import { AppError, type AppErrorCode, retryAfterOf, toAppError } from "../src/trpc/errors.js";

const statusOf = (code: AppErrorCode) => getHTTPStatusCodeFromError(new AppError(code));

describe("what a procedure refuses with", () => {
  it.each([
    [400, ["link_invalid", "password_unfit", "username_unfit", "client_id_unfit", "client_name_unfit"]],
    [
      400,
      [
        "origins_unfit",
        "redirect_paths_unfit",
        "scopes_unfit",
        "cidrs_unfit",
        "url_unfit",
        "time_zone_unfit",
      ],
    ],
    [400, ["cursor_invalid"]],
    [401, ["wrong_credentials", "sign_in_expired", "factor_wrong", "signed_out"]],
    [403, ["role_too_low", "factor_required"]],
    [408, ["not_reached"]],
    [409, ["own_account", "operator_changed", "enrolment_expired", "too_many_factors", "client_exists"]],
    [409, ["client_changed", "too_many_channels", "channel_changed", "already_blocked", "already_active"]],
    [
      409,
      ["group_changed", "same_person", "already_merged", "status_differs", "being_erased", "already_undone"],
    ],
    [409, ["too_late", "merged_further", "already_resolved"]],
    [429, ["too_many_attempts", "too_many_lists", "too_many_exports"]],
    [503, ["list_too_slow", "database_unavailable"]],
  ] as [number, AppErrorCode[]][])("has the status %d: %j", (status, codes) => {
    expect(codes.map(statusOf)).toEqual(codes.map(() => status));
  });

  it("has the status of the host API where that has the refusal too, as far as tRPC knows it", () => {
    const known: Record<number, number> = { 410: 404, 424: 502 };
    for (const [code, { status }] of Object.entries(hostProblems)) {
      expect(statusOf(code as AppErrorCode), code).toBe(known[status] ?? status);
    }
  });
});

describe("an error of the domain", () => {
  const gone = "its words";
  it.each([
    [new OperatorError("password_unfit", "too short"), "password_unfit", "too short", undefined],
    [new OperatorError("own_account"), "own_account", "own_account", undefined],
    [new HostError("not_found", gone), "not_found", gone, undefined],
    [new AccessError("role_too_low"), "role_too_low", "role_too_low", undefined],
    [new ThrottledError(7), "too_many_attempts", "too_many_attempts", 7],
    [new TooManyHashesError(), "too_many_attempts", "too_many_attempts", undefined],
    [new TooManyListsError(), "too_many_lists", "too_many_lists", 2],
    [new TooManyExportsError("all"), "too_many_exports", new TooManyExportsError("all").message, 30],
    [new ClientError("client_exists"), "client_exists", "client_exists", undefined],
    [new ChannelError("url_unfit"), "url_unfit", "url_unfit", undefined],
    [new MergeError("too_late"), "too_late", new MergeError("too_late").message, undefined],
    [new CursorError(), "cursor_invalid", new CursorError().message, undefined],
    [new DatabaseError("too_slow", { cause: undefined }), "list_too_slow", "list_too_slow", undefined],
    [
      new DatabaseError("busy", { cause: undefined }),
      "database_unavailable",
      "database_unavailable",
      undefined,
    ],
  ] as const)(
    "%s is shown as %s, with its words and when to try again",
    (cause, appCode, message, seconds) => {
      const error = new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause });
      const shown = toAppError(error);
      expect(shown).toBeInstanceOf(AppError);
      expect(shown).toMatchObject({ appCode, message, cause });
      expect(retryAfterOf(shown)).toBe(seconds);
    },
  );

  it("is shown as no more than a failure if it is a mistake of the program", () => {
    for (const cause of [
      new Error("select * from secrets"),
      new DatabaseError("rejected", { cause: undefined }),
    ]) {
      const error = new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause });
      expect(toAppError(error)).toBe(error);
      expect(retryAfterOf(error)).toBeUndefined();
    }
  });
});
