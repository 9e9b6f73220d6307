import { explainErrcode } from "@wechat-login/oauth/errcodes";
import type { WeChatFailure } from "../failures/failures.js";
import type { FailurePage } from "./types.js";

/**
 * The page that a failed call to WeChat leads to: the catalogue says what helps after this call, and who must act.
 */
export function failurePageOf({ errcode, endpoint }: WeChatFailure): FailurePage {
  const found = explainErrcode(errcode, endpoint);
  switch (found?.retry) {
    case "backoff":
      return "wechat-unavailable";
    // The code or the token that it was exchanged for is invalid: a new authorization gives new ones.
    case "restart":
    case "token":
    case "sns_refresh":
      return "code-rejected";
    default:
      return found?.whoMustAct === "user" ? "not-allowed" : "sign-in-failed";
  }
}
