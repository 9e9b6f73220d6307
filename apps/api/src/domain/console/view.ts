import { explainErrcode } from "wechat-oauth/errcodes";
import type { Deps } from "../deps.js";

// What every list of the console says of an app and of an errcode.

export const appKeyOf = (deps: Deps, appId: string): string | null => deps.apps.byAppId(appId)?.key ?? null;

/** Our short name of an app beside its appid. */
export const withApp = <Row extends { appId: string }>(deps: Deps, row: Row) => ({
  ...row,
  appKey: appKeyOf(deps, row.appId),
});

/**
 * Meaning, causes, who must act and steps, in zh and en; null for a code that nobody has explained yet.
 *
 * @param endpoint what failed, where it is known: some codes call for another repeat on a person's token.
 */
export function explanationOf(errcode: string | null, endpoint?: string) {
  if (errcode === null) return null;
  const found = explainErrcode(/^-?\d+$/.test(errcode) ? Number(errcode) : errcode);
  if (!found) return null;
  const { name, meaning, causes, whoMustAct, steps, link = null } = found;
  const retry = (endpoint?.startsWith("sns/") ? found.retryOnSns : undefined) ?? found.retry;
  return { code: errcode, name, meaning, causes, whoMustAct, steps, retry, link };
}

/** A list's page as it is asked for; the cap on `limit` is the procedure's. */
export interface PageInput {
  cursor?: string | undefined;
  limit: number;
}
