import { createHash, randomBytes } from "node:crypto";

/**
 * openid and unionid have 28 characters: `o`, then 27 of `[A-Za-z0-9_-]`. They derive from seed, kind and owner only,
 * so that a test can compute them before the first sign-in and a restart does not change them.
 */
function deriveIdentifier(...parts: string[]): string {
  // JSON, because plain concatenation would map ("ab", "c") and ("a", "bc") to one hash.
  return `o${createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 27)}`;
}

/** One person in one app. */
export function deriveOpenid(seed: string, appId: string, personId: string): string {
  return deriveIdentifier(seed, "openid", appId, personId);
}

/** One person in one Open Platform account: the same in all apps bound to it. */
export function deriveUnionid(seed: string, openPlatform: string, personId: string): string {
  return deriveIdentifier(seed, "unionid", openPlatform, personId);
}

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A code: 32 alphanumerics. Unlike openids it is random: a code must not repeat even after a restart, or an app that
 * remembers used codes would take a new one for a replay.
 */
export function createCode(): string {
  let code = "";
  // The slight bias (256 is not a multiple of 62) does not matter: guessing a simulator's codes gains nothing.
  for (const byte of randomBytes(32)) code += ALPHANUMERIC[byte % 62];
  return code;
}

/** A token of either family: digits, `_`, base64url; about 110 characters for a user's, 157 for an account's. */
export function createToken(randomByteCount: number): string {
  return `61_${randomBytes(randomByteCount).toString("base64url")}`;
}

/** 80 bytes give 107 characters after `61_`. */
export const SNS_TOKEN_BYTES = 80;
/** 115 bytes give 154 characters after `61_`. */
export const GLOBAL_TOKEN_BYTES = 115;
