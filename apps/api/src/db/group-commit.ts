import type { SqliteClient } from "./better-sqlite3.js";
import type { BoundStatement } from "./statement.js";

type Steps = readonly BoundStatement<unknown>[];

interface Waiting {
  steps: Steps;
  resolve(rows: unknown[][]): void;
  reject(error: unknown): void;
}

/** A group holds the event loop until it is committed. */
const maxBatches = 64;

/**
 * How many turns of the event loop a group waits for others to join, and how long at most: the pages that every batch changes are
 * written once for all of them. A turn without work takes microseconds, so a batch that is alone waits for nothing.
 */
const turns = 8;
const maxWaitMs = 3;

interface GroupCommitParts {
  /** Runs the steps of one batch. @throws what undoes that batch */
  execute(steps: Steps): unknown[][];
  /** Repeats an attempt while another process holds the lock. */
  retry<Answer>(attempt: () => Answer): Promise<Answer>;
}

/**
 * Commits the batches that were asked for in a few turns of the event loop together: a commit costs more than most batches.
 *
 * They share the transaction and nothing else. If one fails, the transaction is rolled back, and each is committed alone. None is
 * answered before its commit, and a commit that fails rejects all of them.
 */
export class GroupCommit {
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  readonly #client: SqliteClient;
  readonly #parts: GroupCommitParts;
  readonly #run: Record<"begin" | "commit" | "rollback", () => unknown>;

  constructor(client: SqliteClient, parts: GroupCommitParts) {
    this.#client = client;
    this.#parts = parts;
    const prepare = (text: string) => {
      const statement = client.prepare(text);
      return () => statement.run();
    };
    this.#run = {
      begin: prepare("begin immediate"),
      commit: prepare("commit"),
      rollback: prepare("rollback"),
    };
  }

  /** @returns the rows of each step, once they are committed. */
  add(steps: Steps): Promise<unknown[][]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ steps, resolve, reject });
      this.#running ??= this.#runGroups();
    });
  }

  /** Waits until everything that was asked for is answered. */
  async drain(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #runGroups(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#othersToJoin();
      await this.#runGroup(this.#waiting.splice(0, maxBatches));
    }
    this.#running = undefined;
  }

  async #othersToJoin(): Promise<void> {
    const until = performance.now() + maxWaitMs;
    for (let turn = 0; turn < turns && performance.now() < until; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #runGroup(group: readonly Waiting[]): Promise<void> {
    try {
      for (const answer of await this.#parts.retry(() => this.#commit(group))) answer();
    } catch (error) {
      if (error instanceof BatchFailedError) {
        for (const batch of group) await this.#runGroup([batch]);
      } else {
        for (const batch of group) batch.reject(error);
      }
    }
  }

  /**
   * @returns what answers each batch
   * @throws what keeps the transaction from being committed: nothing is written
   * @throws {BatchFailedError} one of several failed: nothing is written
   */
  #commit(group: readonly Waiting[]): (() => void)[] {
    this.#run.begin();
    try {
      const answers = group.map(({ steps, resolve }) => {
        const rows = this.#execute(steps, group.length === 1);
        return () => resolve(rows);
      });
      this.#run.commit();
      return answers;
    } catch (error) {
      if (this.#client.inTransaction) this.#run.rollback(); // SQLite does this by itself where the disk is full
      throw error;
    }
  }

  #execute(steps: Steps, isAlone: boolean): unknown[][] {
    try {
      return this.#parts.execute(steps);
    } catch (error) {
      throw isAlone ? error : new BatchFailedError();
    }
  }
}

/** Which batch it was, and why, shows when each is committed alone. */
class BatchFailedError extends Error {}
