import type { IssuedCredential } from "../control/issued-credentials.js";
import { JS_CODE_SCOPE } from "../stores/codes.js";
import type { Translate } from "./panel.js";

/** The kind of a credential in WeChat's words. */
export function credentialName(t: Translate, { kind, purpose }: IssuedCredential): string {
  switch (kind) {
    case "code":
      return purpose === JS_CODE_SCOPE ? "js_code" : "code";
    case "global_token":
      return t("global access_token", "全局 access_token");
    case "ticket":
      return "ticket";
    case "access_token":
    case "refresh_token":
      return kind;
  }
}
