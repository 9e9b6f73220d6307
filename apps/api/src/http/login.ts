import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { renderSVG } from "uqr";
import { getAccount } from "../domain/account.js";
import { pickApp, type WeChatApp } from "../domain/apps.js";
import type { Deps } from "../domain/deps.js";
import { isId } from "../domain/ids.js";
import { isSecret, newSecret } from "../domain/key-ring.js";
import { safeReturnTo } from "../domain/return-to.js";
import { findSession } from "../domain/sessions.js";
import { receiveCallback } from "../domain/sign-in/callback.js";
import { callbackPath, startProfileTrip, startSignIn } from "../domain/sign-in/journey.js";
import type { Ended, Landing } from "../domain/sign-in/landing.js";
import { findEnding, followEndedJourney } from "../domain/sign-in/replay.js";
import type { Cookies } from "./cookies.js";
import { type PageSource, sendPage } from "./pages.js";
import { limitOf } from "./rate-limit.js";
import { visitorOf } from "./visitor.js";

const yearSeconds = 365 * 86_400;

/** The routes that a person's browser walks through: start, WeChat, callback, and the pages between. */
export function loginRoutes(
  app: FastifyInstance,
  { deps, cookies, pages }: { deps: Deps; cookies: Cookies; pages: PageSource },
): void {
  const { publicUrl, returnToOrigins: origins, sessionAbsoluteSeconds, stateTtlSeconds } = deps.settings;
  const readReturnTo = (asked: unknown) => safeReturnTo(asked, { publicUrl, origins });
  const limited = (name: string) => ({ config: limitOf(deps.settings, name), exposeHeadRoute: false });

  app.get("/", async (request, reply) => {
    const session = await findSession(deps, cookies.read(request, "session"));
    const start = startUrl({ tap: true });
    if (!session) {
      const page = cookies.read(request, "signed_out") === undefined ? "home" : "signed-out";
      return sendPage(pages, request, reply, page, { start });
    }
    const { nickname, avatarUrl } = await getAccount(deps, session);
    return sendPage(pages, request, reply, "account", { nickname, avatar: avatarUrl ?? "", switch: start });
  });

  // HEAD would be answered by the GET handler and begin a journey for a link preview.
  app.get("/login/wechat", limited("start"), async (request, reply) => {
    const query = request.query as Record<string, unknown>;
    const returnTo = readReturnTo(query.return_to);
    const tap = query.tap === "1";
    if (cookies.read(request, "signed_out") !== undefined && !tap) {
      const start = startUrl({ returnTo, tap: true, app: askedApp(deps, query)?.key });
      return sendPage(pages, request, reply, "signed-out", { start });
    }
    if (query.app !== undefined && !askedApp(deps, query)) {
      request.log.warn({ event: "unknown_app" }, "a sign-in asked for an app that is not configured");
    }
    const picked = askedApp(deps, query) ?? pickApp(deps.apps, request.headers["user-agent"]);
    if (typeof picked === "string") {
      const link = new URL(startUrl({ returnTo }), publicUrl).href;
      const [first] = deps.apps.all;
      const anyway = startUrl({ returnTo, tap: true, app: first?.key });
      return sendPage(pages, request, reply, picked, { link, anyway, qr: renderSVG(link) });
    }
    return leaveForWeChat(request, reply, picked, returnTo);
  });

  app.get("/login/wechat/profile", limited("profile"), async (request, reply) => {
    const { sign_in: signInId } = request.query as Record<string, unknown>;
    const browserSecrets = readBrowser(request);
    if (typeof signInId !== "string" || !isId(signInId)) {
      return end(request, reply, { kind: "ended", ending: "expired" });
    }
    const url = await startProfileTrip(deps, { signInId, browserSecrets });
    if (url !== undefined) return goTo(reply, 302, url);
    const sessionSecret = cookies.read(request, "session");
    return land(request, reply, await followEndedJourney(deps, signInId, { browserSecrets, sessionSecret }));
  });

  app.get("/login/profile/:id", async (request, reply) => {
    const { id } = request.params as { id: string };
    return sendPage(pages, request, reply, "profile", {
      continue: `/login/wechat/profile?${new URLSearchParams({ sign_in: id })}`,
      cancel: "/",
    });
  });

  app.get(callbackPath, limited("callback"), async (request, reply) => {
    reply.header("referrer-policy", "no-referrer");
    const landing = await receiveCallback(
      { ...deps, log: request.log },
      {
        params: new URL(request.url, publicUrl).searchParams,
        browserSecrets: readBrowser(request),
        sessionSecret: cookies.read(request, "session"),
        visitor: visitorOf(request),
      },
    );
    return land(request, reply, landing);
  });

  // The clean address of a page that a journey ended on, for reload and back.
  app.get("/login/ended/:id", async (request, reply) => {
    const { id } = request.params as { id: string };
    const ended = isId(id) ? await findEnding(deps, id, readBrowser(request)) : undefined;
    return ended ? end(request, reply, ended) : goTo(reply, 303, "/");
  });

  async function land(request: FastifyRequest, reply: FastifyReply, landing: Landing) {
    switch (landing.kind) {
      case "signed_in":
        cookies.set(reply, "session", landing.sessionSecret, sessionAbsoluteSeconds);
        if (cookies.read(request, "signed_out") !== undefined) cookies.clear(reply, "signed_out");
        return goTo(reply, 303, landing.returnTo);
      case "continue":
        return goTo(reply, 303, landing.returnTo);
      case "ask_profile":
        return goTo(reply, 303, `/login/profile/${landing.signInId}`);
      case "restart": {
        const wechatApp = deps.apps.byAppId(landing.appId);
        if (!wechatApp) return end(request, reply, { kind: "ended", ending: "used" });
        return leaveForWeChat(request, reply, wechatApp, landing.returnTo);
      }
      case "ended":
        return end(request, reply, landing);
    }
  }

  async function leaveForWeChat(
    request: FastifyRequest,
    reply: FastifyReply,
    wechatApp: WeChatApp,
    returnTo: string,
  ) {
    // One secret for all journeys of a browser: two tabs finish in either order, and cookies stay few.
    const lasting = cookies.read(request, "browser");
    const known = lasting !== undefined && isSecret(lasting) ? lasting : undefined;
    const browserSecret = known ?? newSecret();
    const visitor = visitorOf(request);
    const { url, signInId } = await startSignIn(deps, { app: wechatApp, returnTo, browserSecret, visitor });
    if (known) cookies.set(reply, "browser", known, yearSeconds);
    else cookies.setBrowserSecret(reply, browserSecret, { id: signInId, seconds: stateTtlSeconds });
    return goTo(reply, 302, url);
  }

  function end(request: FastifyRequest, reply: FastifyReply, ended: Ended) {
    const { ending, signInId, foreignSignInId, errcode, returnTo } = ended;
    return sendPage(pages, request, reply, ending, {
      retry: startUrl({ returnTo, tap: true }),
      number: signInId ?? foreignSignInId ?? request.id,
      errcode,
      // Without a journey the route alone, which answers the same page again.
      self: signInId === undefined ? request.routeOptions.url : `/login/ended/${signInId}`,
    });
  }

  const readBrowser = (request: FastifyRequest): string[] => cookies.browserSecrets(request).filter(isSecret);
}

function askedApp(deps: Deps, query: Record<string, unknown>): WeChatApp | undefined {
  return typeof query.app === "string" ? deps.apps.byKey(query.app) : undefined;
}

/** `tap`: this link is pressed by a person, so it may start although they signed out before. */
function startUrl({
  returnTo,
  tap,
  app,
}: {
  returnTo?: string | undefined;
  tap?: boolean | undefined;
  app?: string | undefined;
}): string {
  const query = new URLSearchParams();
  if (returnTo !== undefined && returnTo !== "/") query.set("return_to", returnTo);
  if (app !== undefined) query.set("app", app);
  if (tap) query.set("tap", "1");
  return query.size > 0 ? `/login/wechat?${query}` : "/login/wechat";
}

/** Never a 301: WeChat's browser would keep it for ever, stale state included. */
function goTo(reply: FastifyReply, status: 302 | 303, location: string) {
  return reply
    .code(status)
    .header("cache-control", "no-store")
    .header("referrer-policy", "no-referrer")
    .header("location", location)
    .send();
}
