import { pageLists, pageSlots, siteSlots } from "api/pages";
import { describe, expect, it } from "vitest";
import { languages, pageNames, renderPage } from "../src/pages.js";
import { textsOf } from "../src/texts/languages.js";

const assets = { script: "/login/assets/main.js", style: "/login/assets/style.css" };
const everyPage = pageNames.flatMap((page) => languages.map((language) => ({ page, language })));

const listParts = /<!--each (\w+)-->(.*?)<!--\/each \1-->/gs;
const outsideLists = (html: string) => html.replace(listParts, "");
const slotsIn = (html: string) => [...html.matchAll(/\{\{([^}]*)\}\}/g)].map(([, name]) => name).sort();

describe.each(everyPage)("the page $page in $language", ({ page, language }) => {
  const html = renderPage(page, language, assets);

  it("is a whole document in its language, with a title, a description and one heading", () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="/);
    expect(html).toContain(`<html lang="${language === "zh" ? "zh-CN" : "en"}">`);
    expect(html).toMatch(/<title>\S[^<]+<\/title>/);
    expect(html).toMatch(/<meta name="description" content="[^"]+">/);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html.match(/<main/g)).toHaveLength(1);
  });

  it("stays out of search engines", () => {
    expect(html).toContain('<meta name="robots" content="noindex">');
  });

  it("has each declared slot once, and those of the site", () => {
    const ofSite = (slot: string | undefined) => siteSlots.some((name) => name === slot);
    // A slot may instead only choose between parts.
    const chosen = new Set([...outsideLists(html).matchAll(/<!--when (\w+)=/g)].map(([, slot]) => slot));
    const own = slotsIn(outsideLists(html)).filter((slot) => !ofSite(slot));
    expect([...own, ...chosen].sort()).toEqual([...pageSlots[page]].sort());
    expect([...new Set(slotsIn(html).filter(ofSite))]).toEqual([...siteSlots].sort());
  });

  it("has each declared list once, and each slot of its rows", () => {
    const lists = [...html.matchAll(listParts)].map(([, list = "", row = ""]) => {
      const used = [...row.matchAll(/<!--when (\w+)=|\{\{(\w+)\}\}/g)].map(
        ([, chosen, shown]) => chosen ?? shown,
      );
      return [list, [...new Set(used)].sort()];
    });
    const declared: { [list: string]: readonly string[] } =
      page in pageLists ? pageLists[page as "account"] : {};
    expect(Object.fromEntries(lists)).toEqual(
      Object.fromEntries(Object.entries(declared).map(([list, slots]) => [list, [...slots].sort()])),
    );
    expect(lists).toHaveLength(Object.keys(declared).length);
  });

  it("names the site in its title and at its top", () => {
    expect(html).toMatch(/<title>[^<]+ · \{\{site\}\}<\/title>/);
    expect(html).toContain("<bdi>{{site}}</bdi></header>");
  });

  it("has slots only in text and in quoted attributes, where an escaped value is safe", () => {
    // Only the site's name, and a number of days, may stand within a sentence.
    const named = html
      .replace(/<!--.*?-->/g, "")
      .replace(/(="[^"]*|>[^<]*)\{\{(?:site|keptDays)\}\}(?=[^<]*<|[^"]*")/g, "$1");
    const rest = named.replace(/="\{\{\w+\}\}"/g, "").replace(/>\{\{\w+\}\}</g, "");
    expect(slotsIn(rest)).toEqual([]);
  });

  it("has nothing that a strict Content-Security-Policy blocks", () => {
    expect(html.match(/<script[^>]*>[\s\S]*?<\/script>/g)).toEqual([
      `<script type="module" src="${assets.script}"></script>`,
    ]);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/i);
  });

  it("names no other origin", () => {
    expect(html).not.toMatch(/(?:https?:)?\/\/[a-z]/i);
  });

  it("has an element for every id that it refers to", () => {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    const references = [...html.matchAll(/\s(?:aria-labelledby|data-copy-source)="([^"]+)"/g)].map(
      ([, id]) => id,
    );
    // A row's id is a slot.
    const fixed = ids.filter((id) => !id?.startsWith("{{"));
    expect(new Set(fixed).size).toBe(fixed.length);
    for (const reference of references) expect(ids).toContain(reference);
  });

  it("offers the other language", () => {
    expect(html).toContain(`data-language="${language === "zh" ? "en" : "zh"}"`);
  });
});

describe("the links of a page", () => {
  const linkSlots = ["start", "home", "continue", "cancel", "retry", "anyway"];
  // Whose links are in lists; its buttons are forms.
  const pages = everyPage.filter(({ page }) => page !== "account");

  it.each(pages)("work without the script on $page in $language", ({ page, language }) => {
    const html = renderPage(page, language, assets);
    const links = pageSlots[page].filter((slot) => linkSlots.includes(slot));
    expect(links.length).toBeGreaterThan(0);
    for (const slot of links) {
      expect(html).toMatch(new RegExp(`<a class="[^"]+" href="\\{\\{${slot}\\}\\}"[^>]*>[^<]+</a>`));
    }
  });

  it("include exactly one main action on every failure page", () => {
    for (const { page, language } of everyPage) {
      const html = renderPage(page, language, assets);
      if (pageSlots[page].some((slot) => slot === "retry"))
        expect(html.match(/button primary/g)).toHaveLength(1);
    }
  });
});

describe("the texts of the login pages", () => {
  const stringsOf = (value: unknown): string[] =>
    typeof value === "string" ? [value] : Object.values(value as object).flatMap(stringsOf);

  it("are never empty", () => {
    for (const text of stringsOf(textsOf)) expect(text.trim()).not.toBe("");
  });

  it("contain no Chinese in English, except for the name of a WeChat button and of the other language", () => {
    const chinese = stringsOf(textsOf.en).filter((text) =>
      /\p{Script=Han}/u.test(text.replace("使用完整服务", "")),
    );
    expect(chinese).toEqual(["中文"]);
  });
});
