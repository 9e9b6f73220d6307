import type { Call } from "../caller.js";
import { bare } from "../redact.js";

/**
 * Sees to it that every text of a call's query is one, with something to be seen in it: tokens, codes and ids above all.
 *
 * @throws {TypeError} the message names the argument and never shows its value
 */
export function checked<T>(call: Call<T>): Call<T> {
  for (const [name, value] of Object.entries(call.query ?? {})) mustBeText(name, value);
  return call;
}

/**
 * As {@link checked}, for what travels in a body.
 *
 * @param name WeChat's: its `js_code` is the argument `jsCode`
 */
export function mustBeText(name: string, value: unknown): void {
  if (typeof value === "string" && bare(value) !== "") return;
  const argument = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  throw new TypeError(`${argument} must be a text that is not empty: look at where it comes from`);
}
