import type { ApiEndpoint } from "../protocol/endpoints.js";
import type { SimulatedApp } from "../stores/apps.js";
import type { Exhausted } from "../stores/quotas.js";
import type { Store } from "../stores/store.js";
import { type Refusal, refuse } from "./api-answer.js";

/**
 * Counts this call of the app, or refuses it: 45011 too many this minute, 45009 too many today.
 *
 * @param dailyErrmsg the endpoint's own errmsg for 45009
 */
export function takeQuota(
  store: Store,
  app: SimulatedApp,
  endpoint: ApiEndpoint,
  dailyErrmsg?: string,
): Refusal | undefined {
  if (!store.settings.quotas) return undefined;
  return refuseExhausted(store.quotas.take(app, endpoint), dailyErrmsg);
}

export function refuseExhausted(exhausted: Exhausted | undefined, dailyErrmsg?: string): Refusal | undefined {
  switch (exhausted) {
    case undefined:
      return undefined;
    case "minute":
      return refuse(45011, "this minute's calls are used up", "本分钟的调用次数已用完");
    case "daily":
      return refuse(45009, "today's calls are used up", "今日调用次数已用完", dailyErrmsg);
  }
}
