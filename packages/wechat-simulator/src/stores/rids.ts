import { BoundedMap } from "./bounded-map.js";
import type { Clock } from "./clock.js";

/** One refused `/cgi-bin/*` call, as openapi/rid/get tells it. Nothing is masked: WeChat tells the caller all of it. */
export interface RidRecord {
  /** The account that made the call; undefined where nothing in it said which. */
  appId: string | undefined;
  /** Unix seconds. */
  invokeTime: number;
  costMs: number;
  requestUrl: string;
  requestBody: string;
  responseBody: string;
  clientIp: string;
}

const KEPT_SECONDS = 7 * 24 * 3600;
/** Far more than anybody looks up; the oldest are forgotten first. */
const REMEMBERED = 10_000;

/** The request ids of `/cgi-bin/*`. Those of `/sns/*` can not be looked up in the real WeChat either. */
export class Rids {
  readonly #records = new BoundedMap<RidRecord>(REMEMBERED);

  constructor(readonly clock: Clock) {}

  add(rid: string, record: RidRecord): void {
    this.#records.set(rid, record);
  }

  /** Undefined after seven days, too. */
  find(rid: string): RidRecord | undefined {
    const record = this.#records.get(rid);
    if (!record || this.clock.nowSeconds() - record.invokeTime >= KEPT_SECONDS) return undefined;
    return record;
  }

  reset(): void {
    this.#records.clear();
  }
}
