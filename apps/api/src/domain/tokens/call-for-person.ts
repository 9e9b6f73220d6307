import type { WeChatOAuthClient } from "@wechat-login/oauth";
import { explainErrcode } from "@wechat-login/oauth/errcodes";
import type { Deps } from "../deps.js";
import { readFailure, recordFailure, type WeChatFailure } from "../failures/failures.js";

/** Makes a call to WeChat about one person; a failed one is recorded and returned. */
export async function callForPerson<Answer>(
  deps: Deps,
  { appId, openid }: { appId: string; openid: string },
  ask: (client: WeChatOAuthClient) => Promise<Answer>,
): Promise<{ answer: Answer; failure?: never } | { answer?: never; failure: WeChatFailure }> {
  const startedAt = performance.now();
  try {
    return { answer: await ask(deps.wechat(appId)) };
  } catch (error) {
    const failure = readFailure(error);
    if (!failure) throw error;
    await recordFailure(deps, failure, { appId, openid, latencyMs: performance.now() - startedAt });
    return { failure };
  }
}

/** Whether a refusal is about the person's token, and not about the call or the account. */
export function isVerdict({ errcode, endpoint }: WeChatFailure): boolean {
  const found = explainErrcode(errcode, endpoint);
  return found?.whoMustAct === "user" || found?.retry === "restart" || found?.retry === "sns_refresh";
}
