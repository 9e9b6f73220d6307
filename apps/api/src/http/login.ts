import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { renderSVG } from "uqr";
import { appBehindPage, pickApp, type WeChatApp } from "../domain/apps.js";
import type { Deps } from "../domain/deps.js";
import { isId } from "../domain/ids.js";
import { isSecret } from "../domain/key-ring.js";
import { accountPath, defaultReturnTo } from "../domain/return-to.js";
import { userSessionLifetime } from "../domain/sessions/lifetime.js";
import { handleCallback } from "../domain/sign-in/callback.js";
import { type LinkTarget, leaveQuestion, readLinkTarget } from "../domain/sign-in/host-return.js";
import { findFailureResult, resultOfEndedSignIn } from "../domain/sign-in/repeated-callback.js";
import {
  callbackPath,
  findOpenSignIn,
  type OpenSignIn,
  startProfileRequest,
  startSignIn,
} from "../domain/sign-in/start.js";
import type { CallbackResult } from "../domain/sign-in/types.js";
import { accountPathWith, sendAccountPage } from "./account.js";
import { authenticateUser } from "./authentication.js";
import { beginInBrowser } from "./begin-in-browser.js";
import type { Cookies } from "./cookies.js";
import { createFailureSenders } from "./failures.js";
import type { SendPage } from "./pages.js";
import { limitOf } from "./rate-limit.js";
import { redirect } from "./redirect.js";
import { linkTo, startUrl } from "./start-url.js";
import { visitorOf } from "./visitor.js";

/** The routes of a sign-in in the browser: start, callback, and the pages in between. */
export function loginRoutes(
  app: FastifyInstance,
  parts: { deps: Deps; cookies: Cookies; sendPage: SendPage },
): void {
  const { deps, cookies, sendPage } = parts;
  const { publicUrl, homeUrl } = deps.settings;
  const { absoluteSeconds } = userSessionLifetime(deps.settings);
  const { sendFailure, sendBadLink } = createFailureSenders(deps, sendPage);
  const limited = (name: string) => ({ config: limitOf(deps.settings, name), exposeHeadRoute: false });

  app.get("/", async (_request, reply) => redirect(reply, 302, homeUrl ?? accountPath));

  app.get(accountPath, async (request, reply) => {
    const session = await authenticateUser(deps, cookies, request);
    const start = startUrl({ returnTo: accountPath, tap: true });
    if (!session) {
      const page = cookies.read(request, "signed_out") === undefined ? "home" : "signed-out";
      return sendPage(request, reply, page, { start });
    }
    const showProfile = startUrl({ tap: true, profile: true });
    return sendAccountPage(parts, request, reply, session, { switchTo: start, showProfile });
  });

  // Without exposeHeadRoute: a HEAD request of a link preview would begin a sign-in.
  app.get("/login/wechat", limited("start"), async (request, reply) => {
    const query = request.query as Record<string, unknown>;
    const target = await readLinkTarget(deps, query, readBrowser(request));
    if (!target) return sendFailure(request, reply, { page: "expired" });
    if ("problem" in target) return sendBadLink(request, reply, target.problem);
    const asked = typeof query.app === "string" ? deps.apps.byKey(query.app) : undefined;
    // The person would meet another account than the site meant: with another openid, and maybe as another user.
    if (query.app !== undefined && !asked) return sendBadLink(request, reply, "APP_UNKNOWN");
    const link = linkTo(query, target.returnTo);
    const tap = query.tap === "1";
    if (cookies.read(request, "signed_out") !== undefined && !tap) {
      const start = startUrl({ ...link, tap: true, app: asked?.key });
      return sendPage(request, reply, "signed-out", { start }, asked);
    }
    const picked = asked ?? pickApp(deps.apps, request.headers["user-agent"]);
    if (typeof picked === "string") {
      const url = new URL(startUrl(link), publicUrl).href;
      const anyway = startUrl({ ...link, tap: true, app: appBehindPage(deps.apps)?.key });
      const qr = picked === "scan-with-phone" ? renderSVG(url) : "";
      return sendPage(request, reply, picked, { link: url, anyway, qr });
    }
    // Asked of people who have seen the profile page only: others see it after the silent request.
    const asksProfile = tap && query.profile === "1" && !!(await authenticateUser(deps, cookies, request));
    return redirectToWeChat(request, reply, picked, target, asksProfile);
  });

  app.get("/login/wechat/profile", limited("profile"), async (request, reply) => {
    const { sign_in: signInId } = request.query as Record<string, unknown>;
    const browserSecrets = readBrowser(request);
    if (!isId(signInId)) {
      return sendFailure(request, reply, { page: "expired" });
    }
    const sessionSecret = cookies.read(request, "session");
    const url = await startProfileRequest(deps, { signInId, browserSecrets, sessionSecret });
    if (url !== undefined) return redirect(reply, 302, url);
    const result = await resultOfEndedSignIn(deps, signInId, { browserSecrets, sessionSecret });
    return sendResult(request, reply, result);
  });

  // The way past a question, where a host application waits for a ticket.
  app.get("/login/wechat/leave", limited("profile"), async (request, reply) => {
    const { sign_in: signInId } = request.query as Record<string, unknown>;
    if (!isId(signInId)) {
      return sendFailure(request, reply, { page: "expired" });
    }
    const browser = {
      browserSecrets: readBrowser(request),
      sessionSecret: cookies.read(request, "session"),
    };
    const returnTo = await leaveQuestion(deps, { signInId, ...browser });
    if (returnTo !== undefined) return redirect(reply, 303, returnTo);
    return sendResult(request, reply, await resultOfEndedSignIn(deps, signInId, browser));
  });

  app.get("/login/profile/:id", async (request, reply) => {
    const { id } = request.params as { id: string };
    const browserSecrets = readBrowser(request);
    if (!isId(id)) return sendFailure(request, reply, { page: "expired" });
    const sessionSecret = cookies.read(request, "session");
    const open = await findOpenSignIn(deps, { signInId: id, browserSecrets, sessionSecret });
    if (!open) {
      return sendResult(
        request,
        reply,
        await resultOfEndedSignIn(deps, id, { browserSecrets, sessionSecret }),
      );
    }
    const { app, question, returnTo, host } = open;
    const ofSignIn = new URLSearchParams({ sign_in: id });
    const slots = {
      continue: `/login/wechat/profile?${ofSignIn}`,
      cancel: !question ? defaultReturnTo : host ? `/login/wechat/leave?${ofSignIn}` : returnTo,
      version: app.privacyVersion ?? "",
    };
    return sendPage(request, reply, pageOfQuestion(question), slots, app);
  });

  app.get(callbackPath, limited("callback"), async (request, reply) => {
    reply.header("referrer-policy", "no-referrer");
    const result = await handleCallback(
      { ...deps, log: request.log },
      {
        params: new URL(request.url, publicUrl).searchParams,
        browserSecrets: readBrowser(request),
        sessionSecret: cookies.read(request, "session"),
        visitor: visitorOf(request),
      },
    );
    return sendResult(request, reply, result);
  });

  // The address of a failure page without code and state, for reload and back.
  app.get("/login/ended/:id", async (request, reply) => {
    const { id } = request.params as { id: string };
    const failure = isId(id) ? await findFailureResult(deps, id, readBrowser(request)) : undefined;
    return failure ? sendFailure(request, reply, failure) : redirect(reply, 303, defaultReturnTo);
  });

  async function sendResult(request: FastifyRequest, reply: FastifyReply, result: CallbackResult) {
    switch (result.kind) {
      case "signed_in":
        cookies.set(reply, "session", result.sessionSecret, absoluteSeconds);
        if (cookies.read(request, "signed_out") !== undefined) cookies.clear(reply, "signed_out");
        return redirect(reply, 303, result.question ? questionUrl(result.question) : result.returnTo);
      case "bound":
        return redirect(reply, 303, accountPathWith(result.isNew ? "added" : "already-added"));
      case "continue":
        return redirect(reply, 303, result.returnTo);
      case "ask_profile":
        return redirect(reply, 303, questionUrl(result));
      case "restart": {
        const wechatApp = deps.apps.byAppId(result.appId);
        if (!wechatApp) return sendFailure(request, reply, { page: "used" });
        return redirectToWeChat(request, reply, wechatApp, result);
      }
      case "failure":
        return sendFailure(request, reply, result);
    }
  }

  async function redirectToWeChat(
    request: FastifyRequest,
    reply: FastifyReply,
    wechatApp: WeChatApp,
    { returnTo, host }: LinkTarget,
    asksProfile = false,
  ) {
    const visitor = visitorOf(request);
    const sessionSecret = cookies.read(request, "session");
    const browser = { settings: deps.settings, cookies };
    const { url } = await beginInBrowser(browser, request, reply, (browserSecret) =>
      startSignIn(deps, {
        ...{ app: wechatApp, asksProfile, returnTo, host, browserSecret, sessionSecret, visitor },
      }),
    );
    return redirect(reply, 302, url);
  }

  const readBrowser = (request: FastifyRequest): string[] => cookies.browserSecrets(request).filter(isSecret);
}

const questionUrl = ({ signInId }: { signInId: string }) => `/login/profile/${signInId}`;

/** A new person is asked for their profile too, in other words. */
function pageOfQuestion(question: OpenSignIn["question"]) {
  if (question === undefined) return "profile";
  return question === "profile" ? "missing-profile" : "unionid";
}
