import type { ReceivedAnswer, SentRequest } from "@wechat-login/oauth";
import { findFailure } from "../../db/console/failures.js";
import type { Deps } from "../deps.js";
import { refusedAddress } from "../failures/refused-address.js";
import { withPeople } from "./failure-people.js";
import { withNames } from "./failures.js";
import { lookUpStateOf } from "./look-up.js";
import { getSignIn } from "./sign-ins.js";
import { explanationOf } from "./view.js";

/** One failure with its explanation, what its steps ask for, and its sign-in; undefined if there is none. */
export async function getFailure(deps: Deps, id: string) {
  const [row] = await deps.db.run(findFailure, { id });
  if (!row) return undefined;
  const [failure = { ...row, person: null }] = await withPeople(deps, [row]);
  const signIn = row.signInId === null ? null : ((await getSignIn(deps, row.signInId)) ?? null);
  return {
    ...withNames(deps, failure),
    request: requestOf(row.request),
    answer: parsed<ReceivedAnswer>(row.answer),
    callerIp: refusedAddress(row),
    lookUp: lookUpStateOf(deps, row),
    explanation: explanationOf(row.errcode, row.endpoint),
    signIn,
  };
}

/** What this system wrote itself. */
const parsed = <Value>(json: string | null): Value | null =>
  json === null ? null : (JSON.parse(json) as Value);

/** The parameters as a list: their names are no fields of the answer, which are masked by name. */
function requestOf(json: string | null) {
  const request = parsed<SentRequest>(json);
  if (!request) return null;
  const parameters = Object.entries(request.parameters).map(([name, value]) => ({ name, value }));
  return { ...request, parameters };
}
