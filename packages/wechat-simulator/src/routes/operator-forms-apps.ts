import { parseAppPatch } from "../apps-input.js";
import { getApp, updateApp } from "../deeds.js";
import type { FormAct } from "./operator-forms.js";

/** What an operator sets in WeChat's own consoles. */
export const APP_FORMS: Readonly<Record<string, FormAct>> = {
  "apps/update"(world, { appId = "", callbackHosts, scopes, openPlatform, ipAllowList, banned }) {
    const patch = parseAppPatch({
      callbackHosts: listOf(callbackHosts),
      scopes: listOf(scopes),
      openPlatform: openPlatform?.trim() ? openPlatform.trim() : null,
      // Only an Official Account's form has the field.
      ...(ipAllowList === undefined
        ? {}
        : { ipAllowList: ipAllowList.trim() === "" ? null : listOf(ipAllowList) }),
      banned: banned === "1",
    });
    updateApp(world, appId, patch);
    return "saved";
  },
  "apps/limit"(world, { appId = "", endpoint = "", limit = "" }) {
    getApp(world, appId);
    updateApp(
      world,
      appId,
      parseAppPatch({ limits: { daily: { [endpoint]: Number(limit || Number.NaN) } } }),
    );
    return "saved";
  },
};

/** `a, b` and `a b`, in Chinese punctuation too. */
function listOf(text = ""): string[] {
  return text.split(/[\s,，、]+/).filter((item) => item !== "");
}
