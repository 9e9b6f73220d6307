import { createHash, randomBytes } from "node:crypto";

/**
 * openid and unionid have 28 characters: `o`, then 27 of `[A-Za-z0-9_-]`. They follow from seed, kind and owner
 * alone, so that a test can name them before anybody has signed in, and a restart keeps everybody who they were.
 */
function deriveIdentifier(...parts: string[]): string {
  // JSON keeps ("ab", "c") and ("a", "bc") apart.
  return `o${createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 27)}`;
}

/** One person in one app. */
export function deriveOpenid(seed: string, appId: string, personId: string): string {
  return deriveIdentifier(seed, "openid", appId, personId);
}

/** One person in one Open Platform account: the same in all apps that are bound to it. */
export function deriveUnionid(seed: string, openPlatform: string, personId: string): string {
  return deriveIdentifier(seed, "unionid", openPlatform, personId);
}

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A code: 32 alphanumerics. Unlike openids it is random, not derived from the seed: a code must never come twice,
 * not even after a restart, or an app that remembers used codes would take the new one for a replay.
 */
export function createCode(): string {
  let code = "";
  // A slight bias (256 is no multiple of 62) does not matter: nobody attacks a simulator by guessing.
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
