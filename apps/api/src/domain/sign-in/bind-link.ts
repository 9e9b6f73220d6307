import type { WebTokens } from "@wechat-login/oauth";
import { claimBindLink } from "../../db/bind-links.js";
import { StaleDataError } from "../../db/database.js";
import { insertExternalUsers, listExternalIdsOfUser } from "../../db/external-users.js";
import { findUnionUser, insertUserOfBinding } from "../../db/identities.js";
import { type BoundStatement, required } from "../../db/statement.js";
import { lockUser } from "../../db/users.js";
import type { Deps } from "../deps.js";
import { outboxRecord } from "../events/outbox.js";
import { type BindLink, findBindLinkById, isOpen } from "../hosts/bind-links.js";
import { boundElsewhere, identitySteps } from "../identity/bind-identity.js";
import { findPerson, groupUnionidOf, type Identity, recordChangedUnionid } from "../identity/identity.js";
import { newId } from "../ids.js";
import { openSession } from "../sessions/open-session.js";
import { endSignIn, signedInRecords } from "./end.js";
import { returnFrom } from "./host-return.js";
import { type Agreement, agreementRecord } from "./questions.js";
import { Timeline } from "./timeline.js";
import type { CallbackRequest, CallbackResult, ClaimedAuthorizationRequest } from "./types.js";

/** Another request may win the link, the external id or the identity at the same time; each can happen once. */
const maxAttempts = 4;

interface Answer {
  identity: Identity;
  tokens: WebTokens;
  agreement: Agreement | undefined;
}

/**
 * Connects the identity that WeChat confirmed to the user whom a host application's bind link names, signs that user in, and
 * returns to the host with a ticket.
 *
 * Nothing is ever moved: an identity that belongs to another user, or whose user the host calls something else, is refused.
 * The link, the external id, the identity and the session are written in one batch, so that of any number of requests one uses
 * the link.
 *
 * @throws {DatabaseError}
 */
export async function signInByBindLink(
  deps: Deps,
  request: ClaimedAuthorizationRequest,
  callbackRequest: CallbackRequest,
  timeline: Timeline,
  answer: Answer,
): Promise<CallbackResult> {
  const { openid, app } = answer.identity;
  let { identity } = answer;
  for (let attempt = 1; ; attempt++) {
    const plan = await planFor(deps, request, identity);
    switch (plan.kind) {
      case "link_expired":
        return endSignIn(deps, request, timeline, { page: "link-expired", event: plan });
      case "blocked":
        return endSignIn(deps, request, timeline, { page: "blocked", event: plan, openid });
      case "bound_elsewhere": {
        const detail = plan.isConflict ? { detail: "identity conflict" } : {};
        const event = { kind: "bound_elsewhere", ...detail } as const;
        return endSignIn(deps, request, timeline, { page: "bound-elsewhere", event, openid });
      }
      case "bind":
        try {
          return await bind(deps, request, callbackRequest, timeline, { ...answer, identity }, plan);
        } catch (error) {
          if (!(error instanceof StaleDataError)) throw error;
          if (attempt === maxAttempts) {
            const event = { kind: "expired", detail: "the account changed meanwhile" } as const;
            return endSignIn(deps, request, timeline, { page: "expired", event });
          }
          identity = { ...identity, known: await findPerson(deps, app, openid) };
        }
    }
  }
}

interface BindPlan {
  kind: "bind";
  link: BindLink;
  userId: string;
  /** The person has no user here yet, nor has the host's user. */
  isNewUser: boolean;
  /** The host's user is not known by their external id yet. */
  isNewExternalId: boolean;
}

type Plan =
  | BindPlan
  | { kind: "link_expired" | "blocked" }
  | { kind: "bound_elsewhere"; isConflict: boolean };

/** Whom the identity goes to: the host's user, else the person's own, else a new one. Two of them are never made one here. */
async function planFor(
  deps: Deps,
  { bindLinkId: id = "" }: ClaimedAuthorizationRequest,
  identity: Identity,
): Promise<Plan> {
  const now = deps.now();
  const link = await findBindLinkById(deps, id);
  if (!link || !isOpen(link, now)) return { kind: "link_expired" };
  if (link.ownerStatus === "blocked") return { kind: "blocked" };
  const named = groupUnionidOf(identity);
  const union = identity.known || !named ? undefined : (await deps.db.run(findUnionUser, named))[0];
  const person = identity.known?.userId ?? union?.userId;
  const plan = { kind: "bind", link, isNewUser: false, isNewExternalId: false } as const;
  if (link.ownerId !== null) {
    if (person === undefined || person === link.ownerId) return { ...plan, userId: link.ownerId };
    return boundElsewhere(deps, link.ownerId, named, identity.known?.userId);
  }
  if (person === undefined) return { ...plan, userId: newId(now), isNewUser: true, isNewExternalId: true };
  const all = await deps.db.run(listExternalIdsOfUser, { userId: person });
  const names = all.filter(({ clientId }) => clientId === link.clientId);
  // The host knows this person as another of its users. As this one it knows them if another request was quicker just now.
  if (names.length > 0 && !names.some(({ externalId }) => externalId === link.externalId)) {
    return { kind: "bound_elsewhere", isConflict: false };
  }
  return { ...plan, userId: person, isNewExternalId: true };
}

/** @throws {StaleDataError} another request changed what was planned with */
async function bind(
  deps: Deps,
  request: ClaimedAuthorizationRequest,
  { sessionSecret: replaces, visitor }: CallbackRequest,
  timeline: Timeline,
  { identity, tokens, agreement }: Answer,
  { link, userId, isNewUser, isNewExternalId }: BindPlan,
): Promise<CallbackResult> {
  const { stateHash, signInId } = request;
  const { app, openid, known } = identity;
  const now = deps.now();
  // One moment for all events: so their ids sort as they are made here, and hosts read them in this order.
  const moment = { ...deps, now: () => now };
  const held = isNewUser
    ? outboxRecord(moment, { type: "user.created", userId })
    : required(lockUser.with({ id: userId }));
  const { steps, newBindingId, changed } = identitySteps(moment, identity, userId);
  const bindingId = known?.bindingId ?? newBindingId;
  const { clientId, externalId } = link;
  const before: BoundStatement<unknown>[] = [
    held,
    required(claimBindLink.with({ id: link.id, userId, now })),
    ...steps,
    ...(isNewUser
      ? [required(insertUserOfBinding.with({ appId: app.appId, openid, candidate: userId }))]
      : []),
    ...(isNewExternalId
      ? [
          required(insertExternalUsers(clientId, [{ externalId, userId }], now)),
          outboxRecord(moment, { type: "user.updated", userId, clientId, data: { changed: "externalId" } }),
        ]
      : []),
  ];
  const [secret] = deps.keys.sessionSecrets(stateHash, request.browserSecret);
  const { returnTo, records } = returnFrom(deps, request, { userId, isNew: isNewUser });
  const events = new Timeline(deps, signInId);
  if (isNewUser) events.add({ kind: "user_created" });
  events.add({ kind: known ? "already_bound" : "bound" });
  await openSession(
    deps,
    { secret, userId, signInId, bindingId, tokens, replaces, visitor },
    [
      ...signedInRecords(deps, request, { openid, userId }),
      ...records,
      ...(agreement ? [agreementRecord(deps, request, agreement, { userId, bindingId })] : []),
      ...timeline.records,
      ...events.records,
    ],
    before,
  );
  if (changed) await recordChangedUnionid(deps, userId, changed);
  deps.callCounts.add(now, app.appId, "sign_in", "signed_in");
  deps.log.info(
    { event: "bound_by_link", signInId, clientId, userId, isNewUser },
    "a host's user connected WeChat",
  );
  return { kind: "signed_in", returnTo, sessionSecret: secret };
}
