import { type Refusal, refuse } from "../routes/api-answer.js";
import type { Parameters } from "../routes/api-request.js";
import type { SimulatedApp } from "../stores/apps.js";
import type { Store } from "../stores/store.js";

/**
 * The checks before the code itself. Their order is not documented; in this order a wrong appid or secret does not spend
 * the code.
 *
 * @param codeName `code` or `js_code`
 */
export function checkCodeCall(
  store: Store,
  parameters: Parameters,
  codeName: "code" | "js_code",
): { app: SimulatedApp; code: string } | Refusal {
  const { appid, secret, grant_type } = parameters;
  const code = parameters[codeName];
  if (!appid) return refuse(41002, "appid is missing", "缺少 appid");
  if (!secret) return refuse(41004, "secret is missing", "缺少 secret");
  if (!code) return refuse(41008, `${codeName} is missing`, `缺少 ${codeName}`);
  if (grant_type !== "authorization_code") {
    return refuse(40002, "grant_type must be authorization_code", "grant_type 须为 authorization_code");
  }
  const app = store.apps.find(appid);
  if (!app) return refuse(40013, "no app has this appid", "没有这个 appid 的应用");
  if (secret !== app.appSecret) {
    if (store.settings.wrongSecretSpendsCode)
      store.codes.redeem(code, appid, codeName === "code" ? "web" : "js");
    return refuse(40125, "the secret does not belong to this app", "secret 与该应用不符");
  }
  return { app, code };
}
