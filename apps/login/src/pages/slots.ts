import { type PageName, pageSlots, type SlotName } from "api/pages";
import { Html } from "./html.js";

/** The `{{slots}}` of a page by their names. A slot that the page does not declare does not compile. */
export type Slots<Page extends PageName> = { readonly [slot in SlotName<Page>]: Html };

/**
 * The markers that the server replaces by values. A marker must stand in text or in a quoted attribute: the values
 * are escaped for those.
 */
export function slotsOf<Page extends PageName>(page: Page): Slots<Page> {
  const names: readonly string[] = pageSlots[page];
  return Object.fromEntries(names.map((name) => [name, new Html(`{{${name}}}`)])) as Slots<Page>;
}
