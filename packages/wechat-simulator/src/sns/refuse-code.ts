import { type Refusal, refuse } from "../routes/api-answer.js";
import type { Redemption } from "../stores/codes.js";
import type { Settings } from "../stores/settings.js";
import { ACCOUNT_DELETED } from "./authorization.js";

/** Why a code cannot be exchanged. 40029 covers several cases; the reason in the request log distinguishes them. */
export function refuseCode(kind: Exclude<Redemption["kind"], "grant">, settings: Settings): Refusal {
  switch (kind) {
    case "used":
      return refuse(
        settings.usedCode,
        "this code was exchanged before; a code works once",
        "此 code 已换取过；每个 code 只能用一次",
      );
    case "expired":
      return refuse(settings.expiredCode, "this code has expired", "此 code 已过期");
    case "unknown":
      return refuse(
        40029,
        "this code was never issued, or is too old to be kept",
        "从未发出过此 code，或签发太久、已不再记录",
      );
    case "account_deleted":
      return ACCOUNT_DELETED;
    case "other_app":
      return refuse(40029, "this code was issued to another app", "此 code 是发给另一个应用的");
    case "other_family":
      return refuse(
        40029,
        "a mini program's js_code and a page's code are exchanged at two different endpoints",
        "小程序的 js_code 与网页授权的 code 须在各自的接口换取",
      );
  }
}
