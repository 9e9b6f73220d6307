import { TokenUnavailableError } from "@wechat-login/oauth/keeper";
import { listAppTokenStates } from "../console/app-tokens.js";
import type { Deps } from "../deps.js";
import { checkApp, readCounts } from "./app-checks.js";
import type { Diagnosis } from "./finding.js";
import { checkSite } from "./site-checks.js";

/**
 * Checks this server and every app, for the console and for `npm run doctor`. All who ask within 15 s, or while the checks are
 * made, get the same answer: the checks call WeChat and this server's own address.
 *
 * @throws {DatabaseError}
 */
export const examine = (deps: Deps): Promise<Diagnosis> =>
  deps.diagnosis.get(deps.now(), () => diagnose(deps));

async function diagnose(deps: Deps): Promise<Diagnosis> {
  await fetchMissingTokens(deps);
  const [site, tokens, hour, day] = await Promise.all([
    checkSite(deps),
    listAppTokenStates(deps),
    readCounts(deps, 3600),
    readCounts(deps, 86_400),
  ]);
  const apps = deps.apps.all.map((app) => {
    const { appId, key, kind } = app;
    const token = tokens.find((one) => one.appId === appId)?.accessToken ?? null;
    return {
      ...{ appId, key, kind },
      findings: checkApp(deps, { app, token, hour: hour(appId), day: day(appId) }),
    };
  });
  return { at: deps.now(), site, apps };
}

/** Through the keeper, which asks WeChat only where no valid token is stored. Why there is none is in its state then. */
async function fetchMissingTokens(deps: Deps): Promise<void> {
  for (const { appId, kind } of deps.apps.all) {
    if (kind !== "official_account") continue;
    try {
      await deps.appToken(appId).get();
    } catch (error) {
      if (!(error instanceof TokenUnavailableError)) throw error;
    }
  }
}
