import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Apps, appFor, type WeChatApp } from "../domain/apps.js";
import { fillPage } from "./fill-page.js";
import { type Language, languageOf } from "./language.js";
import type { PageName, PageSlots, SiteSlots } from "./page-contract.js";

/**
 * The status under which each page is sent.
 *
 * Failures of WeChat are sent as 424 and not 502: proxies and CDNs replace the body of a 5xx with a page of their own,
 * and the person would read that instead of what to do.
 */
const statusOf: Record<PageName, number> = {
  home: 200,
  "signed-out": 200,
  account: 200,
  "account-deleted": 200,
  profile: 200,
  "missing-profile": 200,
  unionid: 200,
  "bind-link": 200,
  "open-in-wechat": 200,
  "scan-with-phone": 200,
  "open-on-desktop": 200,
  wecom: 200,
  "mini-program": 200,
  refused: 200,
  expired: 410,
  used: 410,
  snapshot: 403,
  "wrong-browser": 403,
  "invalid-callback": 400,
  "invalid-host-link": 400,
  "code-rejected": 400,
  "wechat-unavailable": 424,
  "sign-in-failed": 424,
  "not-allowed": 403,
  blocked: 403,
  "too-many-requests": 429,
  "not-found": 404,
  "server-error": 500,
  busy: 503,
  "bind-refused": 200,
  "bind-expired": 410,
  "bind-snapshot": 403,
  "bind-unavailable": 424,
  "bind-failed": 424,
  "bind-not-allowed": 403,
  "bind-blocked": 403,
  "bound-elsewhere": 409,
  "session-changed": 403,
  "link-refused": 200,
  "link-retry": 410,
  "link-snapshot": 403,
  "link-unavailable": 424,
  "link-failed": 424,
  "link-not-allowed": 403,
  "link-blocked": 403,
  "link-bound-elsewhere": 409,
  "link-expired": 410,
};

/** Returns the HTML of a page in a language, with the `{{slots}}` of `page-contract.ts`. */
export type PageSource = (language: Language, page: PageName) => Promise<string>;

/** The built pages of `apps/login`. Each file is read once. */
export function builtPages(folder: string): PageSource {
  const read = new Map<string, Promise<string>>();
  return (language, page) => {
    const path = `${folder}/pages/${language}/${page}.html`;
    const known = read.get(path) ?? readFile(path, "utf8");
    read.set(path, known);
    known.catch(() => read.delete(path));
    return known;
  };
}

/** For development: the pages as Vite's server renders them from their sources. */
export function vitePages(server: string): PageSource {
  return async (language, page) => {
    const answer = await fetch(`${server}/login/pages/${language}/${page}.html`);
    if (!answer.ok) throw new Error(`the login pages' development server answered ${answer.status}`);
    return answer.text();
  };
}

export const builtLoginFolder = fileURLToPath(new URL("../../../login/dist", import.meta.url));

/** Sends a page in the person's language. */
export type SendPage = <Page extends PageName>(
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page,
  slots: PageSlots<Page>,
  /** The app whose site the page names; by default the one that would sign a person in here. */
  app?: WeChatApp,
) => Promise<FastifyReply>;

export function createSendPage(source: PageSource, apps: Apps, publicUrl: URL): SendPage {
  return async (request, reply, page, slots, app = appFor(apps, request.headers["user-agent"])) => {
    const language = languageOf(request);
    const html = await source(language, page);
    const filled = fillPage(html, { ...siteOf(app, language, publicUrl), ...slots });
    return reply
      .code(statusOf[page])
      .header("cache-control", "no-store")
      .header("vary", "accept-language, cookie")
      .type("text/html; charset=utf-8")
      .send(filled);
  };
}

function siteOf(app: WeChatApp | undefined, language: Language, publicUrl: URL): SiteSlots {
  return {
    site: app?.name?.[language] ?? publicUrl.host,
    logo: app?.logo ? logoUrl(app) : "",
    privacy: app?.privacyUrl ?? "",
    terms: app?.termsUrl ?? "",
  };
}

const logoUrl = (app: WeChatApp) => `/login/logo/${app.key}`;

/** Serves the logos of the apps, by key. */
export function logoRoutes(server: FastifyInstance, apps: Apps): void {
  server.get("/login/logo/:key", async (request, reply) => {
    const { key } = request.params as { key: string };
    const logo = apps.byKey(key)?.logo;
    if (!logo) return reply.callNotFound();
    return reply.header("cache-control", "public, max-age=3600").type(logo.contentType).send(logo.content);
  });
}
