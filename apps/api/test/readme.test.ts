import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routesOf } from "./support/routes.js";
import { type System, startSystem } from "./support/system.js";

const [readme = "", chineseReadme = ""] = ["README.md", "README.zh-CN.md"].map((name) =>
  readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8"),
);

describe("README", () => {
  let system: System;
  beforeAll(async () => {
    const VERIFY_FILES = '{ "MP_verify_AbCdEfGh01234567.txt": "AbCdEfGh01234567" }';
    system = await startSystem({ env: { VERIFY_FILES, METRICS_TOKEN: "Zk4pV9wQ2rT7yB1nM6xC8dF3gH5jL0aS" } });
    await system.browser({ person: "alice" }).signIn();
  });
  afterAll(() => system.close());

  it("lists every path of the server, and no other, in English and in Chinese", () => {
    const routes = routesOf(system.app.server).map((route) =>
      route
        .replace(/:\w+/g, "<>")
        .replace(/\/\*$/, "/")
        .replace(/^\/api\/v1\/.+$/, "/api/v1/<>")
        .replace(/^\/MP_verify_\w+\.txt$/, "/MP_verify_*.txt"),
    );
    expect(routes).toContain("/login/wechat");
    for (const page of [readme, chineseReadme]) {
      const [, table = ""] = /\n## .*\n\n\| (?:path|路径) \|.*\n\| ---.*\n((?:\|.*\n)+)/.exec(page) ?? [];
      const listed = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = ""]) =>
        [...cell.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path.replace(/<\w+>/g, "<>")),
      );
      expect(listed.sort()).toEqual([...new Set(routes)].sort());
    }
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
