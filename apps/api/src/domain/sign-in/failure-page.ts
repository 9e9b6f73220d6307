import type { WeChatFailure } from "../failures/failures.js";
import type { FailurePage } from "./types.js";

/** The code, or the token it was exchanged for, is used up, expired or another app's: only a new authorization helps. */
const rejectedCode = new Set(["40029", "40163", "42003", "41008", "40014", "42001", "42007"]);

/** WeChat is busy, slow or unreachable: the same sign-in may work in a moment. */
const unavailable = new Set([
  ...["-1", "-1000", "45009", "45011", "61450", "9001002"],
  ...["TIMEOUT", "NETWORK", "HTTP_STATUS", "BAD_JSON", "TOO_LARGE"],
]);

/** The page that a failed call to WeChat leads to. */
export function failurePageOf(failure: WeChatFailure): FailurePage {
  if (rejectedCode.has(failure.errcode)) return "code-rejected";
  return unavailable.has(failure.errcode) ? "wechat-unavailable" : "sign-in-failed";
}
