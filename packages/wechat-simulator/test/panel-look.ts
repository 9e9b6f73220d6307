import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { launchChromium } from "../../../e2e/support/chromium.js";

// The browser's own driver and axe belong to the end-to-end tests; what is needed of their types follows from there.
export type Browser = NonNullable<Awaited<ReturnType<typeof launchChromium>>>;
export type Page = Awaited<ReturnType<Browser["newPage"]>>;

const withoutHopByHop = createRequire(new URL("../../../e2e/package.json", import.meta.url));
const axeSource = readFileSync(withoutHopByHop.resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds on the page and where, and whether it is wider than the screen. */
export async function objectionsOf(page: Page): Promise<string[]> {
  // Through the debugger and not as a script tag, which the page's CSP refuses. Texts and not functions: nothing else
  // in this package knows a browser's types.
  await page.evaluate(axeSource);
  return page.evaluate<string[]>(`axe.run().then(({ violations }) => [
    ...violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ")),
    ...(document.documentElement.scrollWidth > innerWidth ? ["wider than the screen"] : []),
  ])`);
}

export async function openAllDetails(page: Page): Promise<void> {
  await page.evaluate(`document.querySelectorAll("details").forEach((details) => { details.open = true; })`);
}
