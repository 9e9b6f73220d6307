import { WeChatOAuthError } from "../errors.js";
import type { TokenRecord } from "./store.js";

/** Kept tokens are short-lived: a later expiry than this was written in another unit. */
export const maxLifetimeMs: number = 366 * 86_400_000;

/**
 * Checks each record after it is read and before it is written: an unreadable record would stop every process.
 *
 * @throws {WeChatOAuthError} naming the field that is wrong, never its value
 */
export function checkRecord(record: TokenRecord): TokenRecord {
  const { token, failure, forcedAtMs } = record;
  check("", record, ["version", "leaseUntilMs"]);
  assert(Array.isArray(forcedAtMs) && forcedAtMs.every(isNumber), "forcedAtMs must be a list of numbers");
  if (token) {
    check(
      "token.",
      token,
      ["generation", "fetchedAtMs", "expiresAtMs", "refreshAtMs"],
      ["sealed", "fingerprint"],
    );
    assert(token.expiresAtMs - token.fetchedAtMs <= maxLifetimeMs, "token.expiresAtMs must be within a year");
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
  for (const name of numbers) assert(isNumber(part[name]), `${path}${name} must be a number`);
  for (const name of texts) assert(typeof part[name] === "string", `${path}${name} must be text`);
}

/** Within the range of a Date, and so also a number to which 1 can be added exactly. */
function isNumber(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) <= 8.64e15;
}

function assert(condition: boolean, message: string): void {
  if (!condition) throw new WeChatOAuthError(`not a record: ${message}`);
}
