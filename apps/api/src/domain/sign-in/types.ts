import type { WeChatApp } from "../apps.js";
import type { Visitor } from "../deps.js";
import type { HostReturn } from "../hosts/tickets.js";
import type { Session } from "../sessions/sessions.js";

/** One HTTP request to the callback. WeChat's in-app browser may send the same one several times. */
export interface CallbackRequest {
  params: URLSearchParams;
  /** Usually one; see http/cookies.ts. */
  browserSecrets: readonly string[];
  /** The session that this browser already has, if any; a new one replaces it. */
  sessionSecret: string | undefined;
  visitor: Visitor;
}

/** An authorization request that one callback request has claimed: no other one may exchange its code. */
export interface ClaimedAuthorizationRequest {
  stateHash: string;
  signInId: string;
  scope: string;
  app: WeChatApp;
  returnTo: string;
  browserSecret: string;
  /** Whether it is known whose browser that is: from its session, or from its earlier sign-ins if there are any. */
  browserOwner: "known" | "unknown" | "first_sign_in";
  /** The version of the privacy notice that the person was shown before they tapped; null without one. */
  noticeVersion: string | null;
  /**
   * The session of this browser, if the sign-in has opened one already: the request is for a question, and whatever it
   * ends with, the person goes on.
   */
  session: Session | undefined;
  /** The live session that began it and to whose user the WeChat account is added; absent from an ordinary sign-in. */
  bindTo?: Session | undefined;
  /** The host application that the browser returns to, with a ticket; absent where it stays on this site's own pages. */
  host?: HostReturn | undefined;
  /** The host application's user who connects WeChat by it; absent from a sign-in of any other purpose. */
  bindLinkId?: string | undefined;
}

/** What the callback answers the browser. */
export type CallbackResult =
  /** Set the session cookie and redirect; to the question first, if the sign-in has one. */
  | { kind: "signed_in"; returnTo: string; sessionSecret: string; question?: { signInId: string } }
  /** The WeChat account was added to the user of the session, or `isNew` is false: it was there before. */
  | { kind: "bound"; isNew: boolean; returnTo: string }
  /** This browser is signed in already: redirect. */
  | { kind: "continue"; returnTo: string }
  /** A new person: show the page that says what is asked and why. */
  | { kind: "ask_profile"; signInId: string }
  /** The process that claimed the first callback request died: begin again, once. */
  | { kind: "restart"; appId: string; returnTo: string; host?: HostReturn | undefined }
  | FailureResult;

/** A sign-in that did not end well, and the page that says so. */
export interface FailureResult {
  kind: "failure";
  page: FailurePage;
  /** A signed-in person was adding a WeChat account: the page says so, and leads back to their account. */
  isBind?: true | undefined;
  /** The host application that `returnTo` belongs to: a new attempt returns there too. */
  host?: HostReturn | undefined;
  /** A user of that host was connecting WeChat. */
  bindLinkId?: string | undefined;
  /** Absent where this browser has no such sign-in. */
  signInId?: string;
  /** The sign-in that the state belongs to, if another browser began it: a number to quote to support, nothing more. */
  foreignSignInId?: string;
  errcode?: string;
  /** The app and the destination of the sign-in, which a new one keeps; absent if the state is unknown. */
  appId?: string;
  returnTo?: string;
}

/** Every way a sign-in can fail; each has a page of its own. */
export type FailurePage =
  | "refused"
  | "expired"
  | "used"
  | "snapshot"
  | "wrong-browser"
  | "invalid-callback"
  | "code-rejected"
  | "wechat-unavailable"
  | "sign-in-failed"
  | "not-allowed"
  | "blocked"
  /** Only where a person adds a WeChat account, or a bind link does: it belongs to another user. */
  | "bound-elsewhere"
  /** Only with a bind link: it was used, or has expired. */
  | "link-expired"
  /** Where a person adds a WeChat account, too: the session that began it has ended, or the browser has another one now. */
  | "session-changed";
