import type { BrowserPreferences } from "../input/browser.js";
import type { Html } from "../pages/html.js";
import type { Language } from "../protocol/text.js";
import type { Store } from "../stores/store.js";

/** The context of a panel page. */
export interface Panel {
  store: Store;
  browser: BrowserPreferences;
  language: Language;
  /** Picks the text in the reader's language. */
  t: Translate;
  query: PanelQuery;
  /** `http://127.0.0.1:4010`, as this browser reached it. */
  origin: string;
}

export type Translate = (en: string, zh: string) => string;

/** The state of a page is in its URL, so that a reload or a shared link shows the same. */
export type PanelQuery = Readonly<Record<string, string | undefined>>;

/** One page of the panel. */
export interface PanelPage {
  path: string;
  title: (t: Translate) => string;
  render: (panel: Panel) => Html;
}

export const translatorFor =
  (language: Language): Translate =>
  (en, zh) =>
    language === "zh" ? zh : en;

/** The page that lists people; forms about people return to it. */
export const PEOPLE_PATH = "/people";

/** Asks for confirmation before `?person=<id>` is deleted. */
export const DELETE_PERSON_PATH = "/people/delete";
