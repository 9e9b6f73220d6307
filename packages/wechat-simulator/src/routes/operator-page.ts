import type { FastifyInstance, FastifyRequest } from "fastify";
import { readBrowser, rememberLanguage } from "../browser.js";
import { PANEL_PAGES } from "../panel/pages.js";
import { type Panel, type PanelQuery, speak } from "../panel/panel.js";
import { renderPanel, sendPanel } from "../panel/shell.js";
import { registerPanelFiles } from "../panel-files.js";
import type { World } from "../world.js";
import { registerOperatorApi } from "./operator-api.js";

/** The control panel: `/` and its sister pages. `?lang=zh` or `?lang=en` switches the language, and is remembered. */
export function registerOperatorPage(app: FastifyInstance, world: World): void {
  registerPanelFiles(app);
  app.register(async (scope) => registerOperatorApi(scope, world));
  for (const page of PANEL_PAGES) {
    app.get(page.path, (request, reply) => {
      const panel = readPanel(world, request);
      const { lang } = panel.query;
      if (lang === "zh" || lang === "en") {
        rememberLanguage(reply, lang);
        return reply.redirect(page.path, 303);
      }
      return sendPanel(reply, renderPanel(panel, PANEL_PAGES, page));
    });
  }
}

/** What a page needs to know of the browser that asks for it. A repeated parameter counts once. */
export function readPanel(world: World, request: FastifyRequest): Panel {
  const browser = readBrowser(request);
  const query: PanelQuery = Object.fromEntries(
    Object.entries(request.query as Record<string, string | string[]>).map(([name, value]) => [
      name,
      Array.isArray(value) ? value[0] : value,
    ]),
  );
  const { language } = browser;
  return {
    world,
    browser,
    language,
    t: speak(language),
    query,
    origin: `${request.protocol}://${request.host}`,
  };
}
