import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

export type Scrypt = (
  password: crypto.BinaryLike,
  salt: crypto.BinaryLike,
  keyLength: number,
  options: crypto.ScryptOptions,
  callback: (error: Error | null, derivedKey: Buffer) => void,
) => void;

/** Every import of Node's `scrypt` in this process calls `scrypt` from now on. */
export function replaceScrypt(scrypt: Scrypt): void {
  crypto.scrypt = scrypt as typeof crypto.scrypt;
  syncBuiltinESMExports();
}
