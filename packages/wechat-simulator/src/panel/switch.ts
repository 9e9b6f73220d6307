import type { Text } from "../protocol/text.js";
import type { Settings } from "../stores/settings.js";

/** How sure anybody is of what the real WeChat does. */
export type Knowledge = "documented" | "reported" | "unknown";

/** One value and its words; a boolean is `"true"` or `"false"`. */
type SwitchChoice = readonly [value: string, words: Text];

/**
 * What can be chosen: the default first, though off always stands before on; undefined: a number of seconds. A list and
 * not a record, which would put errcodes into ascending order.
 */
type SwitchChoices = readonly SwitchChoice[] | undefined;

export interface Switch {
  name: keyof Settings;
  title: Text;
  /** One sentence: what it does. */
  about: Text;
  knowledge: Knowledge;
  choices: SwitchChoices;
}

/** A choice that needs no other words: an errcode. */
export const itself = (value: string): SwitchChoice => [value, { en: value, zh: value }];

export const OFF_ON: SwitchChoices = [
  ["false", { en: "off", zh: "关" }],
  ["true", { en: "on", zh: "开" }],
];
export const NO_YES: SwitchChoices = [
  ["false", { en: "no", zh: "否" }],
  ["true", { en: "yes", zh: "是" }],
];
