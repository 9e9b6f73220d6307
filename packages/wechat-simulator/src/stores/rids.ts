import { randomBytes } from "node:crypto";
import { RID_SECONDS } from "../protocol/lifetimes.js";
import { BoundedMap } from "./bounded-map.js";
import type { Clock } from "./clock.js";

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

/** The request id in errmsg hints from before rids: 17 characters of base64url. */
export function createRequestId(): string {
  return randomBytes(13).toString("base64url").slice(0, 17);
}

/** One refused `/cgi-bin/*` call, as openapi/rid/get returns it. WeChat masks nothing here. */
export interface RidRecord {
  /** The account that made the call; undefined if the call did not identify one. */
  appId: string | undefined;
  /** Unix seconds. */
  invokeTime: number;
  costMs: number;
  requestUrl: string;
  requestBody: string;
  responseBody: string;
  clientIp: string;
}

/** The oldest are dropped first. */
const CAPACITY = 10_000;

/** The request ids of `/cgi-bin/*`. WeChat does not look up those of `/sns/*`. */
export class Rids {
  readonly #records = new BoundedMap<RidRecord>(CAPACITY);

  constructor(readonly clock: Clock) {}

  add(rid: string, record: RidRecord): void {
    this.#records.set(rid, record);
  }

  /** Undefined if unknown or older than seven days. */
  find(rid: string): RidRecord | undefined {
    const record = this.#records.get(rid);
    if (!record || this.clock.nowSeconds() - record.invokeTime >= RID_SECONDS) return undefined;
    return record;
  }

  reset(): void {
    this.#records.clear();
  }
}
