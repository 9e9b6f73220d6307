import cookie from "@fastify/cookie";
import formbody from "@fastify/formbody";
import { type FastifyInstance, fastify } from "fastify";
import { registerCgiBin } from "./cgi/register.js";
import { registerControlApi } from "./control/control-api.js";
import { registerPictures } from "./pages/pictures.js";
import { registerPages } from "./pages/register.js";
import { registerPanelForms } from "./panel/register-forms.js";
import { registerPanelPages } from "./panel/register-pages.js";
import { registerQr } from "./qr/register.js";
import { refuseCrossSiteApiCalls, refuseUnknownHost } from "./routes/same-site.js";
import {
  logUnknownPaths,
  refuseMalformedAddress,
  refuseUnknownAddresses,
  refuseUnknownApiPaths,
} from "./routes/unknown-path.js";
import { registerSns } from "./sns/register.js";
import { type SimulatorOptions, Store } from "./stores/store.js";

/** Resolved here because this file and its bundle in `dist/` are equally far from `panel/`. */
const PANEL_FILES: URL = new URL("../panel/", import.meta.url);

/** The simulated WeChat as a Fastify app that does not listen; `app.inject` works without a port. */
export function buildSimulator(options: SimulatorOptions = {}): FastifyInstance {
  return buildServer(new Store(options));
}

/** Serves both of WeChat's hosts: pages and API have different paths. */
export function buildServer(store: Store): FastifyInstance {
  const app = fastify({
    frameworkErrors: refuseMalformedAddress,
    exposeHeadRoutes: false, // a HEAD must not issue a code
    forceCloseConnections: true, // stops at once, even with slow responses pending
    routerOptions: { maxParamLength: 200 },
  });
  logUnknownPaths(app, store);
  refuseUnknownAddresses(app);
  registerApi(app, store);
  app.register(async (pages) => {
    pages.addHook("onRequest", refuseUnknownHost);
    await pages.register(cookie);
    await pages.register(formbody);
    pages.register(async (scope) => registerPages(scope, store));
    pages.register(async (scope) => registerQr(scope, store));
    pages.register(async (scope) => registerPictures(scope, store));
    pages.register(async (scope) => registerControlApi(scope, store));
    pages.register(async (scope) => registerPanelForms(scope, store));
    pages.register(async (scope) => registerPanelPages(scope, store, PANEL_FILES));
  });
  return app;
}

/** Separate from the pages, so that cookie and form parsing does not slow down the API. */
function registerApi(app: FastifyInstance, store: Store): void {
  app.register(async (scope) => {
    // Handlers parse bodies themselves: WeChat answers a bad one with an errcode such as 47001.
    scope.removeAllContentTypeParsers();
    scope.addHook("onRequest", refuseCrossSiteApiCalls);
    const bodyLimit = 64 * 1024;
    scope.addContentTypeParser("*", { parseAs: "string", bodyLimit }, (_request, body, done) =>
      done(null, body),
    );
    registerSns(scope, store);
    registerCgiBin(scope, store);
    refuseUnknownApiPaths(scope, store);
  });
}
