import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { avatarPath } from "../stores/avatar-path.js";
import type { Store } from "../stores/store.js";
import { WECHAT_HOSTS } from "../tls/hosts.js";
import { html } from "./html.js";
import { initialOf } from "./person-view.js";

/** WeChat's sizes in pixels, by the last segment of the address. */
const PIXELS: Readonly<Record<string, number>> = { "0": 640, "46": 46, "64": 64, "96": 96, "132": 132 };

/** The address of a person's picture for this caller; an address that is set for the person stays as it is. */
export function pictureUrl(request: FastifyRequest, headimgurl: string): string {
  return headimgurl.startsWith("/mmopen/") ? `${pictureOrigin(request)}${headimgurl}` : headimgurl;
}

/** The simulator as the caller reaches it. The TLS proxy serves WeChat's names, but not the host of WeChat's pictures. */
function pictureOrigin(request: FastifyRequest): string {
  return WECHAT_HOSTS.includes(request.hostname)
    ? "https://open.weixin.qq.com"
    : `${request.protocol}://${request.host}`;
}

/** Pictures with the first character of the nickname, so that no request leaves the machine. */
export function registerPictures(app: FastifyInstance, store: Store): void {
  app.get<{ Params: { id: string; size: string } }>(avatarPath(":id", ":size"), (request, reply) => {
    const { id, size } = request.params;
    const pixels = Object.hasOwn(PIXELS, size) ? PIXELS[size] : undefined;
    if (pixels === undefined) return reply.callNotFound();
    const initial = id === "virtual" ? "虚" : initialOf(store.people.find(id)?.nickname ?? "");
    const hue = createHash("sha256").update(id).digest().readUInt16BE(0) % 360;
    const picture = html`<svg xmlns="http://www.w3.org/2000/svg" width="${pixels}" height="${pixels}" viewBox="0 0 100 100">
<rect width="100" height="100" fill="hsl(${hue} 45% 45%)"/>
<text x="50" y="50" dy="0.35em" text-anchor="middle" font-family="sans-serif" font-size="48" fill="#fff">${initial}</text>
</svg>
`;
    return reply
      .headers({
        "content-type": "image/svg+xml",
        "content-security-policy": "default-src 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "no-cache", // a nickname may change
      })
      .send(picture.markup);
  });
}
