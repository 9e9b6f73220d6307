import { explainErrcode } from "@wechat-login/oauth/errcodes";
import type { Deps } from "../deps.js";

// What every list of the console shows of an app and of an errcode.

/** Adds the short name of an app to a row with its appid. */
export const withApp = <Row extends { appId: string }>(deps: Deps, row: Row) => ({
  ...row,
  appKey: deps.apps.keyOf(row.appId),
});

/**
 * Meaning, causes, who must act and steps, in zh and en; null for an unknown code.
 *
 * @param endpoint the call that failed, if known: for some codes it decides what to do.
 */
export function explanationOf(errcode: string | null, endpoint?: string) {
  if (errcode === null) return null;
  const found = explainErrcode(errcode, endpoint);
  if (!found) return null;
  const { name, meaning, causes, whoMustAct, steps, retry, link = null } = found;
  return { code: errcode, name, meaning, causes, whoMustAct, steps, retry, link };
}

/** What a list shows of an errcode: its name in programs and its meaning; null for an unknown code. */
export const namesOf = (explanation: ReturnType<typeof explanationOf>) => ({
  name: explanation?.name ?? null,
  meaning: explanation?.meaning ?? null,
});

/** The page of a list that is requested; the procedure caps `limit`. */
export interface PageInput {
  cursor?: string | undefined;
  limit: number;
}
