import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";
import { STYLE } from "../pages/style.js";
import type { Language } from "../protocol/text.js";
import type { AuthorizeRequest } from "../stores/authorize-request.js";
import type { Person } from "../stores/person.js";
import type { Store } from "../stores/store.js";
import { type Frame, readFrame } from "./frame.js";
import { PAGE_SCRIPT } from "./page-script.js";
import { qrPage, WHITE_STYLE } from "./qr-page.js";

/** Shows a new QR code. The page has its own script and may load the app's stylesheet. */
export function sendQrPage(
  store: Store,
  reply: FastifyReply,
  options: { language: Language; authorizeRequest: AuthorizeRequest; people: Person[]; url: string },
): FastifyReply {
  const { language, authorizeRequest, people, url } = options;
  const frame = readFrame(url);
  const { uuid } = store.qrScans.create(authorizeRequest, store.settings.qrLifeSeconds);
  const { refusal } = store.settings;
  return reply
    .code(200)
    .headers({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": contentSecurityPolicy(frame),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      // same-origin, because with no-referrer browsers send forms with `Origin: null`.
      "referrer-policy": "same-origin",
    })
    .send(qrPage({ language, authorizeRequest, people, uuid, frame, refusal }));
}

/** Polls are scripts of this origin, as WeChat's are. Apps may frame the page, so there is no frame-ancestors. */
function contentSecurityPolicy({ stylesheet }: Frame): string {
  const styles = [STYLE, WHITE_STYLE].map(hash).join(" ");
  return [
    "default-src 'none'",
    `script-src 'self' ${hash(PAGE_SCRIPT)}`,
    `style-src ${styles}${stylesheet ? ` ${stylesheet.source}` : ""}`,
    "img-src 'self' data:",
    "base-uri 'none'",
  ].join("; ");
}

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
