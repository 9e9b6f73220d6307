import type { BrowserMemory } from "../input/browser.js";
import type { Html } from "../pages/html.js";
import type { Language } from "../protocol/text.js";
import type { World } from "../stores/store.js";

/** What every page of the panel is made from. */
export interface Panel {
  world: World;
  browser: BrowserMemory;
  language: Language;
  /** Picks the sentence in the reader's language. */
  t: Say;
  query: PanelQuery;
  /** `http://127.0.0.1:4010`, as this browser reached it. */
  origin: string;
}

export type Say = (en: string, zh: string) => string;

/** The state of a page stands in its URL, so that a reload or a shared link shows the same. */
export type PanelQuery = Readonly<Record<string, string | undefined>>;

/** One page of the panel. */
export interface PanelPage {
  path: string;
  title: (t: Say) => string;
  render: (panel: Panel) => Html;
}

export const speak =
  (language: Language): Say =>
  (en, zh) =>
    language === "zh" ? zh : en;

/** Where everybody stands, and whither forms about people return. */
export const PEOPLE_PATH = "/people";

/** Asks before `?person=<id>` is deleted. */
export const DELETE_PERSON_PATH = "/people/delete";
