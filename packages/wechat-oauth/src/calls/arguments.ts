import type { Call } from "../caller.js";
import { normalize } from "../redact.js";

/**
 * Checks that every value of a call's query is a text with visible characters: tokens, codes and ids above all.
 *
 * @throws {TypeError} the message names the argument and never shows its value
 */
export function checkQuery<T>(call: Call<T>): Call<T> {
  for (const [name, value] of Object.entries(call.query ?? {})) assertText(name, value);
  return call;
}

/**
 * As {@link checkQuery}, for one value of a body.
 *
 * @param name WeChat's parameter name; the message converts it, such as `js_code` to `jsCode`
 */
export function assertText(name: string, value: unknown): void {
  if (typeof value === "string" && normalize(value) !== "") return;
  const argument = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  throw new TypeError(`${argument} must be a non-empty string: check where it comes from`);
}
