import type { WebTokens } from "wechat-oauth";
import type { BoundStatement } from "../../db/statement.js";
import { upsertUserToken } from "../../db/tokens.js";
import { type Deps, later } from "../deps.js";

/** A refresh token lives 30 days from the person's authorization. That a use extends it is not confirmed. */
const refreshTokenSeconds = 30 * 86_400;

/** The rank of stored tokens that cannot be refreshed. */
export const rankWithoutRefreshToken = 0;

/** The row and column that a token is encrypted for: in any other it cannot be decrypted. */
export const userTokenRow = (bindingId: string, column: "access_token" | "refresh_token") =>
  `user_tokens.${column}:${bindingId}`;

/**
 * The tokens of one binding, encrypted, as statements for the batch that finishes a sign-in. A lifetime that WeChat did
 * not state counts as over, and a missing refresh token as an expired one; tokens without both are not stored.
 */
export function userTokenRecords(
  deps: Deps,
  { bindingId, tokens }: { bindingId: string; tokens: WebTokens },
): BoundStatement<unknown>[] {
  const { accessToken, refreshToken, expiresInSeconds = 0, scope } = tokens;
  if (refreshToken === undefined && expiresInSeconds === 0) return [];
  const now = deps.now();
  return [
    upsertUserToken.with({
      bindingId,
      accessToken: deps.keys.encrypt(accessToken, userTokenRow(bindingId, "access_token")),
      refreshToken: deps.keys.encrypt(refreshToken ?? "", userTokenRow(bindingId, "refresh_token")),
      scope: scope.join(","),
      scopeRank: rankOf(tokens),
      expiresAt: later(now, expiresInSeconds),
      refreshExpiresAt: refreshToken === undefined ? now : later(now, refreshTokenSeconds),
      now,
    }),
  ];
}

/** Tokens replace stored ones of the same rank or a lower one. A scope that WeChat did not state proves no right. */
function rankOf({ refreshToken, scope }: WebTokens): number {
  if (refreshToken === undefined) return rankWithoutRefreshToken;
  return scope.some((name) => name !== "snsapi_base") ? 2 : 1;
}
