import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Database } from "./db/database.js";
import { createApps } from "./domain/apps.js";
import type { Ticker } from "./domain/console/live-tail.js";
import { createDeps } from "./domain/create-deps.js";
import type { Deps } from "./domain/deps.js";
import { newId } from "./domain/ids.js";
import type { PasswordCost } from "./domain/operators/password-hash.js";
import type { Settings } from "./env.js";
import { accountRoutes } from "./http/account.js";
import { avatarRoutes } from "./http/avatars.js";
import { bindLinkRoutes } from "./http/bind-links.js";
import { limitCallbacks } from "./http/callback-limit.js";
import { compressResponses } from "./http/compression.js";
import { Cookies } from "./http/cookies.js";
import { handleErrors, refuseAddress } from "./http/errors.js";
import { exportRoutes } from "./http/exports.js";
import { addSecurityHeaders, createSecurityHeaders } from "./http/headers.js";
import { healthRoutes } from "./http/health.js";
import { hostApiRoutes } from "./http/host-api/routes.js";
import { noticeIgnoredProxy } from "./http/ignored-proxy.js";
import { buildInternalServer } from "./http/internal-server.js";
import { liveRoutes } from "./http/live.js";
import { loggerOptions, logRequests } from "./http/log.js";
import { loginRoutes } from "./http/login.js";
import { countRequests, metricsRoute } from "./http/metrics.js";
import {
  builtLoginFolder,
  builtPages,
  createSendPage,
  logoRoutes,
  type PageSource,
  vitePages,
} from "./http/pages.js";
import { refusePrefetches } from "./http/prefetch.js";
import { limitRequests } from "./http/rate-limit.js";
import { builtAdminFolder, staticFiles } from "./http/static-files.js";
import { timeouts } from "./http/timeouts.js";
import { trpcRoutes } from "./http/trpc.js";
import { verifyFileRoutes } from "./http/verify-files.js";
import { viteProxies } from "./http/vite.js";

/** What the app is built from: main.ts passes the real parts, tests pass parts that they control. */
export interface AppParts {
  settings: Settings;
  db: Database;
  now?: () => Date;
  /** Where the HTML of the login pages comes from; by default what apps/login built. */
  pages?: PageSource;
  /** Where log lines go; by default standard output. */
  logTo?: { write(line: string): void };
  /** When lists that are watched are looked at, and when their connections are; main.ts leaves it out. */
  live?: { look: Ticker; beat: Ticker };
  /** For how long an export may send nothing; main.ts leaves it out. */
  exports?: { pauseMs: number };
  /** Of operators' passwords; main.ts leaves it out. */
  passwordCost?: PasswordCost;
}

export interface App {
  server: FastifyInstance;
  /** With INTERNAL_PORT: the server that listens on it. */
  internal: FastifyInstance | undefined;
  deps: Deps;
  /** From now on /readyz answers 503, so that a proxy sends new requests to another process. */
  startDraining(): void;
}

/** Builds the whole application without listening. */
export async function buildApp({ settings, db, now = () => new Date(), ...parts }: AppParts): Promise<App> {
  const { metricsToken, internalPort } = settings;
  const secrets = [
    ...settings.apps.map((app) => app.appSecret),
    ...settings.secretKeys,
    ...(metricsToken === undefined ? [] : [metricsToken]),
  ];
  const { trustProxy } = settings;
  const setSecurityHeaders = createSecurityHeaders(settings);
  const server: FastifyInstance = Fastify({
    logger: loggerOptions(settings.logLevel, secrets, parts.logTo),
    // logRequests writes one line for each request: Fastify's own line holds the whole URL, codes included.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => newId(now()),
    requestIdHeader: false,
    // A number is how many proxies stand in front.
    trustProxy: typeof trustProxy === "number" ? (_address, hop) => hop < trustProxy : trustProxy,
    bodyLimit: 64 * 1024,
    ...timeouts,
    keepAliveTimeout: 10_000,
    // Headers over 16 KiB get 431.
    http: { maxHeaderSize: 16 * 1024, headersTimeout: 20_000, connectionsCheckingInterval: 5_000 },
    // close() ends idle connections instead of waiting for them.
    forceCloseConnections: "idle",
    // Fastify's own 503 for requests during close() would pass by every hook.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 5000 },
    // Fastify's own response to a URL that it cannot route repeats that URL. No hook runs here.
    frameworkErrors: (error, request, reply) => {
      setSecurityHeaders(request.raw, reply.raw);
      refuseAddress(error, request, reply);
    },
  });
  // Only JSON bodies are read: a page of another site can send text/plain without a preflight.
  server.removeContentTypeParser("text/plain");

  const apps = createApps(settings.apps);
  // Loaded only where it is used: prom-client would cost every start and every request.
  const metrics =
    metricsToken === undefined && internalPort === undefined
      ? undefined
      : new (await import("./domain/metrics.js")).Metrics(apps);
  const { passwordCost } = parts;
  const deps = createDeps({ settings, db, now, log: server.log, passwordCost, apps, metrics });

  let draining = false;
  const pages =
    parts.pages ??
    (settings.viteServers ? vitePages(settings.viteServers.login) : builtPages(builtLoginFolder));
  const sendPage = createSendPage(pages, deps.apps, settings.publicUrl);
  const cookies = new Cookies(settings.publicUrl);

  addSecurityHeaders(server, setSecurityHeaders);
  // A client that keeps its connection open would otherwise hold up close() until its timeout.
  server.addHook("onSend", async (_request, reply) => {
    if (draining) reply.header("connection", "close");
  });
  await compressResponses(server);
  await limitRequests(server, deps);
  logRequests(server);
  if (metrics) countRequests(server, metrics);
  if (metrics && internalPort === undefined) metricsRoute(server, metrics, metricsToken);
  noticeIgnoredProxy(server, deps);
  refusePrefetches(server);
  limitCallbacks(server);
  handleErrors(server, sendPage);
  healthRoutes(server, deps, () => draining);
  verifyFileRoutes(server, settings.verifyFiles);
  loginRoutes(server, { deps, cookies, sendPage });
  await accountRoutes(server, { deps, cookies, sendPage });
  await bindLinkRoutes(server, { deps, cookies, sendPage });
  logoRoutes(server, deps.apps);
  await trpcRoutes(server, { deps, cookies });
  avatarRoutes(server, { deps, cookies });
  exportRoutes(server, { deps, cookies, ...parts.exports });
  liveRoutes(server, { deps, cookies, ...parts.live });
  await hostApiRoutes(server, deps);
  if (settings.viteServers) await viteProxies(server, settings.viteServers);
  else await staticFiles(server, { admin: builtAdminFolder, login: builtLoginFolder });

  const internal =
    metrics && internalPort !== undefined
      ? buildInternalServer(server, { deps, metrics, metricsToken, isDraining: () => draining })
      : undefined;
  return {
    server,
    internal,
    deps,
    startDraining: () => {
      draining = true;
    },
  };
}
