import { consoleLimitMs, DatabaseError } from "../database.js";
import { ReaderProcess } from "./process.js";
import type { Query, SqliteReader } from "./reader.js";

export interface ReaderLimits {
  processes: number;
  /** How long a query runs before its process is killed: SQLite cannot be interrupted otherwise. */
  queryMs: number;
  /** How long a query waits for a process that is free. */
  waitMs: number;
  /** A process that has read nothing for so long is ended. */
  idleMs: number;
}

/** One that starts anew takes 100 ms and more: an operator who has read a list for a while, and then exports it, does not wait. */
const usual: ReaderLimits = {
  ...{ processes: 2, queryMs: consoleLimitMs, waitMs: consoleLimitMs },
  idleMs: 10 * 60_000,
};

/**
 * Reads in processes of their own, so that a long query of the console holds up no request of a person. They start when they are
 * needed, and one that is killed or dies is replaced by the next query.
 */
export class ReaderPool implements SqliteReader {
  readonly #path: string;
  readonly #limits: ReaderLimits;
  readonly #processes = new Set<ReaderProcess>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #isClosed = false;

  constructor(path: string, limits: Partial<ReaderLimits> = {}) {
    this.#path = path;
    this.#limits = { ...usual, ...limits };
  }

  /** @throws {DatabaseError} busy: no process was free in time · too_slow · unavailable */
  async read(query: Query): Promise<unknown[][]> {
    if (this.#busy >= this.#limits.processes) await this.#wait();
    else this.#busy++;
    try {
      return await this.#freeProcess().read(query, this.#limits);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#busy--;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#processes].map((reader) => reader.end()));
  }

  /** The first one that is free, so that with little to read the others become idle. */
  #freeProcess(): ReaderProcess {
    if (this.#isClosed)
      throw new DatabaseError("unavailable", { cause: new Error("the database is closed") });
    for (const reader of this.#processes) if (reader.isFree) return reader;
    const reader = new ReaderProcess(this.#path);
    this.#processes.add(reader);
    void reader.ended.then(() => this.#processes.delete(reader));
    return reader;
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1);
        const cause = new Error(`no process was free within ${this.#limits.waitMs} ms`);
        reject(new DatabaseError("busy", { cause }));
      }, this.#limits.waitMs);
      this.#waiting.push(start);
    });
  }
}
