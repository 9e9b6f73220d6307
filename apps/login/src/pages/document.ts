import { base } from "../base.js";
import type { Texts } from "../texts/texts.js";
import { type Html, html } from "./html.js";
import { site } from "./slots.js";

export type Assets = { readonly script: string; readonly style: string };

export type Page = {
  readonly title: string;
  readonly description: string;
  /**
   * The body's classes: a message page is one card, a list page has groups of rows. A scannable page shows its QR code
   * first on a wide screen.
   */
  readonly layout: "message-page" | "message-page scannable" | "list-page";
  /** The page's own URL, where the server may answer it at another one; the script puts it into the address bar. */
  readonly self?: Html;
  readonly main: Html;
};

/** The whole document, with text and links that work without the script. */
export function documentOf(page: Page, texts: Texts, assets: Assets): Html {
  const { otherLanguage } = texts;
  return html`<!doctype html>
<html lang="${texts.htmlLang}">
<head>
<meta charset="utf-8">
<title>${page.title} · ${site.site}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="description" content="${page.description}">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<link rel="icon" type="image/svg+xml" href="${base}assets/icon.svg">
${
  page.self
    ? html`<link rel="canonical" href="${page.self}">
`
    : html``
}<link rel="stylesheet" href="${assets.style}">
<script type="module" src="${assets.script}"></script>
</head>
<body class="${page.layout}">
<header class="site"><img src="${site.logo}" alt="" height="28"><bdi>${site.site}</bdi></header>
${page.main}
<footer>
<a class="quiet optional" href="${site.privacy}">${texts.privacy}</a>
<a class="quiet optional" href="${site.terms}">${texts.terms}</a>
<button type="button" class="quiet" data-language="${otherLanguage.language}" lang="${otherLanguage.htmlLang}" hidden>${otherLanguage.name}</button>
</footer>
</body>
</html>
`;
}
