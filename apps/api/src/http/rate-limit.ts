import rateLimit, { type FastifyRateLimitStore } from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import type { Deps } from "../domain/deps.js";
import { countAttempt } from "../domain/throttle.js";
import type { Settings } from "../env.js";
import { visitorOf } from "./visitor.js";

/** So many refused sources are known by heart; more of them are looked up again. */
const mostRefused = 10_000;

/** Routes that ask for it (`config.rateLimit`) take so many requests a minute from one source, over all processes. */
export async function limitRequests(app: FastifyInstance, deps: Deps): Promise<void> {
  if (deps.settings.requestsPerMinute === undefined) return;
  class Store extends SharedCounts {
    constructor() {
      super(deps); // the plugin makes it by itself
    }
  }
  await app.register(rateLimit, {
    global: false,
    store: Store,
    keyGenerator: (request) => visitorOf(request).source,
  });
}

/** What a route asks for: a count of its own, by its name. */
export const limitOf = ({ requestsPerMinute: max }: Settings, name: string) =>
  max === undefined ? {} : { rateLimit: { max, timeWindow: 60_000, groupId: ` ${name}` } };

/**
 * Counts in the database. A source that is over its limit is remembered here until its window ends, so that a flood
 * costs the database nothing.
 */
class SharedCounts implements FastifyRateLimitStore {
  readonly #refused = new Map<string, { current: number; endsAtMs: number }>();

  constructor(private readonly deps: Deps) {}

  child(): FastifyRateLimitStore {
    return this;
  }

  /** @param source a visitor's, and the route's name */
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
    if (counted.count > max) {
      if (this.#refused.size >= mostRefused) this.#refused.clear();
      this.#refused.set(source, { current: counted.count, endsAtMs });
    }
    return { current: counted.count, ttl: Math.max(0, endsAtMs - nowMs) };
  }
}
