import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";
import type { Language } from "../protocol/text.js";
import { Html, html } from "./html.js";
import { STYLE } from "./style.js";

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/**
 * No scripts, no external resources. There is no form-action: the consent form results in a redirect to the app, which
 * browsers would block.
 */
const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'`;

export interface PageOptions {
  language: Language;
  title: string;
  body: Html;
}

/** A whole page, with the badge that distinguishes it from the real WeChat. */
export function renderPage({ language, title, body }: PageOptions): string {
  return html`<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title} · WeChat simulator</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<p class="badge"><span>WeChat simulator · 模拟微信</span></p>
${body}
</body>
</html>
`.markup;
}

/** No frame-ancestors: an app may frame WeChat's pages, as wxLogin.js does. */
export function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .code(200)
    .headers({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      // same-origin, because with no-referrer browsers send forms with `Origin: null`.
      "referrer-policy": "same-origin",
    })
    .send(page);
}
