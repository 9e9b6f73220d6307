import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { maxLength } from "./password-strength.js";

/** Too many passwords are waiting to be checked. */
export class TooManyHashesError extends Error {
  override readonly name = "TooManyHashesError" as const;
  constructor() {
    super("too many passwords are being checked at once");
  }
}

/** What one hash costs with scrypt: 128 × r × 2^log2N bytes, and time in proportion. */
export interface PasswordCost {
  log2N: number;
  r: number;
  p: number;
}

/** 128 MiB, and about a third of a second. */
export const defaultPasswordCost: PasswordCost = { log2N: 17, r: 8, p: 1 };

const hashLength = 32;
/** Hashing is slow on purpose and takes much memory: more at the same time would starve sign-ins. */
const maxAtOnce = 2;

/** @returns a PHC string, `$scrypt$ln=17,r=8,p=1$salt$hash`, which stays valid when the cost of new hashes changes. */
export async function hashPassword(password: string, cost: PasswordCost): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  return `$scrypt$ln=${cost.log2N},r=${cost.r},p=${cost.p}$${unpadded(salt)}$${unpadded(hash)}`;
}

/**
 * Compares exactly, in constant time.
 *
 * @param cost of the hashes that are made today: without a stored hash the answer is false, after the same time.
 */
export async function isPassword(
  password: string,
  stored: string | undefined,
  cost: PasswordCost,
): Promise<boolean> {
  if (password.length > maxLength) return false;
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(stored ?? "");
  if (!match) {
    await derive(password, randomBytes(16), cost);
    return false;
  }
  const [, log2N, r, p, salt = "", hash = ""] = match;
  const expected = Buffer.from(hash, "base64");
  const given = await derive(password, Buffer.from(salt, "base64"), {
    log2N: Number(log2N),
    r: Number(r),
    p: Number(p),
  });
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const unpadded = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "");

let running = 0;
const waiting: (() => void)[] = [];

/** Beyond this it is a flood: a refusal now is better than an answer in a minute. */
const maxWaiting = 20;

async function derive(password: string, salt: Buffer, { log2N, r, p }: PasswordCost): Promise<Buffer> {
  if (running < maxAtOnce) running++;
  else if (waiting.length < maxWaiting) await new Promise<void>((resolve) => waiting.push(resolve));
  else throw new TooManyHashesError();
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      const options = { N: 2 ** log2N, r, p, maxmem: 256 * 2 ** log2N * r };
      scrypt(password.normalize("NFC"), salt, hashLength, options, (error, key) =>
        error ? reject(error) : resolve(key),
      );
    });
  } finally {
    // The next one in the queue takes over the slot, so that no new call gets in between.
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
