import { setImmediate as yieldToRequests } from "node:timers/promises";

/** More lists of the console are waiting than can be answered soon. Nothing was read. */
export class TooManyListsError extends Error {
  override readonly name = "TooManyListsError" as const;
  readonly retryAfterSeconds = 2;
  constructor() {
    super("the console reads too many lists at once");
  }
}

/**
 * Runs what the console reads a few at a time, and lets other requests run in between: the rows of a list are made into an
 * answer in this process, and a sign-in must not wait for a queue of them.
 */
export class ListGate {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param limits.waitMs after this time what waits is refused: its caller may be gone by the time it could run. */
  constructor(readonly limits: { running: number; waiting: number; waitMs: number }) {}

  /**
   * @throws {TooManyListsError} as many as allowed are waiting already, or it waited for too long; and whatever `read` throws
   */
  async run<Answer>(read: () => Promise<Answer>): Promise<Answer> {
    if (this.#running >= this.limits.running) await this.#wait();
    else this.#running++;
    try {
      return await read();
    } finally {
      void this.#leave();
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= this.limits.waiting) throw new TooManyListsError();
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1);
        reject(new TooManyListsError());
      }, this.limits.waitMs);
      this.#waiting.push(start);
    });
  }

  /** The place goes to the next one that waits, after the requests that arrived meanwhile. */
  async #leave(): Promise<void> {
    await yieldToRequests();
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
  }
}
