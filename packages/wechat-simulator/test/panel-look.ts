import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { launchChromium } from "../../../e2e/support/chromium.js";

// The browser driver and axe are dependencies of the end-to-end tests, and so are the types used here.
export type Browser = NonNullable<Awaited<ReturnType<typeof launchChromium>>>;
export type Context = Awaited<ReturnType<Browser["newContext"]>>;
export type Page = Awaited<ReturnType<Browser["newPage"]>>;

const requireFromE2e = createRequire(new URL("../../../e2e/package.json", import.meta.url));
const axeSource = readFileSync(requireFromE2e.resolve("axe-core/axe.min.js"), "utf8");

/** The findings of axe on the page, and whether the page is wider than the screen. */
export async function objectionsOf(page: Page): Promise<string[]> {
  // Through the debugger and not as a script tag, which the page's CSP refuses. Strings and not functions, because this
  // package has no DOM types.
  await page.evaluate(axeSource);
  return page.evaluate<string[]>(`axe.run().then(({ violations }) => [
    ...violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ")),
    ...(document.documentElement.scrollWidth > innerWidth ? ["wider than the screen"] : []),
  ])`);
}

export async function openAllDetails(page: Page): Promise<void> {
  await page.evaluate(`document.querySelectorAll("details").forEach((details) => { details.open = true; })`);
}
