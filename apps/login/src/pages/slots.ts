import { type PageName, pageLists, pageSlots, type SiteSlots, type SlotName, siteSlots } from "api/pages";
import { Html, html } from "./html.js";

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

type Lists = typeof pageLists;
type RowSlots<Names> = { readonly [slot in Extract<Names[keyof Names & number], string>]: Html };

/** A part of a page that the server repeats for each row of a list. It does not stand within itself. */
export function each<Page extends keyof Lists, List extends keyof Lists[Page] & string>(
  page: Page,
  list: List,
  part: (row: RowSlots<Lists[Page][List]>) => Html,
): Html {
  const row = markersOf(pageLists[page][list] as readonly string[]) as RowSlots<Lists[Page][List]>;
  return html`${mark(`each ${list}`)}${part(row)}${mark(`/each ${list}`)}`;
}

/** Parts of which the server keeps the one for the slot's value. They depend on no other value of the same slot. */
export function choose(slot: Html, parts: { readonly [value: string]: Html | string }): Html[] {
  const name = slot.source.slice(2, -2);
  return Object.entries(parts).map(
    ([value, part]) => html`${mark(`when ${name}=${value}`)}${part}${mark(`/when ${name}`)}`,
  );
}

const mark = (text: string) => new Html(`<!--${text}-->`);
