import { countOwners, hasSignedIn } from "../../db/console/checklist.js";
import type { Deps } from "../deps.js";
import { listAppTokenStates } from "./app-tokens.js";

/** What a system needs before people sign in for real, in the order in which an operator does it. */
export async function getChecklist(deps: Deps) {
  const { settings } = deps;
  const [apps, signedIn, owners] = await Promise.all([
    listAppTokenStates(deps),
    hasSignedIn(deps.db),
    countOwners(deps.db),
  ]);
  const tokens = apps.flatMap(({ accessToken }) => accessToken ?? []);
  return {
    items: [
      { id: "real_wechat", done: !settings.usesSimulator },
      { id: "https", done: settings.publicUrl.protocol === "https:" },
      // Whether WeChat accepts the secret and this server's address; a website app has no token that would show it.
      {
        id: "secret_accepted",
        done: tokens.every(({ state }) => state === "fresh" || state === "near_expiry"),
      },
      { id: "first_sign_in", done: signedIn },
      { id: "second_owner", done: owners > 1 },
    ] as const,
  };
}
