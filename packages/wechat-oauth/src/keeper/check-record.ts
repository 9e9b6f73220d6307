import { WeChatOAuthError } from "../errors.js";
import type { TokenRecord } from "./store.js";

/** A keeper keeps what is short-lived: an end further away than this was written in another unit. */
export const longestLifeMs: number = 366 * 86_400_000;

/**
 * The one place where what a store holds is looked at before it is believed, and what a keeper writes before it is
 * written: a record that nobody can read would stop every process.
 *
 * @throws {WeChatOAuthError} naming the field that is wrong, never its value
 */
export function checkRecord(record: TokenRecord): TokenRecord {
  const { token, failure, forcedAtMs } = record;
  check("", record, ["version", "leaseUntilMs"]);
  must(Array.isArray(forcedAtMs) && forcedAtMs.every(isNumber), "forcedAtMs must be a list of numbers");
  if (token) {
    check(
      "token.",
      token,
      ["generation", "fetchedAtMs", "expiresAtMs", "refreshAtMs"],
      ["sealed", "fingerprint"],
    );
    must(token.expiresAtMs - token.fetchedAtMs <= longestLifeMs, "token.expiresAtMs must be within a year");
  }
  if (failure) check("failure.", failure, ["failuresInRow", "failedAtMs", "retryAtMs"], ["reason"]);
  return record;
}

function check<Part>(
  path: string,
  part: Part,
  numbers: readonly (keyof Part & string)[],
  texts: readonly (keyof Part & string)[] = [],
): void {
  for (const name of numbers) must(isNumber(part[name]), `${path}${name} must be a number`);
  for (const name of texts) must(typeof part[name] === "string", `${path}${name} must be text`);
}

/** None that is not a number, none that a Date could not hold and none beyond which adding 1 does nothing. */
function isNumber(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) <= 8.64e15;
}

function must(isSo: boolean, law: string): void {
  if (!isSo) throw new WeChatOAuthError(`not a record: ${law}`);
}
