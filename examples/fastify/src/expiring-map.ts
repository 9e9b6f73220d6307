import { createHash } from "node:crypto";

/**
 * What browsers' secrets stand for, in the memory of this process: it is gone with it, and no second server sees it.
 * A table of your database takes this place. Keys are kept as hashes, so that a dump of them opens nothing.
 */
export class ExpiringMap<Value> {
  readonly #entries = new Map<string, { value: Value; expiresAtMs: number }>();

  constructor(
    private readonly lifeMs: number,
    private readonly now: () => number,
    /** Anybody may begin a sign-in: beyond so many the oldest goes. */
    private readonly most = 10_000,
  ) {}

  set(secret: string, value: Value): void {
    for (const [key, { expiresAtMs }] of this.#entries) {
      // All live equally long, and a Map keeps their order: the oldest stands first.
      if (expiresAtMs > this.now() && this.#entries.size < this.most) break;
      this.#entries.delete(key);
    }
    this.#entries.set(hash(secret), { value, expiresAtMs: this.now() + this.lifeMs });
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
