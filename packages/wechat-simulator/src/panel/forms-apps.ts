import { updateApp, verifyCallbackHost } from "../control/commands.js";
import { parseAppPatch } from "../input/parse-app.js";
import type { FormHandler, FormResult } from "./form.js";

/** Forms about apps. */
export const APP_FORMS: Readonly<Record<string, FormHandler>> = {
  "apps/update"(store, { appId = "", callbackHosts, scopes, openPlatform, ipAllowList, messageUrl, banned }) {
    const patch = parseAppPatch({
      callbackHosts: listOf(callbackHosts),
      scopes: listOf(scopes),
      openPlatform: openPlatform?.trim() ? openPlatform.trim() : null,
      // Only an Official Account's form has these fields.
      ...(ipAllowList === undefined ? {} : { ipAllowList: allowListOf(ipAllowList.trim()) }),
      ...(messageUrl === undefined ? {} : { messageUrl: messageUrl.trim() || null }),
      banned: banned === "1",
    });
    updateApp(store, appId, patch);
    return "saved";
  },
  async "apps/callback-host"(store, { appId = "", host = "" }): Promise<FormResult> {
    await verifyCallbackHost(store, appId, host.trim());
    return "verified";
  },
  // `daily.token`, `perMinute.userinfo`, or a limit without an endpoint
  "apps/limit"(store, { appId = "", limit = "", most = "" }) {
    const value = Number(most || Number.NaN);
    const [name = "", endpoint] = limit.split(".");
    const limits = { [name]: endpoint === undefined ? value : { [endpoint]: value } };
    updateApp(store, appId, parseAppPatch({ limits }));
    return "saved";
  },
};

/** What the allow-list reads in a form when it has no address: an empty field stands for any address. */
export const NO_ADDRESS = "none";

function allowListOf(text: string): string[] | null {
  if (text === "") return null;
  return text.toLowerCase() === NO_ADDRESS ? [] : listOf(text);
}

/** Splits `a, b` and `a b`, also at Chinese punctuation. */
function listOf(text = ""): string[] {
  return text.split(/[\s,，、]+/).filter((item) => item !== "");
}
