import type { WebTokens } from "wechat-oauth";
import { upsertUserToken } from "../../db/tokens.js";
import { type Deps, later } from "../deps.js";

/** A refresh token lives 30 days from the person's authorization. That a use extends it is not confirmed. */
const refreshTokenSeconds = 30 * 86_400;

/** The row and column that a token is encrypted for: in any other it cannot be decrypted. */
export const userTokenRow = (bindingId: string, column: "access_token" | "refresh_token") =>
  `user_tokens.${column}:${bindingId}`;

/** The tokens of one binding, encrypted, as a statement for the batch that finishes a sign-in. */
export function userTokenRecord(deps: Deps, bindingId: string, tokens: WebTokens) {
  const now = deps.now();
  const scope = tokens.scope.join(",");
  return upsertUserToken.with({
    bindingId,
    accessToken: deps.keys.encrypt(tokens.accessToken, userTokenRow(bindingId, "access_token")),
    refreshToken: deps.keys.encrypt(tokens.refreshToken, userTokenRow(bindingId, "refresh_token")),
    scope,
    scopeRank: tokens.scope.some((name) => name !== "snsapi_base") ? 2 : 1,
    expiresAt: later(now, tokens.expiresInSeconds),
    refreshExpiresAt: later(now, refreshTokenSeconds),
    now,
  });
}
