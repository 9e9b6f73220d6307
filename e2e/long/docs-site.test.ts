import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const site = mkdtempSync(join(tmpdir(), "docs-site-"));
let pages: string[];

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "scripts/docs-site.mjs"), site]);
  pages = readdirSync(site, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".html"));
});
afterAll(() => rmSync(site, { recursive: true, force: true }));

const read = (page: string) => readFileSync(join(site, page), "utf8");
const valuesOf = (html: string, attributes: string) =>
  [...html.matchAll(new RegExp(` (?:${attributes})="([^"]+)"`, "g"))].map(([, value]) => value as string);

describe("the site of the documents", () => {
  it("has every document of the root, of docs/ and of the packages", () => {
    const documents = ["", "docs/", "packages/wechat-oauth/", "packages/wechat-simulator/"].flatMap(
      (folder) =>
        readdirSync(join(root, folder))
          .filter((name) => name.endsWith(".md"))
          .map((name) => (folder + name).replace("README", "index").replace(/\.md$/, ".html")),
    );
    expect(pages.toSorted()).toEqual(documents.toSorted());
  });

  it("leads from every link to a file and a place that exist", () => {
    const broken = pages.flatMap((page) =>
      valuesOf(read(page), "href|src")
        .filter((target) => !/^https?:/.test(target))
        .filter((target) => {
          const [path = "", place] = target.split("#");
          const file = path === "" ? page : join(dirname(page), path);
          if (!existsSync(join(site, file))) return true;
          return place !== undefined && !valuesOf(read(file), "id").includes(decodeURI(place));
        })
        .map((target) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("leads from each Chinese page to the same page in English, and back", () => {
    for (const page of pages.filter((name) => name.endsWith(".zh-CN.html"))) {
      const english = page.replace(".zh-CN.html", ".html");
      expect(read(page)).toContain(`<html lang="zh-CN">`);
      expect(valuesOf(read(page), "href")).toContain(english.replace(/.*\//, ""));
      expect(valuesOf(read(english), "href")).toContain(page.replace(/.*\//, ""));
    }
  });

  it("loads nothing from elsewhere and runs no script", () => {
    for (const page of pages) {
      expect(read(page)).not.toContain("<script");
      expect(valuesOf(read(page), "src").filter((target) => /^https?:/.test(target))).toEqual([]);
    }
  });
});
