import { createState, officialAccountAuthorizeUrl, websiteAuthorizeUrl } from "@wechat-login/oauth";
import type { ConsentPurpose, SignInPurpose } from "../../db/schema.js";
import {
  abandonSignIn,
  extendSignIn,
  findSignIn,
  insertAuthorizationRequest,
  insertSignIn,
} from "../../db/sign-ins.js";
import type { WeChatApp } from "../apps.js";
import { type Deps, keptUserAgent, later, type Visitor } from "../deps.js";
import type { BindLink } from "../hosts/bind-links.js";
import { type HostReturn, hostOf } from "../hosts/tickets.js";
import { newId } from "../ids.js";
import { hashSecret } from "../key-ring.js";
import { accountPath } from "../return-to.js";
import { findSession, type Session } from "../sessions/sessions.js";
import { inSpan } from "../tracing.js";
import { findQuestion } from "./questions.js";
import { type EventKind, eventRecord } from "./timeline.js";

export type Scope = "snsapi_base" | "snsapi_userinfo" | "snsapi_login";

/** WeChat redirects every browser back to this path. */
export const callbackPath = "/login/wechat/callback";

/**
 * Begins a sign-in: stores where it should end and which browser began it, with its first authorization request.
 *
 * @returns the address of WeChat to redirect the browser to.
 * @throws {DatabaseError}
 */
export async function startSignIn(
  deps: Deps,
  start: {
    app: WeChatApp;
    /** Whether WeChat asks the person for their profile again, after a tap. */
    asksProfile?: boolean;
    returnTo: string;
    /** Where `returnTo` belongs to a host application, which gets a ticket. */
    host?: HostReturn | undefined;
    browserSecret: string;
    /** The session that this browser has, if any: a failure before the openid is known is probably its user's. */
    sessionSecret?: string | undefined;
    visitor: Visitor;
  },
): Promise<StartedSignIn> {
  const session = await findSession(deps, start.sessionSecret);
  const inWeChat = start.asksProfile ? "snsapi_userinfo" : "snsapi_base";
  const scope = start.app.kind === "website" ? "snsapi_login" : inWeChat;
  return begin(deps, { ...start, purpose: "sign_in", scope, session });
}

/**
 * Begins to add WeChat of one app to the user of a session: a sign-in that only this session, in this browser, can
 * finish, and that opens no other one. The person's tap came just before, so WeChat is asked for the profile at once.
 *
 * @returns the address of WeChat to redirect the browser to.
 * @throws {DatabaseError}
 */
export async function startBinding(
  deps: Deps,
  start: { app: WeChatApp; session: Session; browserSecret: string; visitor: Visitor },
): Promise<StartedSignIn> {
  const scope = scopeAfterTap(start.app);
  return begin(deps, { ...start, purpose: "bind", returnTo: accountPath, scope });
}

/**
 * Begins to connect WeChat to the user of a host application, after the person agreed on the page that names both: a sign-in
 * that ends at the host, with a ticket.
 *
 * @returns the address of WeChat to redirect the browser to.
 * @throws {DatabaseError}
 */
export async function startByBindLink(
  deps: Deps,
  start: {
    link: BindLink;
    app: WeChatApp;
    browserSecret: string;
    sessionSecret: string | undefined;
    visitor: Visitor;
  },
): Promise<StartedSignIn> {
  const { id: bindLinkId, clientId, nonceHash, returnTo } = start.link;
  const session = await findSession(deps, start.sessionSecret);
  const scope = scopeAfterTap(start.app);
  const host = { clientId, nonceHash };
  return begin(deps, { ...start, purpose: "bind_link", bindLinkId, returnTo, host, scope, session });
}

/** A tap came just before, so the profile may be asked for at once. */
function scopeAfterTap({ kind, profile }: WeChatApp): Scope {
  const inWeChat = profile === "ask" ? "snsapi_userinfo" : "snsapi_base";
  return kind === "website" ? "snsapi_login" : inWeChat;
}

const startedBy = {
  sign_in: "started",
  bind: "bind_started",
  bind_link: "bind_link_started",
} as const satisfies Record<SignInPurpose, EventKind>;

interface StartedSignIn {
  url: string;
  signInId: string;
}

interface Start {
  purpose: SignInPurpose;
  app: WeChatApp;
  returnTo: string;
  host?: HostReturn | undefined;
  bindLinkId?: string;
  scope: Scope;
  browserSecret: string;
  session: Session | undefined;
  visitor: Visitor;
}

function begin(deps: Deps, start: Start): Promise<StartedSignIn> {
  return inSpan("sign_in.start", (span) => {
    span.setAttributes({ "wechat.app": start.app.key, "sign_in.purpose": start.purpose });
    return recordStart(deps, start);
  });
}

async function recordStart(deps: Deps, start: Start): Promise<StartedSignIn> {
  const { purpose, app, returnTo, host, scope, browserSecret, session, visitor } = start;
  const now = deps.now();
  const signInId = newId(now);
  const expiresAt = later(now, deps.settings.stateTtlSeconds);
  const state = createState();
  await deps.db.batch([
    insertSignIn.with({
      id: signInId,
      purpose,
      appId: app.appId,
      returnTo,
      browserHash: hashSecret(browserSecret),
      ip: visitor.ip,
      userAgent: keptUserAgent(visitor),
      sessionUserId: session?.userId ?? null,
      sessionId: purpose === "bind" ? (session?.id ?? null) : null,
      clientId: host?.clientId ?? null,
      nonceHash: host?.nonceHash ?? null,
      bindLinkId: start.bindLinkId ?? null,
      now,
      expiresAt,
    }),
    insertAuthorizationRequest.with({ stateHash: hashSecret(state), signInId, scope, now, expiresAt }),
    eventRecord(signInId, now, { kind: startedBy[purpose], detail: scope }),
  ]);
  return { url: authorizeUrl(deps, app, scope, state), signInId };
}

/**
 * Makes the second authorization request of a sign-in, after a tap: WeChat shows its snapshot page to a person who is asked
 * for snsapi_userinfo on page load.
 *
 * @returns the address of WeChat, or undefined if the sign-in has ended or expired, or another browser began it.
 * @throws {DatabaseError}
 */
export async function startProfileRequest(deps: Deps, browser: BrowserOfSignIn): Promise<string | undefined> {
  const { signInId } = browser;
  const open = await findOpenSignIn(deps, browser);
  if (!open) return undefined;

  const now = deps.now();
  const scope = "snsapi_userinfo";
  const state = createState();
  const expiresAt = later(now, deps.settings.stateTtlSeconds);
  await deps.db.batch([
    insertAuthorizationRequest.with({ stateHash: hashSecret(state), signInId, scope, now, expiresAt }),
    extendSignIn.with({ id: signInId, noticeVersion: open.app.privacyVersion ?? null, expiresAt }),
    eventRecord(signInId, now, { kind: "profile_redirect", detail: scope }),
  ]);
  return authorizeUrl(deps, open.app, scope, state);
}

interface BrowserOfSignIn {
  signInId: string;
  browserSecrets: readonly string[];
  sessionSecret: string | undefined;
}

/** A sign-in that can go on with a tap. */
export interface OpenSignIn {
  app: WeChatApp;
  returnTo: string;
  /** What a person who is signed in already is asked; absent for a new person, who is not. */
  question?: ConsentPurpose;
  /** Absent where `returnTo` is on this origin. */
  host?: HostReturn | undefined;
}

/**
 * The sign-in of this browser that has not expired, and that has not ended or has a question for the person whom it signed
 * in.
 *
 * @throws {DatabaseError}
 */
export async function findOpenSignIn(
  deps: Deps,
  { signInId, browserSecrets, sessionSecret }: BrowserOfSignIn,
): Promise<OpenSignIn | undefined> {
  const [signIn] = await deps.db.run(findSignIn, { id: signInId });
  if (!signIn || !findMatchingSecret(signIn.browserHash, browserSecrets)) return undefined;
  if (signIn.expiresAt <= deps.now()) {
    if (signIn.outcome === null) await abandon(deps, signInId);
    return undefined;
  }
  const { returnTo } = signIn;
  const app = deps.apps.byAppId(signIn.appId);
  if (!app) return undefined;
  if (signIn.outcome === null) return { app, returnTo };
  const question = await findQuestion(deps, signInId, sessionSecret);
  return question && { app, returnTo, question, host: hostOf(signIn) };
}

/** Its time is over, and the person is told so: it must not go on if the clock is set back. */
async function abandon(deps: Deps, signInId: string): Promise<void> {
  const [signIn] = await deps.db.run(abandonSignIn, { id: signInId, now: deps.now() });
  if (signIn) deps.callCounts.add(signIn.createdAt, signIn.appId, "sign_in", "abandoned");
}

/**
 * The one of a browser's secrets that began a sign-in: two tabs that begin at the same time in a fresh browser have
 * one each.
 */
export const findMatchingSecret = (browserHash: string, secrets: readonly string[]): string | undefined =>
  secrets.find((secret) => hashSecret(secret) === browserHash);

function authorizeUrl(deps: Deps, app: WeChatApp, scope: Scope, state: string): string {
  const { publicUrl, wechatOpenUrl: openUrl } = deps.settings;
  const redirectUri = new URL(callbackPath, publicUrl).href;
  if (scope === "snsapi_login") return websiteAuthorizeUrl({ appId: app.appId, redirectUri, state, openUrl });
  return officialAccountAuthorizeUrl({ appId: app.appId, redirectUri, scope, state, openUrl });
}
