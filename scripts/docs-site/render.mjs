import { posix } from "node:path";
import { slug } from "github-slugger";
import MarkdownIt from "markdown-it";
import anchor from "markdown-it-anchor";
import { groups, languageOf, sitePath, translationOf } from "./pages.mjs";

// The documents are ours, so their HTML is kept. Headings get GitHub's ids, for which the documents' links are written.
const markdown = new MarkdownIt({ html: true, linkify: false }).use(anchor, {
  slugify: slug,
  tabIndex: false,
});
// A wide table scrolls by itself, and the page does not.
markdown.renderer.rules.table_open = () => '<div class="table" tabindex="0"><table>\n';
markdown.renderer.rules.table_close = () => "</table></div>\n";
const { escapeHtml } = markdown.utils;

export const renderMarkdown = (text) => markdown.render(text);

/** Gives each link and picture the target that `targetOf` returns for it, and removes a link for which it returns none. */
export function rewriteTargets(html, targetOf) {
  return html
    .replace(/<a href="([^"]+)"([^>]*)>([\s\S]*?)<\/a>/g, (_link, target, rest, content) => {
      const href = targetOf(target);
      return href === undefined ? content : `<a href="${href}"${rest}>${content}</a>`;
    })
    .replace(/<img src="([^"]+)"/g, (_image, target) => `<img src="${targetOf(target)}"`);
}

const words = {
  en: { lang: "en", other: "中文", pages: "Pages", skip: "To the text" },
  zh: { lang: "zh-CN", other: "English", pages: "页面", skip: "跳到正文" },
};

/** @param titles every page with its title and language */
export function renderPage({ page, titles, html, translation }) {
  const { title } = titles.get(page);
  const language = languageOf(page);
  const { lang, other, pages, skip } = words[language];
  const linkTo = (path) => posix.relative(posix.dirname(sitePath(page)), path);
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${linkTo("style.css")}">
</head>
<body>
<a class="skip" href="#text">${skip}</a>
<nav aria-label="${pages}">
${translation ? `<p><a href="${linkTo(sitePath(translation))}">${other}</a></p>\n` : ""}${navigation({ page, titles, language, linkTo })}
</nav>
<main id="text">
${html}</main>
</body>
</html>
`;
}

/** The pages in the reader's language, and those that are in English only. */
function navigation({ page, titles, language, linkTo }) {
  const all = [...titles.keys()];
  const shown = all.filter(
    (one) => languageOf(one) === language || (language === "zh" && !translationOf(one, all)),
  );
  return groups
    .map((group) => {
      const items = shown.filter(group.holds).map((one) => {
        const current = one === page ? ' aria-current="page"' : "";
        return `<li><a href="${linkTo(sitePath(one))}"${current}>${escapeHtml(titles.get(one).title)}</a></li>`;
      });
      return `<h2>${group[language]}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
    })
    .join("\n");
}
