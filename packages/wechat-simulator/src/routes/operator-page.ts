import type { FastifyInstance } from "fastify";
import { readBrowser, rememberLanguage } from "../browser.js";
import { sendPage } from "../pages/layout.js";
import { operatorPage } from "../pages/operator-page.js";
import type { World } from "../world.js";

/** `/`: everything about this WeChat on one page. `?lang=zh` or `?lang=en` switches, and is remembered. */
export function registerOperatorPage(app: FastifyInstance, world: World): void {
  app.get<{ Querystring: { lang?: string } }>("/", (request, reply) => {
    const { lang } = request.query;
    if (lang === "zh" || lang === "en") {
      rememberLanguage(reply, lang);
      return reply.redirect("/", 303);
    }
    return sendPage(reply, operatorPage(world, readBrowser(request)), "deny");
  });
}
