/**
 * A map that drops its oldest entry when it is full.
 *
 * Under load, thousands of codes and tokens are issued every second and most are never presented again. WeChat keeps
 * them for hours; the simulator keeps the latest `capacity` and treats a dropped one as unknown. Entries are dropped by
 * age and not by last use, because codes and tokens expire by age. Setting a known key again makes it the newest.
 */
export class BoundedMap<Value> {
  readonly #entries = new Map<string, Value>();

  constructor(readonly capacity: number) {}

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key); // a Map would leave a known key at its old place
    this.#entries.set(key, value);
    if (this.#entries.size <= this.capacity) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  values(): IterableIterator<Value> {
    return this.#entries.values();
  }

  /** Oldest first. */
  entries(): IterableIterator<[string, Value]> {
    return this.#entries.entries();
  }

  clear(): void {
    this.#entries.clear();
  }
}
