import { randomBytes } from "node:crypto";

/**
 * The request id at the end of an errmsg: three groups of eight hex digits. The first is the request's time in unix
 * seconds; the other two are opaque.
 */
export function createRid(unixSeconds: number): string {
  const opaque = () => randomBytes(4).toString("hex");
  return `${unixSeconds.toString(16).padStart(8, "0")}-${opaque()}-${opaque()}`;
}

/** Whether this has the shape of a rid. */
export function isRid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{8}){2}$/.test(text);
}

/** The id of the old tails, before there were rids: 17 characters of base64url. */
export function createRequestId(): string {
  return randomBytes(13).toString("base64url").slice(0, 17);
}
