import { findFailure } from "../../db/console/failures.js";
import type { Deps } from "../deps.js";
import { withNames } from "./failures.js";
import { getSignIn } from "./sign-ins.js";
import { explanationOf } from "./view.js";

/** One failure with its explanation and its sign-in; undefined if there is none. */
export async function getFailure(deps: Deps, id: string) {
  const [row] = await deps.db.run(findFailure, { id });
  if (!row) return undefined;
  const signIn = row.signInId === null ? null : ((await getSignIn(deps, row.signInId)) ?? null);
  return { ...withNames(deps, row), explanation: explanationOf(row.errcode, row.endpoint), signIn };
}
