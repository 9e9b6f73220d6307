import { findAnswer, findConsent, insertQuestion, lockBinding, upsertAgreement } from "../../db/consents.js";
import type { ConsentPurpose } from "../../db/schema.js";
import type { BoundStatement } from "../../db/statement.js";
import type { WeChatApp } from "../apps.js";
import { type Deps, later } from "../deps.js";
import type { Person } from "../identity/identity.js";
import { newId } from "../ids.js";
import { findSession } from "../sessions/sessions.js";
import type { ClaimedAuthorizationRequest } from "./types.js";

/*
 * A known person comes back by snsapi_base, which gives neither profile nor unionid. Where one of them is missing, the
 * sign-in ends as always, with a session, and then shows a page that asks. So whatever the person does with the page, or
 * WeChat with the request behind it, they are signed in.
 */

/** A question that was refused is not asked again for 180 days. */
const askAgainAfterSeconds = 180 * 86_400;

/** What WeChat tells only with a person's consent, and that this app does not have. */
function missingOf(app: WeChatApp, person: Person, unionid: string | undefined): ConsentPurpose[] {
  const needsProfile = app.profile === "ask" && person.profileAt === null;
  // Followers need no consent: WeChat is asked for their unionids first, see late-unionids.ts.
  const needsUnionid =
    app.unionidConsent && !unionid && person.unionid === null && person.unionidCheckedAt !== null;
  return [...(needsProfile ? ["profile" as const] : []), ...(needsUnionid ? ["unionid" as const] : [])];
}

/**
 * Asks a known person who signs in silently for what is missing, one thing at a time. A question counts as refused from now
 * on, until the person agrees: a closed page is never reported, and real phones do not report a refusal on WeChat's own page
 * either.
 *
 * @returns undefined if nothing is missing, or was asked before.
 * @throws {DatabaseError}
 */
export async function askQuestion(
  deps: Deps,
  { scope, app, signInId }: ClaimedAuthorizationRequest,
  person: Person,
  unionid: string | undefined,
): Promise<ConsentPurpose | undefined> {
  if (scope !== "snsapi_base") return undefined;
  const { bindingId } = person;
  const now = deps.now();
  for (const purpose of missingOf(app, person, unionid)) {
    const question = { bindingId, purpose, refusedBefore: later(now, -askAgainAfterSeconds) };
    if ((await deps.db.run(findAnswer, question)).length > 0) continue;
    const noticeVersion = app.privacyVersion ?? null;
    const [, asked] = await deps.db.batch([
      lockBinding.with({ bindingId }),
      insertQuestion.with({ id: signInId, ...question, noticeVersion, now }),
    ]);
    if (asked.length > 0) return purpose;
  }
  return undefined;
}

/**
 * The question that a sign-in has for the person whom it signed in, and to which they have not agreed.
 *
 * @throws {DatabaseError}
 */
export async function findQuestion(
  deps: Deps,
  signInId: string,
  sessionSecret: string | undefined,
): Promise<ConsentPurpose | undefined> {
  const [consent] = await deps.db.run(findConsent, { id: signInId });
  if (consent?.answer !== "refused") return undefined;
  const session = await findSession(deps, sessionSecret);
  return session?.userId === consent.userId ? consent.purpose : undefined;
}

/** What a person agreed to on one of our pages, and on WeChat's after it. */
export interface Agreement {
  purpose: ConsentPurpose;
  /** Whom the page asked; absent for a new person. */
  askedBindingId: string | undefined;
}

/**
 * What a person agreed to who comes back from WeChat's consent page: what the sign-in asked, or to show their profile if
 * they are new.
 *
 * @returns undefined after any other request.
 * @throws {DatabaseError}
 */
export async function findAgreement(
  deps: Deps,
  { scope, signInId }: ClaimedAuthorizationRequest,
): Promise<Agreement | undefined> {
  if (scope !== "snsapi_userinfo") return undefined;
  const [consent] = await deps.db.run(findConsent, { id: signInId });
  return { purpose: consent?.purpose ?? "profile", askedBindingId: consent?.bindingId };
}

/** The agreement, as a statement for the batch that opens the session. */
export function agreementRecord(
  deps: Pick<Deps, "now">,
  { signInId, noticeVersion }: ClaimedAuthorizationRequest,
  { purpose, askedBindingId }: Agreement,
  { userId, bindingId }: { userId: string; bindingId: string },
): BoundStatement<unknown> {
  const now = deps.now();
  // Another WeChat account may come back than the one that was asked, whose answer stays.
  const id = askedBindingId === undefined || askedBindingId === bindingId ? signInId : newId(now);
  return upsertAgreement.with({ id, userId, bindingId, purpose, noticeVersion, now });
}
