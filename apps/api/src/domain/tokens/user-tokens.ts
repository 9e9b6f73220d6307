import { asWebAccessToken, type WebTokens } from "@wechat-login/oauth";
import type { BoundStatement } from "../../db/statement.js";
import { findUserToken, setUserTokenCheck, upsertUserToken } from "../../db/tokens.js";
import { type Deps, later } from "../deps.js";
import type { WeChatFailure } from "../failures/failures.js";
import { callForPerson, isVerdict } from "./call-for-person.js";

/** A refresh token lives 30 days from the person's authorization. That a use extends it is not confirmed. */
const refreshTokenSeconds = 30 * 86_400;

/** The `scopeRank` of tokens without a refresh token: the lowest, so the tokens of any later sign-in replace them. */
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

/** What WeChat said about a person's access token. Without a verdict nothing is known that was not known before. */
export type TokenCheck =
  | { result: "valid"; errcode: null }
  /** `errcode` is `invalid` for the codes that the library does not tell apart. */
  | { result: "refused"; errcode: string }
  | { result: "unanswered"; errcode: string };

/**
 * Asks WeChat whether the stored access token of a binding is still valid: a person may have revoked it, or changed
 * their password, long before its time is over.
 *
 * @returns undefined if there is no token, it cannot be decrypted, or its app is no longer configured.
 * @throws {DatabaseError}
 */
export async function checkUserToken(deps: Deps, bindingId: string): Promise<TokenCheck | undefined> {
  const [row] = await deps.db.run(findUserToken, { bindingId });
  const accessToken = row && deps.keys.decrypt(row.accessToken, userTokenRow(bindingId, "access_token"));
  if (!row || accessToken === undefined || !deps.apps.byAppId(row.appId)) return undefined;
  const { appId, openid, accessToken: encrypted } = row;
  const token = { accessToken: asWebAccessToken(accessToken), openid };
  const { answer: isValid, failure } = await callForPerson(deps, { appId, openid }, (client) =>
    client.checkAccessToken(token),
  );
  const check = checkOf(isValid, failure);
  if (check.result !== "unanswered") {
    const { errcode: refusedErrcode } = check;
    const now = deps.now();
    await deps.db.run(setUserTokenCheck, { bindingId, accessToken: encrypted, refusedErrcode, now });
  }
  return check;
}

function checkOf(isValid: boolean | undefined, failure: WeChatFailure | undefined): TokenCheck {
  if (failure) return { result: isVerdict(failure) ? "refused" : "unanswered", errcode: failure.errcode };
  return isValid ? { result: "valid", errcode: null } : { result: "refused", errcode: "invalid" };
}
