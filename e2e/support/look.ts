import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds on the page once it rests, and whether it is wider than the screen. */
export async function objectionsOf(page: Page): Promise<string[]> {
  // Half-way through a transition, and while a list waits for newer rows, colours are not those that people read.
  await page.waitForFunction(
    () =>
      document.querySelector('[aria-busy="true"]') === null &&
      document.getAnimations().every(({ playState }) => playState !== "running"),
  );
  // Through the debugger and not as a script tag, which the page's CSP refuses.
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; help: string }[] }> };
    };
    const { violations } = await axe.run();
    const tooWide = document.documentElement.scrollWidth > window.innerWidth ? ["wider than the screen"] : [];
    return [...violations.map(({ id, help }) => `${id}: ${help}`), ...tooWide];
  });
}
