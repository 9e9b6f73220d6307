import rateLimit, { type FastifyRateLimitStore } from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { AttemptCounter } from "../domain/attempt-counter.js";
import type { Deps } from "../domain/deps.js";
import type { Settings } from "../env.js";
import { visitorOf } from "./visitor.js";

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

/** The counts of all processes, as the plugin asks for them. */
export class SharedCounts implements FastifyRateLimitStore {
  readonly #counter: AttemptCounter;

  constructor(private readonly deps: Pick<Deps, "db" | "now" | "log">) {
    this.#counter = new AttemptCounter(deps);
  }

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
    const limit = { max, windowSeconds: windowMs / 1000 };
    const { count, endsAt } = this.#counter.count(`request:${source}`, limit);
    done(null, { current: count, ttl: Math.max(0, endsAt.getTime() - this.deps.now().getTime()) });
  }
}
