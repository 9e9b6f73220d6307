import { fileURLToPath } from "node:url";
import { type PageName, pageNames, pageSlots, siteSlots } from "api/pages";
import { build, type Rolldown } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import { slotsOf } from "../src/pages/slots.js";
import { languages } from "../src/pages.js";

describe("the slots that a page can use", () => {
  it("are those it declares, checked by the compiler", () => {
    expect(slotsOf("home").start.source).toBe("{{start}}");
    // @ts-expect-error `start` is misspelt
    expect(slotsOf("home").strat).toBeUndefined();
    // @ts-expect-error `qr` is a slot of another page
    expect(slotsOf("wecom").qr).toBeUndefined();
    // @ts-expect-error there is no page of this name
    expect(() => slotsOf("homepage")).toThrow();
  });
});

describe("the built pages", () => {
  let built: Map<string, string>;

  beforeAll(async () => {
    const root = fileURLToPath(new URL("..", import.meta.url));
    const output = await build({ root, logLevel: "silent", build: { write: false } });
    const { output: files } = output as Rolldown.RolldownOutput;
    const pages = files.filter((file) => file.type === "asset" && file.fileName.startsWith("pages/"));
    built = new Map(pages.map((file) => [file.fileName, String("source" in file && file.source)]));
  });

  it("consist of every declared page in both languages, and no other page", () => {
    const declared = languages.flatMap((language) => pageNames.map((page) => fileOf(language, page)));
    expect([...built.keys()].sort()).toEqual(declared.sort());
  });

  it("contain each declared slot once, the site's slots at least once, and no other slot", () => {
    for (const language of languages) {
      for (const page of pageNames) {
        const file = fileOf(language, page);
        const used = [...(built.get(file) ?? "").matchAll(/\{\{([^}]*)\}\}/g)].map(([, slot]) => slot);
        const own = used.filter((slot) => !siteSlots.some((name) => name === slot));
        expect(own.sort(), file).toEqual([...pageSlots[page]].sort());
        for (const name of siteSlots) expect(used, file).toContain(name);
      }
    }
  });

  const fileOf = (language: string, page: PageName) => `pages/${language}/${page}.html`;
});
