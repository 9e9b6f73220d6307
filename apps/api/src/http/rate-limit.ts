import rateLimit, { type FastifyRateLimitStore } from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { LRUCache } from "lru-cache";
import type { Deps } from "../domain/deps.js";
import { countAttempt } from "../domain/throttle.js";
import type { Settings } from "../env.js";
import { visitorOf } from "./visitor.js";

/** At most this many refused sources are kept in memory; a new one evicts the least recently seen. */
export const maxRefused = 10_000;

/** Limits what one source may request each minute, over all processes, on the routes with a `config.rateLimit`. */
export async function limitRequests(app: FastifyInstance, deps: Deps): Promise<void> {
  if (deps.settings.requestsPerMinute === undefined) return;
  class Store extends SharedCounts {
    constructor() {
      super(deps); // the plugin calls the constructor, with options of its own
    }
  }
  await app.register(rateLimit, {
    global: false,
    store: Store,
    keyGenerator: (request) => visitorOf(request).source,
  });
}

/** A route's `config` for a limit of its own. */
export const limitOf = ({ requestsPerMinute: max }: Settings, name: string) =>
  max === undefined ? {} : { rateLimit: { max, timeWindow: 60_000, groupId: ` ${name}` } };

/**
 * Counts in the database. A source over its limit is kept in memory until its window ends, so that a flood costs the
 * database nothing.
 */
export class SharedCounts implements FastifyRateLimitStore {
  readonly #refused = new LRUCache<string, { current: number; endsAtMs: number }>({ max: maxRefused });

  constructor(private readonly deps: Pick<Deps, "db" | "now">) {}

  child(): FastifyRateLimitStore {
    return this;
  }

  /** @param source the visitor's source and the name of the route */
  incr(
    source: string,
    done: (error: Error | null, counted?: { current: number; ttl: number }) => void,
    windowMs: number,
    max: number,
  ): void {
    this.#count(source, windowMs, max).then(
      (counted) => done(null, counted),
      (error: Error) => done(error),
    );
  }

  async #count(source: string, windowMs: number, max: number): Promise<{ current: number; ttl: number }> {
    const nowMs = this.deps.now().getTime();
    const refused = this.#refused.get(source);
    if (refused && refused.endsAtMs > nowMs) {
      return { current: refused.current, ttl: refused.endsAtMs - nowMs };
    }
    this.#refused.delete(source);
    const counted = await countAttempt(this.deps, `request:${source}`, windowMs / 1000);
    const endsAtMs = counted.endsAt.getTime();
    if (counted.count > max) this.#refused.set(source, { current: counted.count, endsAtMs });
    return { current: counted.count, ttl: Math.max(0, endsAtMs - nowMs) };
  }
}
