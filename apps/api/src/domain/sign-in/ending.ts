import type { WeChatFailure } from "../failures.js";

/** Every way a sign-in can end other than well; each has its own page in plain words. */
export type Ending =
  | "refused"
  | "expired"
  | "used"
  | "snapshot"
  | "wrong-browser"
  | "invalid-callback"
  | "code-rejected"
  | "wechat-unavailable"
  | "sign-in-failed"
  | "blocked";

/** The code, or the token it brought, is spent, too old or not ours: only a new authorization helps. */
const rejectedCode = new Set(["40029", "40163", "42003", "41008", "40014", "42001", "42007"]);

/** WeChat is busy, slow or away: the same sign-in may work in a moment. */
const unavailable = new Set([
  ...["-1", "-1000", "45009", "45011", "61450", "9001002"],
  ...["TIMEOUT", "NETWORK", "HTTP_STATUS", "BAD_JSON", "TOO_LARGE"],
]);

/** What a failed call to WeChat means to the person who is waiting. */
export function endingOf(failure: WeChatFailure): Ending {
  if (rejectedCode.has(failure.errcode)) return "code-rejected";
  return unavailable.has(failure.errcode) ? "wechat-unavailable" : "sign-in-failed";
}
