import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { anchorsOf, brokenAnchors, type Outline, outlineOf } from "./support/markdown.js";

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = ["", "docs/", "packages/wechat-oauth/", "packages/wechat-simulator/"].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}${name}`),
);
const chinese = pages.filter((page) => page.endsWith(".zh-CN.md"));

it("finds the pages that are in two languages", () => {
  expect(chinese.length).toBeGreaterThan(8);
});

describe.each(chinese.map((page) => page.replace(".zh-CN.md", "")))("%s.md and its Chinese page", (page) => {
  // A Chinese page links to Chinese pages, and shows pictures in Chinese.
  const outline = (name: string) => outlineOf(read(name).replaceAll(/\.zh-CN\.(md|png)/g, ".$1"));
  const [en, zh] = [outline(`${page}.md`), outline(`${page}.zh-CN.md`)];

  it("have the same headings by level, in the same order", () => {
    expect(en.headings.length).toBeGreaterThan(0);
    expect(zh.headings).toEqual(en.headings);
  });

  it("have the same tables, with a row for each command, setting and address", () => {
    expect(zh.tables).toEqual(en.tables);
  });

  it("have the same blocks of code", () => {
    expect(zh.codeBlocks).toEqual(en.codeBlocks);
  });

  it("name the same commands, settings, addresses and files", () => {
    expect(en.inlineCode.length).toBeGreaterThan(5);
    expect(zh.inlineCode).toEqual(en.inlineCode);
  });

  it("show the same images and link to the same pages", () => {
    // A place within another page has a name in the page's own language.
    const targets = (links: string[]) => [...new Set(links.map((link) => link.replace(/\.md#.*$/, ".md")))];
    expect(targets(zh.links)).toEqual(targets(en.links));
    expect(zh.images).toEqual(en.images);
  });
});

describe("the pictures of both READMEs", () => {
  it.each([
    ["README.md", ""],
    ["README.zh-CN.md", ".zh-CN"],
  ])("are small, and in the language of %s", (name, suffix) => {
    const names = ["overview", "sign-in", "error"].map((picture) => `docs/${picture}${suffix}.png`);
    expect([...read(name).matchAll(/docs\/[\w.-]+\.png/g)].map(([picture]) => picture)).toEqual(names);
    for (const picture of names) {
      expect(statSync(new URL(`../${picture}`, import.meta.url)).size).toBeLessThanOrEqual(200_000);
    }
  });
});

describe("the pages of this repository", () => {
  it.each(pages)("link only to files and headings that exist: %s", (name) => {
    const text = read(name);
    const folder = new URL(`../${name}`, import.meta.url);
    const files = outlineOf(text).links.filter((target) => !/^https?:/.test(target));
    const missing = files.filter((target) => {
      const [file = "", place] = target.split("#");
      const path = fileURLToPath(new URL(file, folder));
      return (
        !existsSync(path) || (place && !anchorsOf(readFileSync(path, "utf8")).has(`#${decodeURI(place)}`))
      );
    });
    expect([...missing, ...brokenAnchors(text)]).toEqual([]);
  });
});

describe("an outline of a page", () => {
  const page = [
    "# Title",
    "",
    "See [below](#settings-here), [a file](docs/a.md) and <https://example.com>. ![x](a.png)",
    "",
    "## Settings, here",
    "",
    "| setting | default |",
    "| --- | --: |",
    "| `PORT`, `HOST` | 1 |",
    "| [`docs`](docs) | `npm start` |",
    "",
    "```sh",
    "# a comment, no heading",
    "```",
  ].join("\n");

  it("holds headings, tables, code, links and images", () => {
    expect(outlineOf(page)).toEqual({
      headings: [1, 2],
      tables: [{ columns: 2, rows: ["PORT HOST", "docs docs"] }],
      codeBlocks: ["sh\n# a comment, no heading\n"],
      inlineCode: ["HOST", "PORT", "docs", "npm start"],
      links: ["docs", "docs/a.md", "https://example.com"],
      images: ["a.png"],
    });
    expect(brokenAnchors(page)).toEqual([]);
  });

  it.each<[string, string, string, keyof Outline]>([
    ["a heading of another level", "## Settings", "### Settings", "headings"],
    ["a missing row", "| `PORT`, `HOST` | 1 |\n", "", "tables"],
    ["a row of another setting", "`HOST`", "`HOSTS`", "tables"],
    ["a missing column", "| --- | --: |", "| --- |", "tables"],
    ["another command", "npm start", "npm run start", "inlineCode"],
    ["another line of code", "# a comment", "# another comment", "codeBlocks"],
    ["another link", "docs/a.md", "docs/b.md", "links"],
    ["another image", "a.png", "b.png", "images"],
  ])("differs for %s", (_change, from, to, part) => {
    expect(page).toContain(from);
    expect(outlineOf(page.replace(from, to))[part]).not.toEqual(outlineOf(page)[part]);
  });

  it("reports a link to a heading that does not exist", () => {
    expect(brokenAnchors(page.replace("#settings-here", "#settings"))).toEqual(["#settings"]);
  });
});
