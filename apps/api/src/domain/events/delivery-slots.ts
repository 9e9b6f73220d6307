/** In all, and to one endpoint; to one that is failing, a single one, so that those that hang do not take all of them. */
const limits = { inAll: 32, perEndpoint: 4, failing: 1 };

/** What this process is sending to webhooks, within limits. */
export class DeliverySlots {
  readonly #byEndpoint = new Map<string, number>();
  readonly #inFlight = new Set<Promise<unknown>>();
  #claiming: Promise<void> | undefined;
  #isStopped = false;

  /** How many more may be sent to an endpoint now. */
  freeFor(endpointId: string, { isFailing }: { isFailing: boolean }): number {
    const taken = this.#byEndpoint.get(endpointId) ?? 0;
    const free = (isFailing ? limits.failing : limits.perEndpoint) - taken;
    return Math.max(0, Math.min(free, this.free));
  }

  /** How many more may be sent now, to whichever endpoints. */
  get free(): number {
    return Math.max(0, limits.inAll - this.#inFlight.size);
  }

  /** Runs one search for due deliveries at a time; none while another runs, or after `stop`. */
  async claim(search: () => Promise<void>): Promise<void> {
    if (this.#claiming || this.#isStopped) return;
    this.#claiming = search();
    try {
      await this.#claiming;
    } finally {
      this.#claiming = undefined;
    }
  }

  /** @param send must not reject. */
  take<Result>(endpointId: string, send: () => Promise<Result>): Promise<Result> {
    this.#byEndpoint.set(endpointId, (this.#byEndpoint.get(endpointId) ?? 0) + 1);
    const done = send().finally(() => {
      const left = (this.#byEndpoint.get(endpointId) ?? 1) - 1;
      if (left === 0) this.#byEndpoint.delete(endpointId);
      else this.#byEndpoint.set(endpointId, left);
      this.#inFlight.delete(done);
    });
    this.#inFlight.add(done);
    return done;
  }

  /** Waits until nothing is being sent or searched for. */
  async settled(): Promise<void> {
    // A search that fails tells its caller.
    while (this.#claiming || this.#inFlight.size > 0)
      await Promise.allSettled([this.#claiming, ...this.#inFlight]);
  }

  /** Takes nothing more, and waits for what is being sent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.settled();
  }
}
