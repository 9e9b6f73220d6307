import type { FastifyReply, FastifyRequest } from "fastify";
import { appFor, isInWeChat, type WeChatApp } from "../domain/apps.js";
import type { Deps } from "../domain/deps.js";
import { bindLinkPath } from "../domain/hosts/bind-links.js";
import { requestNumber } from "../domain/request-number.js";
import { accountPath, defaultReturnTo, withParameter } from "../domain/return-to.js";
import type { HostLinkProblem } from "../domain/sign-in/host-return.js";
import type { FailurePage, FailureResult } from "../domain/sign-in/types.js";
import type { PageName } from "./page-contract.js";
import type { SendPage } from "./pages.js";
import { startUrl } from "./start-url.js";

/** Makes the functions that send the page of a sign-in that failed, and of a link that begins none. */
export function createFailureSenders(deps: Deps, sendPage: SendPage) {
  function sendFailure(request: FastifyRequest, reply: FastifyReply, failure: Omit<FailureResult, "kind">) {
    const { page: reason, signInId, foreignSignInId, errcode, appId, returnTo, isBind, host } = failure;
    const app = appId === undefined ? undefined : deps.apps.byAppId(appId);
    const about = {
      number: signInId ?? foreignSignInId ?? requestNumber(request.id, reason),
      errcode: errcode ?? "",
      // Without a sign-in, the route alone: it answers with the same page.
      self: signInId === undefined ? (request.routeOptions.url ?? "") : `/login/ended/${signInId}`,
    };
    const link = host ? { again: signInId } : { returnTo };
    const start = () => startUrl({ ...link, tap: true, app: app && keyToName(request, app) });
    const linkPage = failure.bindLinkId && linkPageOf[reason];
    if (linkPage && returnTo !== undefined) {
      const back = withParameter(returnTo, "error", linkErrorOf(reason));
      const retryOf: { readonly [page: string]: string } = {
        "link-bound-elsewhere": start(),
        "link-expired": back,
        "link-failed": back,
        "link-blocked": back,
      };
      const slots = { ...about, back, retry: retryOf[linkPage] ?? bindLinkPath };
      return sendPage(request, reply, linkPage, slots, app);
    }
    const page = isBind ? bindPageOf[reason] : reason;
    // A blocked person can only try another account, which WeChat's own browser does not offer.
    const canRetry = page !== "blocked" || !isInWeChat(request.headers["user-agent"]);
    // The nonce is in the other browser: the host begins anew in this one.
    const isElsewhere = host !== undefined && returnTo !== undefined && foreignSignInId !== undefined;
    const again = () => (isElsewhere ? withParameter(returnTo, "error", "begin_again") : start());
    // Whose WeChat account it is may sign in with it; every other way leads back to the account page.
    const retry = isBind && page !== "bound-elsewhere" ? accountPath : canRetry ? again() : "";
    return sendPage(request, reply, page, { ...about, retry }, app);
  }

  /** For a developer to read; a person cannot mend it. */
  function sendBadLink(request: FastifyRequest, reply: FastifyReply, problem: LinkProblem) {
    request.log.warn({ event: "link_refused", problem }, whatIsWrong[problem]);
    const slots = { retry: defaultReturnTo, number: request.id, errcode: problem, self: "" };
    return sendPage(request, reply, "invalid-host-link", slots);
  }

  /**
   * The app that a new sign-in in this browser must name, unless it leads to that app anyway. A link that was opened outside
   * WeChat does not name the first Official Account: the page that says "open in WeChat" helps more than WeChat's refusal.
   */
  function keyToName(request: FastifyRequest, wechatApp: WeChatApp): string | undefined {
    const unnamed = appFor(deps.apps, request.headers["user-agent"]);
    return unnamed === wechatApp ? undefined : wechatApp.key;
  }

  return { sendFailure, sendBadLink };
}

/** The pages of a binding that failed. The two that the person sees in a browser that may not be theirs stay as they are. */
const bindPageOf = {
  refused: "bind-refused",
  expired: "bind-expired",
  used: "bind-expired",
  "code-rejected": "bind-expired",
  snapshot: "bind-snapshot",
  "wechat-unavailable": "bind-unavailable",
  "sign-in-failed": "bind-failed",
  "not-allowed": "bind-not-allowed",
  blocked: "bind-blocked",
  "bound-elsewhere": "bound-elsewhere",
  "link-expired": "bind-expired",
  "session-changed": "session-changed",
  "wrong-browser": "wrong-browser",
  "invalid-callback": "invalid-callback",
} as const satisfies Record<FailurePage, PageName>;

/** The pages of a bind link that did not bind. A browser that did not begin it gets the same as in any sign-in. */
const linkPageOf = {
  refused: "link-refused",
  expired: "link-retry",
  used: "link-retry",
  "code-rejected": "link-retry",
  snapshot: "link-snapshot",
  "wechat-unavailable": "link-unavailable",
  "sign-in-failed": "link-failed",
  "not-allowed": "link-not-allowed",
  blocked: "link-blocked",
  "bound-elsewhere": "link-bound-elsewhere",
  "link-expired": "link-expired",
  "session-changed": "link-retry",
  "wrong-browser": undefined,
  "invalid-callback": undefined,
} as const satisfies Record<FailurePage, PageName | undefined>;

/** What the host reads in `error` where a person goes back without a ticket. */
function linkErrorOf(page: FailurePage): "bind_refused" | "bound_elsewhere" | "bind_failed" {
  if (page === "bound-elsewhere") return "bound_elsewhere";
  return page === "refused" ? "bind_refused" : "bind_failed";
}

/** What is wrong with a link to `/login/wechat`. */
type LinkProblem = HostLinkProblem | "APP_UNKNOWN";

const whatIsWrong = {
  APP_UNKNOWN: "a link names an app that is not in WECHAT_APPS, or several",
  CLIENT_UNKNOWN: "a link names a host application that is unknown or disabled",
  RETURN_TO_NOT_ALLOWED:
    "the return_to of a link is not at an origin and redirect path of its host application",
  NONCE_INVALID: "the nonce of a link is not one value of 16 to 200 letters, digits or - . _ ~",
} as const satisfies Record<LinkProblem, string>;
