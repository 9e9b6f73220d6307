import type { Language } from "api/pages";
import { en } from "./en.js";
import type { Texts } from "./texts.js";
import { zh } from "./zh.js";

export const textsOf: { readonly [language in Language]: Texts } = { zh, en };
