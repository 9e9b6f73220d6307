import type { Text } from "../protocol/text.js";
import type { Settings } from "../stores/settings.js";

/** How much is known about WeChat's real behavior. */
export type Knowledge = "documented" | "reported" | "unknown";

/** One value and its label; a boolean is `"true"` or `"false"`. */
type SwitchChoice = readonly [value: string, words: Text];

/**
 * The options, the default first, except that off comes before on; undefined: a number of seconds. A list, because a
 * record would sort errcodes.
 */
type SwitchChoices = readonly SwitchChoice[] | undefined;

export interface Switch {
  name: keyof Settings;
  title: Text;
  /** One sentence about the effect. */
  about: Text;
  knowledge: Knowledge;
  choices: SwitchChoices;
}

/** A choice whose value is its label, such as an errcode. */
export const sameLabel = (value: string): SwitchChoice => [value, { en: value, zh: value }];

export const OFF_ON: SwitchChoices = [
  ["false", { en: "off", zh: "关" }],
  ["true", { en: "on", zh: "开" }],
];
export const NO_YES: SwitchChoices = [
  ["false", { en: "no", zh: "否" }],
  ["true", { en: "yes", zh: "是" }],
];
