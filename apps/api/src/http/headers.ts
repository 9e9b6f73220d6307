import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply } from "fastify";
import helmet from "helmet";
import { avatarOrigins } from "../domain/identity/avatars.js";
import type { Settings } from "../env.js";

const self = "'self'";
const none = "'none'";

const policyHeader = "content-security-policy";

const contentSecurityPolicy = (imgSrc: string[]) => ({
  defaultSrc: [none],
  scriptSrc: [self],
  imgSrc,
  connectSrc: [self],
  fontSrc: [self],
  objectSrc: [none],
  baseUri: [none],
  formAction: [self],
  frameAncestors: [none],
  styleSrc: [self],
});

/** Vite's development client writes inline scripts and styles, and speaks over a websocket. */
const developmentPolicy = (imgSrc: string[]) => ({
  defaultSrc: [self],
  scriptSrc: [self, "'unsafe-inline'"],
  styleSrc: [self, "'unsafe-inline'"],
  imgSrc,
  connectSrc: [self, "ws:"],
  workerSrc: [self, "blob:"],
  objectSrc: [none],
  baseUri: [none],
  frameAncestors: [none],
});

export type SetSecurityHeaders = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Makes the function that sets the headers which every response carries.
 *
 * It is helmet itself and not @fastify/helmet: the plugin parses the policy again for each request, which costs as
 * much CPU as a small route, and its hooks never see a request whose URL the router cannot read.
 */
export function createSecurityHeaders(
  settings: Pick<Settings, "publicUrl" | "viteServers" | "simulatorUrl">,
): SetSecurityHeaders {
  const { publicUrl, viteServers } = settings;
  const imgSrc = [self, "data:", ...avatarOrigins(settings)];
  const apply = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: viteServers ? developmentPolicy(imgSrc) : contentSecurityPolicy(imgSrc),
    },
    xFrameOptions: { action: "deny" },
    // no-referrer would make a form post send `Origin: null`; callbacks set it for themselves.
    referrerPolicy: { policy: "same-origin" },
    strictTransportSecurity: publicUrl.protocol === "https:" && {
      maxAge: 31_536_000,
      includeSubDomains: false,
    },
    // Left out: what only outdated browsers read, and Origin-Agent-Cluster, which changes nothing on one origin.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  return (request, response) => {
    apply(request, response, throwIfError);
    response.setHeader("permissions-policy", "camera=(), microphone=(), geolocation=()");
    response.setHeader("cache-control", "no-store");
  };
}

/** Headers that describe a body. An error response has another body. */
const bodyHeaders = [
  "content-disposition",
  "content-encoding",
  "content-range",
  "content-type",
  "etag",
  "last-modified",
];

/** Call it before other hooks are added, so that errors carry the headers too. A route overrides one on its reply. */
export function addSecurityHeaders(app: FastifyInstance, setSecurityHeaders: SetSecurityHeaders): void {
  app.addHook("onRequest", async (request, reply) => setSecurityHeaders(request.raw, reply.raw));
  // A file that cannot be read to its end would otherwise leave an error page that is kept for a year.
  app.addHook("onError", async (_request, reply) => {
    for (const name of bodyHeaders) reply.removeHeader(name);
    reply.header("cache-control", "no-store");
  });
}

/**
 * The policy of the console's page. Its `<style>` tags carry the returned nonce: its component library writes them at run
 * time.
 */
export function allowStyleNonce(reply: FastifyReply): string {
  const nonce = randomBytes(18).toString("base64");
  const policy = String(reply.raw.getHeader(policyHeader));
  const withNonce = policy.replace(/style-src [^;]*/, `$& 'nonce-${nonce}'`);
  // Pictures of people come from /admin/avatars: the console tells WeChat's hosts nothing.
  reply.raw.setHeader(policyHeader, withNonce.replace(/img-src [^;]*/, "img-src 'self' data:"));
  return nonce;
}

/**
 * Lets the forms of this one page lead to another origin as well: browsers hold the redirect that answers a form against the
 * policy of the page that the form is on.
 */
export function allowFormsTo(reply: FastifyReply, origin: string): void {
  const policy = String(reply.raw.getHeader(policyHeader));
  reply.raw.setHeader(policyHeader, policy.replace(/form-action [^;]*/, `$& ${origin}`));
}

function throwIfError(error?: unknown): void {
  if (error) throw error;
}
