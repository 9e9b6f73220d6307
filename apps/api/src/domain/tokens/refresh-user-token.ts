import type { WebAccessToken, WebTokens } from "@wechat-login/oauth";
import type { BoundStatement } from "../../db/statement.js";
import { replaceUserToken, setUserTokenCheck } from "../../db/tokens.js";
import { type Deps, later } from "../deps.js";
import type { WeChatFailure } from "../failures/failures.js";
import { callForPerson, isVerdict } from "./call-for-person.js";
import { userTokenRow } from "./user-tokens.js";

/** The tokens of one binding as they are stored. */
export interface StoredUserToken {
  bindingId: string;
  appId: string;
  openid: string;
  accessToken: string;
  refreshToken: string;
}

export type UserTokenRefresh =
  | { result: "refreshed"; accessToken: WebAccessToken }
  /** Refused is also stored: until the next sign-in WeChat will not accept these tokens. */
  | { result: "refused" | "unanswered"; failure: WeChatFailure }
  /** There is no refresh token, or it cannot be decrypted any more. */
  | { result: "no_refresh_token" }
  /** WeChat answered with the tokens of another person, which are not stored: they would be used for this one. */
  | { result: "another_person" };

/**
 * Refreshes a person's tokens. A sign-in that stored others meanwhile keeps them.
 *
 * @param recordOf what is written with the result, in one batch, such as an operator's entry in the audit log.
 * @throws {DatabaseError}
 */
export async function refreshUserToken(
  deps: Deps,
  stored: StoredUserToken,
  recordOf: (result: UserTokenRefresh) => BoundStatement<unknown>[] = () => [],
): Promise<UserTokenRefresh> {
  const { bindingId, accessToken: before, openid } = stored;
  const refreshToken = deps.keys.decrypt(stored.refreshToken, userTokenRow(bindingId, "refresh_token"));
  if (!refreshToken) return finish({ result: "no_refresh_token" });
  const { answer, failure } = await callForPerson(deps, stored, (client) =>
    client.refreshTokens(refreshToken),
  );
  if (failure && !isVerdict(failure)) return finish({ result: "unanswered", failure });
  if (failure) {
    const now = deps.now();
    return finish({ result: "refused", failure }, [
      setUserTokenCheck.with({ bindingId, accessToken: before, refusedErrcode: failure.errcode, now }),
    ]);
  }
  if (answer.openid !== openid) return finish({ result: "another_person" });
  return finish({ result: "refreshed", accessToken: answer.accessToken }, [
    replaceUserToken.with(valuesOf(deps, stored, answer, refreshToken)),
  ]);

  async function finish(result: UserTokenRefresh, changes: BoundStatement<unknown>[] = []) {
    const steps = [...changes, ...recordOf(result)];
    if (steps.length > 0) await deps.db.batch(steps);
    return result;
  }
}

function valuesOf(
  deps: Deps,
  { bindingId, accessToken: before }: StoredUserToken,
  { accessToken, refreshToken, expiresInSeconds = 0 }: WebTokens,
  refreshTokenBefore: string,
) {
  const now = deps.now();
  return {
    bindingId,
    before,
    accessToken: deps.keys.encrypt(accessToken, userTokenRow(bindingId, "access_token")),
    refreshToken: deps.keys.encrypt(
      refreshToken ?? refreshTokenBefore,
      userTokenRow(bindingId, "refresh_token"),
    ),
    expiresAt: later(now, expiresInSeconds),
    now,
  };
}
