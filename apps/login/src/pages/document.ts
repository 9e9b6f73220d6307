import { base } from "../base.js";
import type { Texts } from "../texts/texts.js";
import { type Html, html } from "./html.js";

export type Assets = { readonly script: string; readonly style: string };

export type Page = {
  readonly title: string;
  readonly description: string;
  /** Decides the frame: a message stands in a card (with a QR code that a wide screen
   * shows first), a list has groups of rows. */
  readonly layout: "message-page" | "message-page scannable" | "list-page";
  /** The page's clean address, where it was answered at another one; the script puts it into the address bar. */
  readonly self?: Html;
  readonly main: Html;
};

/** A whole page: real text and real links, complete before the script has run. */
export function documentOf(page: Page, texts: Texts, assets: Assets): Html {
  const { otherLanguage } = texts;
  return html`<!doctype html>
<html lang="${texts.htmlLang}">
<head>
<meta charset="utf-8">
<title>${page.title} · ${texts.titleSuffix}</title>
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
${page.main}
<footer>
<button type="button" class="quiet" data-language="${otherLanguage.language}" lang="${otherLanguage.htmlLang}" hidden>${otherLanguage.name}</button>
</footer>
</body>
</html>
`;
}
