import { createHash } from "node:crypto";

/**
 * Values by the secret that a browser holds, in the memory of this process only: replace it by a table of your
 * database. Keys are stored as hashes, so that a leaked dump does not reveal the secrets.
 */
export class ExpiringMap<Value> {
  readonly #entries = new Map<string, { value: Value; expiresAtMs: number }>();

  constructor(
    private readonly lifetimeMs: number,
    private readonly now: () => number,
    /** Anyone can start a sign-in, so the number is limited: the oldest entry is dropped. */
    private readonly maxEntries = 10_000,
  ) {}

  set(secret: string, value: Value): void {
    for (const [key, { expiresAtMs }] of this.#entries) {
      // All entries have the same lifetime and a Map keeps their order, so the oldest is first.
      if (expiresAtMs > this.now() && this.#entries.size < this.maxEntries) break;
      this.#entries.delete(key);
    }
    this.#entries.set(hash(secret), { value, expiresAtMs: this.now() + this.lifetimeMs });
  }

  get(secret = ""): Value | undefined {
    const entry = this.#entries.get(hash(secret));
    return entry && entry.expiresAtMs > this.now() ? entry.value : undefined;
  }

  delete(secret = ""): void {
    this.#entries.delete(hash(secret));
  }
}

function hash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
