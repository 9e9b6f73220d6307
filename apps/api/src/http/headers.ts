import type { FastifyInstance, FastifyReply } from "fastify";
import { avatarHosts } from "../domain/identity/avatars.js";
import type { Settings } from "../env.js";

const avatarSources = avatarHosts.map((host) => `https://${host}`).join(" ");

const common = [
  "default-src 'none'",
  "script-src 'self'",
  `img-src 'self' data: ${avatarSources}`,
  "connect-src 'self'",
  "font-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

/** `styleNonce`: the console's component library writes its style tags at run time. */
export const contentSecurityPolicy = (styleNonce?: string): string =>
  [...common, `style-src 'self'${styleNonce ? ` 'nonce-${styleNonce}'` : ""}`].join("; ");

/** Vite's development client writes inline scripts and styles, and speaks over a websocket. */
const developmentPolicy = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  `img-src 'self' data: ${avatarSources}`,
  "connect-src 'self' ws:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers that every answer carries; a route that needs another value sets it before. */
export function securityHeaders(app: FastifyInstance, settings: Settings): void {
  app.addHook("onSend", async (_request, reply, payload) => {
    setSecurityHeaders(reply, settings);
    return payload;
  });
}

export function setSecurityHeaders(reply: FastifyReply, settings: Settings): void {
  const initial: Record<string, string> = {
    "content-security-policy": contentSecurityPolicy(),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    // no-referrer would make a form post send `Origin: null`; callbacks set it for themselves.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
  };
  for (const [name, value] of Object.entries(initial)) {
    if (!reply.hasHeader(name)) reply.header(name, value);
  }
  if (settings.viteServers) reply.header("content-security-policy", developmentPolicy);
  if (settings.publicUrl.protocol === "https:") {
    reply.header("strict-transport-security", "max-age=31536000");
  }
}
