import { CODE_SECONDS } from "../protocol/lifetimes.js";
import { type PageError, pageError } from "../protocol/page-errors.js";
import type { AuthorizeRequest } from "../stores/authorize-request.js";
import type { Person } from "../stores/person.js";
import type { Store } from "../stores/store.js";
import { buildCallbackUrl, buildRefusalUrl } from "./callback-url.js";

/** `full_service`: press 使用完整服务 on the snapshot page, then allow. */
export type Decision = "allow" | "refuse" | "full_service";

/** The result of a person's decision. */
export type GrantOutcome =
  /** `secondLocation`: the same callback with another code, with the switch `doubleCallback`. */
  | { kind: "redirect"; location: string; code?: string; secondLocation?: string; snapshot: boolean }
  /** No redirect: the app is not informed. */
  | { kind: "refused" }
  | { kind: "error"; error: PageError };

/** How WeChat obtains consent. */
export type ConsentMode =
  /** No page: snsapi_base, a follower who comes from the menu, or a person who consented recently. */
  | "silent"
  /** No consent page; the person browses the target with a virtual identity. */
  | "snapshot"
  | "ask";

export function consentModeOf(store: Store, request: AuthorizeRequest, person: Person): ConsentMode {
  const { app, scope, forcePopup, forceSnapShot } = request;
  if (scope === "snsapi_base") return "silent";
  if (scope !== "snsapi_userinfo") return "ask";
  // The menu takes precedence over forcePopup and forceSnapShot.
  if (store.settings.fromMenu && store.followers.isFollowing(person, app)) return "silent";
  const isRecent = store.settings.recentLogin && store.consents.has(person.id, app.appId);
  if (isRecent) return forcePopup ? "ask" : "silent";
  return person.snapshot || forceSnapShot ? "snapshot" : "ask";
}

/** Applies the person's decision. A silent authorization cannot be refused. */
export function decide(
  store: Store,
  request: AuthorizeRequest,
  person: Person,
  decision: Decision,
): GrantOutcome {
  const { app, redirectUri, scope, rawState } = request;
  if (app.testAccount && !store.followers.isFollowing(person, app)) {
    return { kind: "error", error: pageError(10006) };
  }
  const mode = consentModeOf(store, request, person);
  if (decision === "refuse" && mode !== "silent") {
    const location = buildRefusalUrl(store.settings.refusal, redirectUri, rawState);
    return location === undefined ? { kind: "refused" } : { kind: "redirect", location, snapshot: false };
  }
  const snapshot = mode === "snapshot" && decision !== "full_service";
  if (scope === "snsapi_userinfo" && !snapshot) store.consents.add(person.id, app.appId);
  const grant = { appId: app.appId, personId: person.id, scope, snapshot };
  const issue = () =>
    (store.settings.sameCode ? store.codes.findLive(grant) : undefined) ??
    store.codes.issue(grant, CODE_SECONDS[app.kind]);
  const code = issue();
  const outcome = {
    kind: "redirect",
    location: buildCallbackUrl(redirectUri, code, rawState),
    code,
    snapshot,
  } as const;
  return isDoubled(store, request)
    ? { ...outcome, secondLocation: buildCallbackUrl(redirectUri, issue(), rawState) }
    : outcome;
}

function isDoubled(store: Store, request: AuthorizeRequest): boolean {
  const { doubleCallback } = store.settings;
  return doubleCallback === "without_connect_redirect" ? !request.connectRedirect : doubleCallback;
}
