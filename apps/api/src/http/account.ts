import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { getAccount, listOwnBindings } from "../domain/account.js";
import { addableApps, isInWeChat, type WeChatApp } from "../domain/apps.js";
import { unbind } from "../domain/bindings/unbind.js";
import type { Deps } from "../domain/deps.js";
import { type ProfileRefresh, refreshShownProfile } from "../domain/identity/shown-profile.js";
import { isId } from "../domain/ids.js";
import { eraseUser } from "../domain/people/erase.js";
import { collectOwnData } from "../domain/people/own-data.js";
import { accountPath } from "../domain/return-to.js";
import {
  endSession,
  endSessionsOf,
  listSessions,
  revokeSession,
  type Session,
} from "../domain/sessions/sessions.js";
import { startBinding } from "../domain/sign-in/start.js";
import { ThrottledError } from "../domain/throttle.js";
import { authenticateUser } from "./authentication.js";
import { beginInBrowser } from "./begin-in-browser.js";
import type { Cookies } from "./cookies.js";
import { allowFormsTo } from "./headers.js";
import { type Language, languageOf } from "./language.js";
import type { PageSlots } from "./page-contract.js";
import type { SendPage } from "./pages.js";
import { limitOf } from "./rate-limit.js";
import { redirect } from "./redirect.js";
import { sameOriginFormsOnly } from "./same-origin.js";
import { endSessionCookie } from "./session-cookie.js";
import { longDate, relativeTime } from "./times.js";
import { visitorOf } from "./visitor.js";

/** What the account page says has just happened, in its address: one of a fixed list, so that a link can say nothing else. */
const notices = [
  "added",
  "already-added",
  "removed",
  "last-binding",
  "session-ended",
  "profile-updated",
  "profile-unchanged",
  "profile-not-allowed",
  "profile-unanswered",
  "profile-too-soon",
] as const;
type Notice = (typeof notices)[number];

const noticeOfRefresh = {
  updated: "profile-updated",
  unchanged: "profile-unchanged",
  not_allowed: "profile-not-allowed",
  unanswered: "profile-unanswered",
} as const satisfies Record<ProfileRefresh, Notice>;

/** Where links of the page begin a sign-in: with another account, or to show the profile to this site again. */
interface StartLinks {
  switchTo: string;
  showProfile: string;
}

export const accountPathWith = (notice: Notice): string => `${accountPath}?notice=${notice}`;

interface Parts {
  deps: Deps;
  cookies: Cookies;
  sendPage: SendPage;
}

/** Sends the page on which a person sees and changes how they sign in, and where they are signed in. */
export async function sendAccountPage(
  { deps, sendPage }: Parts,
  request: FastifyRequest,
  reply: FastifyReply,
  session: Session,
  links: StartLinks,
): Promise<FastifyReply> {
  allowFormsTo(reply, new URL(deps.settings.wechatOpenUrl).origin);
  const slots = await accountSlots(deps, request, session, links);
  return sendPage(request, reply, "account", slots);
}

async function accountSlots(
  deps: Deps,
  request: FastifyRequest,
  session: Session,
  { switchTo, showProfile }: StartLinks,
): Promise<PageSlots<"account">> {
  const language = languageOf(request);
  const now = deps.now();
  const userAgent = request.headers["user-agent"];
  const [account, bindings, sessions] = await Promise.all([
    getAccount(deps, session),
    listOwnBindings(deps, session),
    listSessions(deps, session.userId),
  ]);
  const { notice } = request.query as Record<string, unknown>;
  const boundKeys = new Set(bindings.map(({ appKey }) => appKey));
  return {
    isNamed: account.nickname === "" ? "no" : "yes",
    nickname: account.nickname,
    avatar: account.avatarUrl ?? "",
    notice: notices.find((known) => known === notice) ?? "",
    refreshProfile: `${accountPath}/refresh-profile`,
    showProfile,
    signOut: `${accountPath}/sign-out`,
    signOutEverywhere: `${accountPath}/sign-out-everywhere`,
    data: `${accountPath}/data`,
    deleteAccount: `${accountPath}/delete`,
    keptDays: String(deps.settings.retentionDays),
    bindings: bindings.map(({ id, appKey, kind, nickname, boundAt, lastSignInAt }) => ({
      id: `binding-${id}`,
      nickname: nickname ?? "",
      app: appName(deps, deps.apps.byKey(appKey), language),
      kind: appKey === "" ? "gone" : kind,
      boundAt: boundAt.toISOString(),
      boundOn: longDate(boundAt, language),
      usedAt: lastSignInAt.toISOString(),
      used: relativeTime(lastSignInAt, now, language),
      remove: `${accountPath}/remove/${id}`,
      isOnly: bindings.length === 1 ? "yes" : "no",
    })),
    apps: addableApps(deps.apps, userAgent)
      .filter(({ key }) => !boundKeys.has(key))
      .map((app) => ({
        id: `app-${app.key}`,
        name: appName(deps, app, language),
        kind: app.kind,
        add: `${accountPath}/add/${app.key}`,
      })),
    // This browser's first.
    sessions: sessions
      .sort((a, b) => Number(b.id === session.id) - Number(a.id === session.id))
      .map(({ id, device: { client, platform }, lastSeenAt }) => ({
        id: `session-${id}`,
        client,
        platform,
        form: platform === "ios" || platform === "android" || platform === "harmony" ? "phone" : "desktop",
        seenAt: lastSeenAt.toISOString(),
        seen: relativeTime(lastSeenAt, now, language),
        end: `${accountPath}/end-session/${id}`,
        isCurrent: id === session.id ? "yes" : "no",
      })),
    otherAccounts: isInWeChat(userAgent) ? [] : [{ start: switchTo }],
  };
}

const appName = ({ settings }: Deps, app: WeChatApp | undefined, language: Language): string =>
  app?.name?.[language] ?? settings.publicUrl.host;

/** @returns where the browser goes next. */
type Change = (
  context: { deps: Deps; session: Session; request: FastifyRequest; reply: FastifyReply },
  id: string,
) => Promise<string>;

/**
 * The forms of the account page. Each changes something and leads back to the page. What it is about stands in its path, so
 * that no form body is ever read.
 */
export async function accountRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  const { cookies } = parts;
  const { publicUrl } = parts.deps.settings;
  const config = limitOf(parts.deps.settings, "account");

  app.get(`${accountPath}/data`, { config, exposeHeadRoute: false }, async (request, reply) => {
    const deps = { ...parts.deps, log: request.log };
    const session = await authenticateUser(deps, cookies, request);
    if (!session) return redirect(reply, 303, accountPath);
    const data = await collectOwnData(deps, session.userId);
    return reply
      .header("cache-control", "no-store")
      .header("content-disposition", 'attachment; filename="account-data.json"')
      .type("application/json; charset=utf-8")
      .send(`${JSON.stringify(data, null, 2)}\n`);
  });

  await app.register(async (scope) => {
    scope.addHook("onRequest", sameOriginFormsOnly(publicUrl));
    // Read only to limit its length.
    const body = { parseAs: "string", bodyLimit: 1024 } as const;
    scope.addContentTypeParser("application/x-www-form-urlencoded", body, (_request, _body, done) =>
      done(null),
    );

    /** A form that only a signed-in person can send; anyone else is led to the page that says so. */
    const form = (path: string, change: Change) =>
      scope.post<{ Params: { id: string } }>(`${accountPath}/${path}`, { config }, async (request, reply) => {
        const deps = { ...parts.deps, log: request.log };
        const session = await authenticateUser(deps, cookies, request);
        const { id } = request.params;
        const location = session ? await change({ deps, session, request, reply }, id) : accountPath;
        return redirect(reply, 303, location);
      });

    form("add/:id", async ({ deps, session, request, reply }, key) => {
      const wechatApp = deps.apps.byKey(key);
      if (!wechatApp) return accountPath;
      const visitor = visitorOf(request);
      const { url } = await beginInBrowser({ ...parts, ...deps }, request, reply, (browserSecret) =>
        startBinding(deps, { app: wechatApp, session, browserSecret, visitor }),
      );
      return url;
    });

    form("remove/:id", async ({ deps, session, reply }, id) => {
      if (!isId(id)) return accountPath;
      const unbound = await unbind(deps, { userId: session.userId, bindingId: id, by: "person" });
      if (unbound.result === "last_binding") return accountPathWith("last-binding");
      if (unbound.result === "not_found") return accountPath;
      if (!unbound.endedSessions.includes(session.id)) return accountPathWith("removed");
      endSessionCookie(reply, cookies);
      return accountPath;
    });

    form("refresh-profile", async ({ deps, session }) => {
      const result = await refreshShownProfile(deps, session.userId, "person").catch((error: unknown) => {
        if (error instanceof ThrottledError) return undefined;
        throw error;
      });
      return accountPathWith(result === undefined ? "profile-too-soon" : noticeOfRefresh[result]);
    });

    form("end-session/:id", async ({ deps, session, reply }, id) => {
      const ended = isId(id) && (await revokeSession(deps, { userId: session.userId, id, by: "person" }));
      if (id === session.id) endSessionCookie(reply, cookies);
      return ended && id !== session.id ? accountPathWith("session-ended") : accountPath;
    });

    // Answers with the page itself: an address of its own would tell anyone that their account was deleted.
    scope.post(`${accountPath}/delete`, { config }, async (request, reply) => {
      const deps = { ...parts.deps, log: request.log };
      const session = await authenticateUser(deps, cookies, request);
      if (!session) return redirect(reply, 303, accountPath);
      await eraseUser(deps, { userId: session.userId, by: "person" });
      endSessionCookie(reply, cookies);
      return parts.sendPage(request, reply, "account-deleted", { home: accountPath });
    });

    form("sign-out", async ({ deps, session, reply }) => {
      await endSession(deps, session);
      endSessionCookie(reply, cookies);
      return accountPath;
    });

    form("sign-out-everywhere", async ({ deps, session, reply }) => {
      await endSessionsOf(deps, { userId: session.userId, by: "person" });
      endSessionCookie(reply, cookies);
      return accountPath;
    });
  });
}
