import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";
import { PANEL_STYLES } from "../src/panel/files.js";
import { openPanel, PANEL_PATHS } from "./panel.js";
import { authorizeUrl, exchange, getGlobalToken, getTokens, open, qrUrl } from "./phone.js";

// A class without a rule is a mistake on either side: a renamed class leaves its element without a look.

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

/** They say what something is, and look like what is around them. */
const withoutLook = new Set(["amount", "calls", "calm", "credential-what", "spent"]);

function classesOf(pages: readonly string[]): string[] {
  const all = pages.flatMap((page) =>
    [...page.matchAll(/ class="([^"]*)"/g)].flatMap(([, names = ""]) => names.split(" ")),
  );
  return [...new Set(all)].filter((name) => !withoutLook.has(name)).sort();
}

const unstyled = (pages: readonly string[], styles: string) =>
  classesOf(pages).filter((name) => !new RegExp(`\\.${name}(?![\\w-])`).test(styles));

it("draws each class of WeChat's pages", async () => {
  const urls = [authorizeUrl(simulator), authorizeUrl(simulator, { appid: "" }), qrUrl(simulator)];
  const pages = await Promise.all(urls.map(async (url) => (await open(url)).text()));
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(pages[0] ?? "") ?? [];
  expect(unstyled(pages, style)).toEqual([]);
});

it("draws each class of the panel", async () => {
  await getTokens(simulator, "emoji");
  await getGlobalToken(simulator);
  await exchange(simulator, "unknown");
  simulator.fail("userinfo", { kind: "errcode", errcode: -1 });
  simulator.settings({ sameCode: true });
  const pages = await Promise.all(PANEL_PATHS.map(async (path) => (await openPanel(simulator, path)).text));
  const styles = PANEL_STYLES.map((name) =>
    readFileSync(new URL(`../panel/${name}`, import.meta.url), "utf8"),
  ).join("");
  expect(unstyled(pages, styles)).toEqual([]);
});
