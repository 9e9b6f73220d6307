import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { commonPasswords } from "./common-passwords.js";

/** More passwords are waiting to be checked than this machine should hold. */
export class TooManyHashesError extends Error {
  override readonly name = "TooManyHashesError" as const;
  constructor() {
    super("too many passwords are being checked at once");
  }
}

const cost = { log2N: 17, r: 8, p: 1 };
const hashLength = 32;
const minLength = 8;
const maxLength = 256;
/** Hashing is slow on purpose and takes 128 MiB: more at once would starve sign-ins. */
const maxAtOnce = 2;

/** Why this password cannot be an operator's, in words for the person who typed it; undefined where it can. */
export function passwordProblem(password: string): string | undefined {
  if ([...password].length < minLength) return `use at least ${minLength} characters`;
  if (password.length > maxLength) return `use at most ${maxLength} characters`;
  if (commonPasswords.has(password.toLowerCase()) || new Set(password).size < 3) {
    return "this password is among the first that anybody would try";
  }
  return undefined;
}

/** @returns a PHC string, `$scrypt$ln=17,r=8,p=1$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  return `$scrypt$ln=${cost.log2N},r=${cost.r},p=${cost.p}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** Compares exactly, in constant time. Without a stored hash it spends the same time and says no. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
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

const unpadded = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");

let running = 0;
const waiting: (() => void)[] = [];

/** Past this the machine is being flooded: better a refusal now than an answer in a minute. */
const maxWaiting = 20;

async function derive(password: string, salt: Buffer, { log2N, r, p }: typeof cost): Promise<Buffer> {
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
    // The place goes from hand to hand, so that no newcomer slips in between.
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
