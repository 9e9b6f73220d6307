import { pages } from "./en-pages.js";
import { shared } from "./en-shared.js";

/** The English words. Their keys and placeholders are what the pages are checked against. */
export const en = { ...shared, ...pages } as const;
