import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type System, startSystem } from "./support/system.js";

const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
const sources = new URL("../src/http/", import.meta.url);

describe("README", () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
    await system.browser({ person: "alice" }).signIn();
  });
  afterAll(() => system.close());

  it("has a row for every address of the server", () => {
    const [, table = ""] = /\| address \| purpose \|\n\| --- \| --- \|\n((?:\|.*\n)+)/.exec(readme) ?? [];
    const listed = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, address = ""]) => address),
    );
    // Those of the source: an app under test has no built pages to serve.
    const routes = readdirSync(sources)
      .map((file) => readFileSync(new URL(file, sources), "utf8"))
      .flatMap((text) => [...text.matchAll(/(?:\.get\(|prefix: )"(\/[^"*]*)/g)].map(([, path = ""]) => path));
    expect(routes).toEqual(expect.arrayContaining(["/healthz", "/login/wechat", "/login/assets/"]));
    const isListed = (route: string) =>
      listed.includes(route) ||
      listed.some((address) => address.endsWith("/") && address !== "/" && route.startsWith(address)) ||
      (route.startsWith("/:file(^MP_verify_") && listed.includes("/MP_verify_*.txt"));
    expect(routes.filter((route) => !isListed(route) && !listed.includes(`${route}/`))).toEqual([]);
  });

  it("shows how an address with a query and a fragment is encoded in return_to", async () => {
    const [, link = "", target] =
      /`(\/login\/wechat\?return_to=%2F\S+)` leads to\s+`(\S+)`/.exec(readme) ?? [];
    const browser = system.browser({ person: "alice" });
    const { location } = await browser.visit(await browser.callbackUrl(link));
    expect(location?.href).toBe(`${system.url}${target}`);
    expect(new URL(target ?? "", system.url)).toMatchObject({
      search: expect.stringContaining("&"),
      hash: expect.stringMatching(/^#./),
    });
  });
});
