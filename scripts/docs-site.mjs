// `npm run docs:site [-- <folder>]`: the documents of this repository as a small site, by default in dist/docs-site. The
// pages need no server and no script, and load nothing from elsewhere.
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import { groups, languageOf, sitePath, translationOf } from "./docs-site/pages.mjs";
import { renderMarkdown, renderPage, rewriteTargets } from "./docs-site/render.mjs";
import { root } from "./package-json.mjs";
import { listSourceFiles } from "./source-files.mjs";

const folder = resolve(process.argv[2] ?? join(root, "dist/docs-site"));
const sources = listSourceFiles(root);
const pages = sources.filter((file) => groups.some(({ holds }) => holds(file)));
const titles = new Map(pages.map((page) => [page, titleOf(page)]));

rmSync(folder, { recursive: true, force: true });
const style = new URL("docs-site/style.css", import.meta.url);
write("style.css", readFileSync(style, "utf8"));
for (const page of pages) {
  const html = rewriteTargets(renderMarkdown(readFileSync(join(root, page), "utf8")), (target) =>
    targetOnSite(page, target),
  );
  write(sitePath(page), renderPage({ page, titles, html, translation: translationOf(page, pages) }));
}
console.log(`${pages.length} pages: ${join(folder, "index.html")}`);

/**
 * Where a link of a page leads on the site; `undefined` for a folder, which the site does not have. A file that is no page
 * is copied.
 */
function targetOnSite(page, target) {
  if (/^(https?:|mailto:|#)/.test(target)) return target;
  const [path, place] = target.split("#");
  const file = posix.join(posix.dirname(page), decodeURI(path));
  if (pages.includes(file)) {
    return relativeTo(page, sitePath(file)) + (place === undefined ? "" : `#${place}`);
  }
  if (statSync(join(root, file)).isDirectory()) return undefined;
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  copyFileSync(join(root, file), join(folder, file));
  return relativeTo(page, file);
}

function relativeTo(page, path) {
  return posix.relative(posix.dirname(sitePath(page)), path);
}

function titleOf(page) {
  const [, title] = /^# (.*)$/m.exec(readFileSync(join(root, page), "utf8")) ?? [];
  if (!title) throw new Error(`${page} has no heading of level 1, which the site takes as its title.`);
  return { title, language: languageOf(page) };
}

function write(path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
