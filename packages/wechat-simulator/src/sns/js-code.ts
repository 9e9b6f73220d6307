import { randomBytes } from "node:crypto";
import { CODE_SECONDS } from "../protocol/lifetimes.js";
import { type ApiAnswer, refuse } from "../routes/api-answer.js";
import type { Parameters } from "../routes/api-request.js";
import { refuseExhausted, takeQuota } from "../routes/quota-check.js";
import type { SimulatedApp } from "../stores/apps.js";
import { JS_CODE_SCOPE } from "../stores/codes.js";
import type { Person } from "../stores/person.js";
import type { Store } from "../stores/store.js";
import { checkCodeCall } from "./credentials.js";
import { identityOf } from "./identity.js";
import { refuseCode } from "./refuse-code.js";

/** Issues what `wx.login()` gives a mini program on this person's phone. No page is shown. */
export function issueJsCode(store: Store, person: Person, app: SimulatedApp): string {
  const grant = { appId: app.appId, personId: person.id, scope: JS_CODE_SCOPE, snapshot: false };
  return store.codes.issue(grant, CODE_SECONDS.mini_program);
}

/**
 * GET /sns/jscode2session?appid&secret&js_code&grant_type=authorization_code
 * → { openid, session_key, unionid? }
 */
export function exchangeJsCode(store: Store, parameters: Parameters): ApiAnswer {
  const checked = checkCodeCall(store, parameters, "js_code");
  if ("errcode" in checked) return checked;
  const { app, code } = checked;
  const exhausted = takeQuota(store, app, "jscode2session");
  if (exhausted) return exhausted;
  const peeked = store.codes.peek(code, app.appId, "js");
  if (peeked.kind !== "grant") return refuseCode(peeked.kind, store.settings);

  const { person, identity } = identityOf(store, peeked.grant);
  const tooOften = store.settings.quotas
    ? refuseExhausted(store.quotas.takeForPerson(app, person.id))
    : undefined;
  if (tooOften) return { ...tooOften, personId: person.id };
  store.codes.spend(code);
  if (person.highRisk) {
    return {
      ...refuse(40226, "the person is marked as high risk", "该用户被视为高风险用户"),
      personId: person.id,
    };
  }
  const { openid, unionid } = identity;
  const session_key = randomBytes(16).toString("base64");
  return { personId: person.id, fields: { openid, session_key, unionid } };
}
