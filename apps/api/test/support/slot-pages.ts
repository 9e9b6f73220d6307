import { pageSlots, siteSlots } from "../../src/http/page-contract.js";
import type { PageSource } from "../../src/http/pages.js";
import type { Visit } from "./browser.js";

/** Pages that only name themselves and the values of their slots. */
export const slotPages: PageSource = async (language, page) =>
  [
    `page=${page}`,
    `language=${language}`,
    ...[...siteSlots, ...pageSlots[page]].map((slot) => `${slot}={{${slot}}}`),
  ].join("\n");

/** The status of such a page, its name, its language and its slots. */
export function slotsOf({ status, html }: Visit): Record<string, unknown> {
  const lines = html
    .replaceAll("&amp;", "&")
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  return { status, ...Object.fromEntries(lines) };
}
