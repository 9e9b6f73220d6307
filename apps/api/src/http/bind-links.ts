import type { FastifyInstance, FastifyRequest } from "fastify";
import { renderSVG } from "uqr";
import { getAccount } from "../domain/account.js";
import { appBehindPage, pickApp } from "../domain/apps.js";
import type { Deps } from "../domain/deps.js";
import {
  type BindLink,
  bindLinkPath,
  bindLinkSeconds,
  findBindLinkOf,
  isOpen,
} from "../domain/hosts/bind-links.js";
import { isSecret } from "../domain/key-ring.js";
import { defaultReturnTo, withParameter } from "../domain/return-to.js";
import { startByBindLink } from "../domain/sign-in/start.js";
import { authenticateUser } from "./authentication.js";
import { beginInBrowser } from "./begin-in-browser.js";
import type { Cookies } from "./cookies.js";
import { createFailureSenders } from "./failures.js";
import { allowFormsTo } from "./headers.js";
import type { SendPage } from "./pages.js";
import { limitOf } from "./rate-limit.js";
import { redirect } from "./redirect.js";
import { sameOriginFormsOnly } from "./same-origin.js";
import { visitorOf } from "./visitor.js";

/**
 * The way of a bind link: its address, the page that names both sides and asks, and the form that begins to bind. Only the form
 * changes anything, so that nothing which merely opens a link (a preview, a page of another site) binds or spends it.
 */
export async function bindLinkRoutes(
  app: FastifyInstance,
  parts: { deps: Deps; cookies: Cookies; sendPage: SendPage },
): Promise<void> {
  const { deps, cookies, sendPage } = parts;
  const { settings } = deps;
  const { sendBadLink } = createFailureSenders(deps, sendPage);
  const route = { config: limitOf(settings, "bind_link"), exposeHeadRoute: false };

  const readSecret = (request: FastifyRequest) => cookies.read(request, "bind_link");

  async function findOpenLink(request: FastifyRequest): Promise<BindLink | undefined> {
    const link = await findBindLinkOf(deps, readSecret(request));
    return link && isOpen(link, deps.now()) ? link : undefined;
  }

  /** The app that the link names; null if there is none with this key. */
  const askedApp = ({ query }: FastifyRequest) => {
    const { app: key } = query as Record<string, unknown>;
    if (key === undefined) return undefined;
    return (typeof key === "string" ? deps.apps.byKey(key) : undefined) ?? null;
  };

  // The secret leaves the address bar, and with it the history and what pages tell of where people came from.
  app.get<{ Params: { secret: string } }>(`${bindLinkPath}/:secret`, route, async (request, reply) => {
    const { secret } = request.params;
    if (isSecret(secret)) cookies.set(reply, "bind_link", secret, bindLinkSeconds);
    return redirect(reply, 302, bindLinkPath);
  });

  app.get(bindLinkPath, route, async (request, reply) => {
    const link = await findOpenLink(request);
    if (!link) {
      const known = await findBindLinkOf(deps, readSecret(request));
      const back = known ? withParameter(known.returnTo, "error", "bind_failed") : defaultReturnTo;
      const slots = { retry: back, back, number: request.id, errcode: "", self: bindLinkPath };
      return sendPage(request, reply, "link-expired", slots);
    }
    const asked = askedApp(request);
    if (asked === null) return sendBadLink(request, reply, "APP_UNKNOWN");
    const picked = asked ?? pickApp(deps.apps, request.headers["user-agent"]);
    if (typeof picked === "string") {
      const url = new URL(`${bindLinkPath}/${readSecret(request)}`, settings.publicUrl).href;
      const anyway = `${bindLinkPath}?${new URLSearchParams({ app: appBehindPage(deps.apps)?.key ?? "" })}`;
      const qr = picked === "scan-with-phone" ? renderSVG(url) : "";
      return sendPage(request, reply, picked, { link: url, anyway, qr });
    }
    const session = await authenticateUser(deps, cookies, request);
    const nickname = session && (await getAccount(deps, session)).nickname;
    // Browsers hold every redirect that answers the form against the policy of this page, also the one to the host.
    allowFormsTo(reply, new URL(settings.wechatOpenUrl).origin);
    allowFormsTo(reply, new URL(link.returnTo, settings.publicUrl).origin);
    const slots = {
      host: link.clientName ?? "",
      label: link.label,
      wechat: nickname ? "named" : "unknown",
      nickname: nickname ?? "",
      confirm: `${bindLinkPath}/confirm/${link.id}${asked ? `?app=${asked.key}` : ""}`,
      cancel: withParameter(link.returnTo, "error", "bind_refused"),
    };
    return sendPage(request, reply, "bind-link", slots, picked);
  });

  await app.register(async (scope) => {
    scope.addHook("onRequest", sameOriginFormsOnly(settings.publicUrl));
    // Read only to limit its length.
    const body = { parseAs: "string", bodyLimit: 1024 } as const;
    scope.addContentTypeParser("application/x-www-form-urlencoded", body, (_request, _body, done) =>
      done(null),
    );

    // It names the link that the page was about: another one may have come into the cookie since.
    scope.post<{ Params: { id: string } }>(
      `${bindLinkPath}/confirm/:id`,
      { config: limitOf(settings, "bind_link") },
      async (request, reply) => {
        const link = await findOpenLink(request);
        // A link that is used or expired is what the person has to know first, as on the page that asks.
        if (link?.id !== request.params.id) return redirect(reply, 303, bindLinkPath);
        const asked = askedApp(request);
        if (asked === null) return sendBadLink(request, reply, "APP_UNKNOWN");
        const picked = asked ?? pickApp(deps.apps, request.headers["user-agent"]);
        if (typeof picked === "string") return redirect(reply, 303, bindLinkPath);
        const visitor = visitorOf(request);
        const sessionSecret = cookies.read(request, "session");
        const { url } = await beginInBrowser({ settings, cookies }, request, reply, (browserSecret) =>
          startByBindLink(deps, { link, app: picked, browserSecret, sessionSecret, visitor }),
        );
        return redirect(reply, 303, url);
      },
    );
  });
}
