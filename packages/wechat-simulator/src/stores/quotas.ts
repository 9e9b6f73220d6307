import { chinaDay, chinaMonth } from "../protocol/china-calendar.js";
import type { ApiEndpoint } from "../protocol/endpoints.js";
import type { SimulatedApp } from "./apps.js";
import { BoundedMap } from "./bounded-map.js";
import type { Clock } from "./clock.js";

/** `daily` is errcode 45009, `minute` is 45011. */
export type Exhausted = "daily" | "minute";

interface Count {
  /** The day, minute or month that is being counted. */
  period: number | string;
  used: number;
}

const CAPACITY = 200_000;

/** Counts calls by app and endpoint, per day, minute and month. */
export class Quotas {
  readonly #daily = new Map<string, Count>();
  /** Bounded, because a load test adds an entry for each person. */
  readonly #minutes = new BoundedMap<Count>(CAPACITY);
  readonly #clears = new Map<string, Count>();

  constructor(readonly clock: Clock) {}

  /** Counts one call of this app. A call that exceeds a quota is not counted. */
  take(app: SimulatedApp, endpoint: ApiEndpoint): Exhausted | undefined {
    const key = `${app.appId} ${endpoint}`;
    const perMinute = app.limits.perMinute[endpoint];
    const perDay = app.limits.daily[endpoint];
    const minute = perMinute === undefined ? undefined : this.#count(this.#minutes, key, this.#minute());
    const day = perDay === undefined ? undefined : this.#count(this.#daily, key, this.#day());
    if (minute && minute.used >= (perMinute ?? 0)) return "minute";
    if (day && day.used >= (perDay ?? 0)) return "daily";
    if (minute) minute.used += 1;
    if (day) day.used += 1;
    return undefined;
  }

  /** The limit of jscode2session for one person of one app in one minute. */
  takeForPerson(app: SimulatedApp, personId: string): Exhausted | undefined {
    const count = this.#count(this.#minutes, `${app.appId} person ${personId}`, this.#minute());
    if (count.used >= app.limits.jsCodesPerPersonAndMinute) return "minute";
    count.used += 1;
    return undefined;
  }

  usedToday(appId: string, endpoint: ApiEndpoint): number {
    return this.#count(this.#daily, `${appId} ${endpoint}`, this.#day()).used;
  }

  /** Resets every daily count of this app. @returns false when this month's resets are used up */
  clear(app: SimulatedApp): boolean {
    const clears = this.#count(this.#clears, app.appId, chinaMonth(this.clock.now()));
    if (clears.used >= app.limits.quotaClearsPerMonth) return false;
    clears.used += 1;
    for (const key of this.#daily.keys()) if (key.startsWith(`${app.appId} `)) this.#daily.delete(key);
    return true;
  }

  reset(): void {
    this.#daily.clear();
    this.#minutes.clear();
    this.#clears.clear();
  }

  #day(): number {
    return chinaDay(this.clock.now());
  }

  #minute(): number {
    return Math.floor(this.clock.now() / 60_000);
  }

  #count(
    counts: Pick<Map<string, Count>, "get"> & { set(key: string, count: Count): unknown },
    key: string,
    period: number | string,
  ): Count {
    const count = counts.get(key);
    if (count?.period === period) return count;
    const fresh = { period, used: 0 };
    counts.set(key, fresh);
    return fresh;
  }
}
