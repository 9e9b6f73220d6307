import type { FastifyInstance } from "fastify";
import { applySettings, endToken } from "../control/commands.js";
import { toErrorResponse } from "../control/error-response.js";
import { rememberActsAsWeChat, rememberPerson } from "../input/browser.js";
import { parseAdvance } from "../input/parse-clock.js";
import { parseSettingsPatch } from "../input/parse-settings.js";
import { html } from "../pages/html.js";
import { refuseCrossSite } from "../routes/same-site.js";
import { escapeForHeader } from "../rules/callback-url.js";
import type { Store } from "../stores/store.js";
import { translateError } from "./error-translations.js";
import type { Form, FormHandler } from "./form.js";
import { APP_FORMS } from "./forms-apps.js";
import { FAULT_FORMS } from "./forms-faults.js";
import { PEOPLE_FORMS } from "./forms-people.js";
import { PANEL_PAGES } from "./pages.js";
import { readPanel } from "./register-pages.js";
import { renderShell, sendPanel } from "./shell.js";
import { readSwitch } from "./switches.js";

const FORMS: Readonly<Record<string, FormHandler>> = {
  ...FAULT_FORMS,
  ...PEOPLE_FORMS,
  ...APP_FORMS,
  phone(store, { person }, reply) {
    if (!store.people.find(person ?? "")) throw new TypeError("no person has this id");
    rememberPerson(reply, person ?? "");
    return "person";
  },
  wechat(_world, { pretend, next }, reply) {
    rememberActsAsWeChat(reply, pretend === "1");
    // Only to a page of WeChat: this must not be an open redirect.
    if (next?.startsWith("/connect/")) return { location: escapeForHeader(next) };
    return pretend === "1" ? "wechat" : "no_wechat";
  },
  settings(store, { name = "", value = "" }) {
    applySettings(store, parseSettingsPatch({ [name]: readSwitch(name, value) }));
    return "switched";
  },
  clock(store, { seconds = "", unit = "1" }) {
    const advanceSeconds = parseAdvance({ advanceSeconds: Number(seconds || Number.NaN) * Number(unit) });
    store.clock.advance(advanceSeconds);
    return { location: `/clock?moved=${advanceSeconds}` };
  },
  "tokens/end": (store, { token }) => (endToken(store, token ?? "") ? "ended" : "gone"),
  "requests/clear"(store) {
    store.requests.clear();
    return "cleared";
  },
  reset(store) {
    store.reset();
    return "reset";
  },
};

/** The panel's forms. Each runs a command of the control API and redirects to its page; HTML forms cannot send PATCH. */
export function registerPanelForms(app: FastifyInstance, store: Store): void {
  app.addHook("onRequest", refuseCrossSite);
  app.setErrorHandler((error, request, reply) => {
    const panel = readPanel(store, request);
    const { t } = panel;
    const title = t("That did not work", "操作失败");
    const { status, message } = toErrorResponse(error);
    const translated = panel.language === "zh" ? translateError(message) : undefined;
    const body = html`<section class="card" id="problem"><h1>${title}</h1>${translated === undefined ? html`<p lang="en">${message}</p>` : html`<p>${translated}</p>`}
<p><a class="button" href="${backOf(request.body)}">${t("Back", "返回")}</a></p></section>`;
    return sendPanel(reply, renderShell(panel, PANEL_PAGES, backOf(request.body), title, body), status);
  });
  for (const [name, act] of Object.entries(FORMS)) {
    app.post(`/_simulator/forms/${name}`, async (request, reply) => {
      const result = await act(store, readForm(request.body), reply);
      const location =
        typeof result === "string" ? `${backOf(request.body)}?done=${result}` : result.location;
      return reply.redirect(location, 303);
    });
  }
}

/** Of a repeated field the last value counts: a checkbox follows its hidden default. */
function readForm(body: unknown): Form {
  const fields = Object.entries((body ?? {}) as Record<string, string | string[]>);
  return Object.fromEntries(
    fields.map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]),
  );
}

/** The path of the form's page; any other address becomes `/`. */
function backOf(body: unknown): string {
  const { back } = readForm(body);
  return PANEL_PAGES.find(({ path }) => path === back)?.path ?? "/";
}
