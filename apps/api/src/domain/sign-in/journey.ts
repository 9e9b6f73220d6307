import { createState, officialAccountAuthorizeUrl, websiteAuthorizeUrl } from "wechat-oauth";
import { extendSignIn, findSignIn, insertEvent, insertSignIn, insertTrip } from "../../db/sign-ins.js";
import type { WeChatApp } from "../apps.js";
import { type Deps, keptUserAgent, later, type Visitor } from "../deps.js";
import { newId } from "../ids.js";
import { hashSecret } from "../key-ring.js";

export type Scope = "snsapi_base" | "snsapi_userinfo" | "snsapi_login";

/** WeChat sends every browser back here. */
export const callbackPath = "/login/wechat/callback";

/**
 * Begins a journey: remembers where it should end and for which browser, and makes its first trip.
 *
 * @returns where to send the browser.
 */
export async function startSignIn(
  deps: Deps,
  start: { app: WeChatApp; returnTo: string; browserSecret: string; visitor: Visitor },
): Promise<{ url: string; signInId: string }> {
  const { app, returnTo, browserSecret, visitor } = start;
  const now = deps.now();
  const signInId = newId(now);
  const expiresAt = later(now, deps.settings.stateTtlSeconds);
  const scope = app.kind === "website" ? "snsapi_login" : "snsapi_base";
  const state = createState();
  await deps.db.batch([
    insertSignIn.with({
      id: signInId,
      appId: app.appId,
      returnTo,
      browserHash: hashSecret(browserSecret),
      ip: visitor.ip,
      userAgent: keptUserAgent(visitor),
      now,
      expiresAt,
    }),
    insertTrip.with({ stateHash: hashSecret(state), signInId, scope, now, expiresAt }),
    event(signInId, now, "started", { detail: scope }),
  ]);
  return { url: authorizeUrl(deps, app, scope, state), signInId };
}

/**
 * The second trip of a journey, begun by a tap: asking on page load is what makes WeChat show the snapshot
 * page.
 *
 * @returns undefined where the journey is over, expired, or another browser's.
 */
export async function startProfileTrip(
  deps: Deps,
  { signInId, browserSecrets }: { signInId: string; browserSecrets: readonly string[] },
): Promise<string | undefined> {
  const now = deps.now();
  const [signIn] = await deps.db.run(findSignIn, { id: signInId });
  const app = signIn && deps.apps.byAppId(signIn.appId);
  if (!app || signIn.outcome !== null || !ownSecret(signIn.browserHash, browserSecrets)) return undefined;
  if (signIn.expiresAt <= now) return undefined;

  const state = createState();
  const expiresAt = later(now, deps.settings.stateTtlSeconds);
  await deps.db.batch([
    insertTrip.with({ stateHash: hashSecret(state), signInId, scope: "snsapi_userinfo", now, expiresAt }),
    extendSignIn.with({ id: signInId, expiresAt }),
    event(signInId, now, "profile_trip", { detail: "snsapi_userinfo" }),
  ]);
  return authorizeUrl(deps, app, "snsapi_userinfo", state);
}

/** Which of a browser's secrets began this journey, if any: two tabs that start at once each bring one. */
export const ownSecret = (browserHash: string, secrets: readonly string[]): string | undefined =>
  secrets.find((secret) => hashSecret(secret) === browserHash);

function authorizeUrl(deps: Deps, app: WeChatApp, scope: Scope, state: string): string {
  const { publicUrl, wechatOpenUrl: openUrl } = deps.settings;
  const redirectUri = new URL(callbackPath, publicUrl).href;
  if (scope === "snsapi_login") return websiteAuthorizeUrl({ appId: app.appId, redirectUri, state, openUrl });
  return officialAccountAuthorizeUrl({ appId: app.appId, redirectUri, scope, state, openUrl });
}

export type EventKind =
  | "started"
  | "callback"
  | "exchanged"
  | "exchange_failed"
  | "profile_asked"
  | "profile_trip"
  | "userinfo"
  | "userinfo_failed"
  | "refused"
  | "snapshot"
  | "blocked"
  | "user_created"
  | "signed_in"
  | "replayed"
  | "expired";

/** One hop of the timeline that an operator reads, as a statement. */
export function event(
  signInId: string,
  at: Date,
  kind: EventKind,
  { durationMs, detail }: { durationMs?: number; detail?: string } = {},
) {
  return insertEvent.with({
    id: newId(at),
    signInId,
    at,
    kind,
    durationMs: durationMs === undefined ? null : Math.round(durationMs),
    detail: detail ?? null,
  });
}
