import { newestFailures, newestSignInSteps } from "../../db/console/newest.js";
import type { Database } from "../../db/database.js";

/** Is told that a list has other newest rows than before, and which row is the newest. */
type Listener = (newestId: string) => void;

/** Calls `tick` once in a while until it is stopped. */
export type Ticker = (tick: () => Promise<void>) => { stop(): void };

const everySecond: Ticker = (tick) => {
  const timer = setInterval(() => void tick(), 1000);
  return { stop: () => clearInterval(timer) };
};

/**
 * Watches the newest rows of a list for everyone who listens in this process: one read a second, and none while no one does.
 *
 * Listeners learn that there is something new, and read the list itself, which has their filter, their role's masking and its own
 * limits.
 */
export class LiveTail {
  readonly #listeners = new Set<Listener>();
  readonly #read: () => Promise<readonly { id: string }[]>;
  readonly #ticker: Ticker;
  #ticking: { stop(): void } | undefined;
  #newest: { id: string; all: string } | undefined;
  #isReading = false;

  constructor(read: () => Promise<readonly { id: string }[]>, ticker: Ticker = everySecond) {
    this.#read = read;
    this.#ticker = ticker;
  }

  /**
   * @param after the newest row that the listener knows of: it is told at once if there is a newer one. Without it, it is told
   * of the newest row.
   * @returns ends it; calling it again does nothing.
   */
  listen(listener: Listener, after?: string): () => void {
    this.#listeners.add(listener);
    if (this.#newest && this.#newest.id !== after) listener(this.#newest.id);
    // The first one is told by the first read, unless it knows what that finds.
    else if (!this.#newest && after !== undefined) this.#newest = { id: after, all: after };
    this.#ticking ??= this.#ticker(() => this.#look());
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#ticking?.stop();
      this.#ticking = undefined;
      this.#newest = undefined;
    };
  }

  /** A read that fails is tried again by the next tick: a list that cannot be read says so itself. */
  async #look(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const rows = await this.#read();
      const [id = ""] = rows.map((row) => row.id);
      const all = rows.map((row) => row.id).join();
      const before = this.#newest;
      if (!this.#ticking || before?.all === all) return;
      this.#newest = { id, all };
      // What was known was only the newest row.
      if (before?.all === id) return;
      for (const listener of this.#listeners) listener(id);
    } catch {
    } finally {
      this.#isReading = false;
    }
  }
}

/** One for each list that can be watched. */
export const createLiveTails = (db: Database, ticker?: Ticker) =>
  new Map([
    ["failures", new LiveTail(() => newestFailures(db), ticker)],
    ["sign-ins", new LiveTail(() => newestSignInSteps(db), ticker)],
  ]);
