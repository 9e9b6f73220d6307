import type { FastifyInstance, FastifyRequest } from "fastify";
import { readPreferences, rememberLanguage } from "../input/browser.js";
import type { Store } from "../stores/store.js";
import { deletePersonPage } from "./delete-person-page.js";
import { registerPanelFiles } from "./files.js";
import { PANEL_PAGES } from "./pages.js";
import { DELETE_PERSON_PATH, type Panel, type PanelQuery, PEOPLE_PATH, translatorFor } from "./panel.js";
import { renderPanel, renderShell, sendPanel } from "./shell.js";

/** Scripts that wait for the simulator send HEAD. Not on WeChat's pages, where a HEAD must not issue a code. */
const ANSWERS_HEAD = { exposeHeadRoute: true } as const;

/** The panel's pages. `?lang=zh` or `?lang=en` switches the language and sets a cookie. */
export function registerPanelPages(app: FastifyInstance, store: Store, files: URL): void {
  registerPanelFiles(app, files);
  for (const page of PANEL_PAGES) {
    app.get(page.path, ANSWERS_HEAD, (request, reply) => {
      const panel = readPanel(store, request);
      const { lang } = panel.query;
      if (lang === "zh" || lang === "en") {
        rememberLanguage(reply, lang);
        return reply.redirect(page.path, 303);
      }
      return sendPanel(reply, renderPanel(panel, PANEL_PAGES, page));
    });
  }
  app.get(DELETE_PERSON_PATH, ANSWERS_HEAD, (request, reply) => {
    const panel = readPanel(store, request);
    const { title, body } = deletePersonPage(panel);
    return sendPanel(reply, renderShell(panel, PANEL_PAGES, PEOPLE_PATH, title, body));
  });
}

/** The context of a page request. Of a repeated parameter the first value counts. */
export function readPanel(store: Store, request: FastifyRequest): Panel {
  const browser = readPreferences(request);
  const query: PanelQuery = Object.fromEntries(
    Object.entries(request.query as Record<string, string | string[]>).map(([name, value]) => [
      name,
      Array.isArray(value) ? value[0] : value,
    ]),
  );
  const { language } = browser;
  return {
    store,
    browser,
    language,
    t: translatorFor(language),
    query,
    origin: `${request.protocol}://${request.host}`,
  };
}
