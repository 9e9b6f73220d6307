import cookie from "@fastify/cookie";
import formbody from "@fastify/formbody";
import { type FastifyInstance, fastify } from "fastify";
import { registerCgiBin } from "./cgi/register.js";
import { registerControlApi } from "./control/control-api.js";
import { registerPages } from "./pages/register.js";
import { registerPanelForms } from "./panel/register-forms.js";
import { registerPanelPages } from "./panel/register-pages.js";
import { registerQr } from "./qr/register.js";
import { refuseForeignName, refuseOtherSitesCalls } from "./routes/same-site.js";
import { logUnknownPaths } from "./routes/unknown-path.js";
import { registerSns } from "./sns/register.js";
import { type SimulatorOptions, World } from "./stores/store.js";

/** Resolved here because this file and its bundle in `dist/` are equally far from `panel/`. */
const PANEL_FILES: URL = new URL("../panel/", import.meta.url);

/** The simulated WeChat as a Fastify app that does not listen yet; `app.inject` works without a port. */
export function buildSimulator(options: SimulatorOptions = {}): FastifyInstance {
  return buildWorldServer(new World(options));
}

/** Both of WeChat's hosts in one server: pages and API differ in their paths alone. */
export function buildWorldServer(world: World): FastifyInstance {
  const app = fastify({
    exposeHeadRoutes: false, // a HEAD must not issue a code
    forceCloseConnections: true, // stops at once, whatever a slow answer still waits for
    routerOptions: { maxParamLength: 200 },
  });
  logUnknownPaths(app, world);
  registerApi(app, world);
  app.register(async (people) => {
    people.addHook("onRequest", refuseForeignName);
    await people.register(cookie);
    await people.register(formbody);
    people.register(async (scope) => registerPages(scope, world));
    people.register(async (scope) => registerQr(scope, world));
    people.register(async (scope) => registerControlApi(scope, world));
    people.register(async (scope) => registerPanelForms(scope, world));
    people.register(async (scope) => registerPanelPages(scope, world, PANEL_FILES));
  });
  return app;
}

/** Apart from the pages, so that no cookie or form parsing slows the API down. */
function registerApi(app: FastifyInstance, world: World): void {
  app.register(async (scope) => {
    // Bodies are judged by the rules: of stable_token's a bad one is 47001, and no other call has one.
    scope.removeAllContentTypeParsers();
    scope.addHook("onRequest", refuseOtherSitesCalls);
    const bodyLimit = 64 * 1024;
    scope.addContentTypeParser("*", { parseAs: "string", bodyLimit }, (_request, body, done) =>
      done(null, body),
    );
    registerSns(scope, world);
    registerCgiBin(scope, world);
  });
}
