import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type PageName, pageNames } from "api/pages";
import { build, createServer, type Rolldown, type ViteDevServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slotsOf } from "../src/pages/slots.js";
import { languages, renderPage } from "../src/pages.js";

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

describe("the development server", () => {
  let vite: ViteDevServer;
  let listener: Server;
  let url: string;

  beforeAll(async () => {
    const root = fileURLToPath(new URL("..", import.meta.url));
    vite = await createServer({ root, logLevel: "silent", server: { middlewareMode: true, ws: false } });
    listener = createHttpServer(vite.middlewares).listen(0, "127.0.0.1");
    await once(listener, "listening");
    url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    listener.close();
    await vite.close();
  });

  it("renders a page for each request, with the script and the style as sources", async () => {
    const answer = await fetch(`${url}/login/pages/en/signed-out.html?x=1`);
    const page = await answer.text();
    expect([answer.status, answer.headers.get("content-type"), answer.headers.get("cache-control")]).toEqual([
      200,
      "text/html; charset=utf-8",
      "no-store",
    ]);
    expect(page).toContain('<html lang="en">');
    expect(page).toContain("<h1>You are signed out</h1>");
    expect(page).toContain('<link rel="icon" type="image/svg+xml" href="/login/assets/icon.svg">');
    expect(page).toContain('<link rel="stylesheet" href="/login/src/styles/style.css">');
    expect(page).toContain('<script type="module" src="/login/src/main.ts"></script>');
  });

  it.each([
    "/login/pages/en/nothing.html",
    "/login/pages/fr/home.html",
    "/login/pages/en/home.html/more",
    "/pages/en/home.html",
  ])("has no page at %s", async (path) => {
    expect((await fetch(url + path)).status).toBe(404);
  });
});

describe("the built pages", () => {
  let built: Map<string, string>;
  let assets: string[];

  beforeAll(async () => {
    const root = fileURLToPath(new URL("..", import.meta.url));
    const output = await build({ root, logLevel: "silent", build: { write: false } });
    const { output: files } = output as Rolldown.RolldownOutput;
    const pages = files.filter((file) => file.type === "asset" && file.fileName.startsWith("pages/"));
    assets = files.map(({ fileName }) => fileName).filter((name) => !name.startsWith("pages/"));
    built = new Map(pages.map((file) => [file.fileName, String("source" in file && file.source)]));
  });

  it("consist of every declared page in both languages, and no other page", () => {
    const declared = languages.flatMap((language) => pageNames.map((page) => fileOf(language, page)));
    expect([...built.keys()].sort()).toEqual(declared.sort());
  });

  it("load one script and one style, which are there compressed too", () => {
    const hashed = (name: string) => name.replace(/-[\w-]{8}\./, "-HASH.");
    const compressed = (name: string) => [name, `${name}.br`, `${name}.gz`];
    const names = ["assets/main-HASH.js", "assets/style-HASH.css"];
    expect(assets.map(hashed).sort()).toEqual(names.flatMap(compressed));
    const [main = "", style = ""] = assets.filter((name) => /\.(js|css)$/.test(name)).sort();
    for (const [file, page] of built) {
      const loaded = [...page.matchAll(/<(?:script|link rel="stylesheet")[^>]* (?:src|href)="([^"]*)"/g)];
      expect(
        loaded.map(([, path]) => path),
        file,
      ).toEqual([`/login/${style}`, `/login/${main}`]);
    }
  });

  it("are the rendered pages, with every slot that the server fills", () => {
    for (const language of languages) {
      for (const page of pageNames) {
        const file = fileOf(language, page);
        const [, script = ""] = /<script type="module" src="([^"]*)"/.exec(built.get(file) ?? "") ?? [];
        const [, style = ""] = /<link rel="stylesheet" href="([^"]*)"/.exec(built.get(file) ?? "") ?? [];
        expect(built.get(file), file).toBe(renderPage(page, language, { script, style }));
      }
    }
  });

  const fileOf = (language: string, page: PageName) => `pages/${language}/${page}.html`;
});
