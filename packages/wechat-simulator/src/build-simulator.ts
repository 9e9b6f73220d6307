import cookie from "@fastify/cookie";
import formbody from "@fastify/formbody";
import { type FastifyInstance, fastify } from "fastify";
import { registerCgiBin } from "./cgi/register.js";
import { registerControlApi } from "./control/control-api.js";
import { registerPages } from "./pages/register.js";
import { registerPanelForms } from "./panel/register-forms.js";
import { registerPanelPages } from "./panel/register-pages.js";
import { registerQr } from "./qr/register.js";
import { refuseCrossSiteApiCalls, refuseUnknownHost } from "./routes/same-site.js";
import { logUnknownPaths } from "./routes/unknown-path.js";
import { registerSns } from "./sns/register.js";
import { type SimulatorOptions, Store } from "./stores/store.js";

/** Resolved here because this file and its bundle in `dist/` are equally far from `panel/`. */
const PANEL_FILES: URL = new URL("../panel/", import.meta.url);

/** The simulated WeChat as a Fastify app that does not listen yet; `app.inject` works without a port. */
export function buildSimulator(options: SimulatorOptions = {}): FastifyInstance {
  return buildServer(new Store(options));
}

/** Both of WeChat's hosts in one server: pages and API differ in their paths alone. */
export function buildServer(store: Store): FastifyInstance {
  const app = fastify({
    exposeHeadRoutes: false, // a HEAD must not issue a code
    forceCloseConnections: true, // stops at once, whatever a slow answer still waits for
    routerOptions: { maxParamLength: 200 },
  });
  logUnknownPaths(app, store);
  registerApi(app, store);
  app.register(async (people) => {
    people.addHook("onRequest", refuseUnknownHost);
    await people.register(cookie);
    await people.register(formbody);
    people.register(async (scope) => registerPages(scope, store));
    people.register(async (scope) => registerQr(scope, store));
    people.register(async (scope) => registerControlApi(scope, store));
    people.register(async (scope) => registerPanelForms(scope, store));
    people.register(async (scope) => registerPanelPages(scope, store, PANEL_FILES));
  });
  return app;
}

/** Apart from the pages, so that no cookie or form parsing slows the API down. */
function registerApi(app: FastifyInstance, store: Store): void {
  app.register(async (scope) => {
    // Bodies are judged by the rules: of stable_token's a bad one is 47001, and no other call has one.
    scope.removeAllContentTypeParsers();
    scope.addHook("onRequest", refuseCrossSiteApiCalls);
    const bodyLimit = 64 * 1024;
    scope.addContentTypeParser("*", { parseAs: "string", bodyLimit }, (_request, body, done) =>
      done(null, body),
    );
    registerSns(scope, store);
    registerCgiBin(scope, store);
  });
}
