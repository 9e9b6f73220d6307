import { type PageName, pageSlots, type SiteSlots, type SlotName, siteSlots } from "api/pages";
import { Html } from "./html.js";

/** The `{{slots}}` of a page by their names. A slot that the page does not declare does not compile. */
export type Slots<Page extends PageName> = { readonly [slot in SlotName<Page>]: Html };

/**
 * The markers that the server replaces by values. A marker must stand in text or in a quoted attribute: the values
 * are escaped for those.
 */
export function slotsOf<Page extends PageName>(page: Page): Slots<Page> {
  return markersOf(pageSlots[page]) as Slots<Page>;
}

/** The markers that every page has: whose page it is. */
export const site = markersOf(siteSlots) as { readonly [slot in keyof SiteSlots]: Html };

function markersOf(names: readonly string[]): { readonly [slot: string]: Html } {
  return Object.fromEntries(names.map((name) => [name, new Html(`{{${name}}}`)]));
}
