import type { SqliteClient } from "./better-sqlite3.js";
import type { BoundStatement } from "./statement.js";

type Steps = readonly BoundStatement<unknown>[];
type Result = { rows: unknown[][] } | { error: unknown };

interface Waiting {
  steps: Steps;
  resolve(rows: unknown[][]): void;
  reject(error: unknown): void;
}

/** A group holds the event loop until it is committed. */
const maxBatches = 64;

interface GroupCommitParts {
  /** Runs the steps of one batch. @throws what undoes that batch */
  execute(steps: Steps): unknown[][];
  /** Repeats an attempt while another process holds the lock. */
  retry<Answer>(attempt: () => Answer): Promise<Answer>;
  toError(error: unknown): unknown;
}

/**
 * Commits the batches that were asked for in one turn of the event loop together: a commit costs more than most batches.
 *
 * They share the transaction and nothing else. Each has a savepoint, so one that fails is undone and answered alone; none is
 * answered before the commit, and a commit that fails rejects all of them.
 */
export class GroupCommit {
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  readonly #client: SqliteClient;
  readonly #parts: GroupCommitParts;
  readonly #run: Record<"begin" | "commit" | "rollback" | "savepoint" | "release" | "undo", () => unknown>;

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
      savepoint: prepare("savepoint batch"),
      release: prepare("release batch"),
      undo: prepare("rollback to batch"),
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
      await new Promise((resolve) => setImmediate(resolve)); // the requests of this turn join the group
      const group = this.#waiting.splice(0, maxBatches);
      try {
        const results = await this.#parts.retry(() => this.#commit(group.map(({ steps }) => steps)));
        group.forEach((batch, n) => {
          const result = results[n];
          if (result && "rows" in result) batch.resolve(result.rows);
          else batch.reject(this.#parts.toError(result?.error));
        });
      } catch (error) {
        for (const batch of group) batch.reject(error);
      }
    }
    this.#running = undefined;
  }

  /** @throws what keeps the transaction from being committed: nothing is written */
  #commit(group: readonly Steps[]): Result[] {
    this.#run.begin();
    try {
      const [only] = group;
      // One alone needs no savepoint: what undoes it undoes the transaction.
      const results =
        only && group.length === 1
          ? [{ rows: this.#parts.execute(only) }]
          : group.map((steps) => this.#runBatch(steps));
      this.#run.commit();
      return results;
    } catch (error) {
      if (this.#client.inTransaction) this.#run.rollback();
      // SQLite gave up the transaction, as for a full disk: the batch that filled it must not take the others with it.
      if (error instanceof TransactionLostError && group.length > 1) {
        return group.flatMap((steps) => this.#commitAlone(steps));
      }
      throw error instanceof TransactionLostError ? error.cause : error;
    }
  }

  #commitAlone(steps: Steps): Result[] {
    try {
      return this.#commit([steps]);
    } catch (error) {
      return [{ error }];
    }
  }

  #runBatch(steps: Steps): Result {
    this.#run.savepoint();
    try {
      const rows = this.#parts.execute(steps);
      this.#run.release();
      return { rows };
    } catch (error) {
      if (!this.#client.inTransaction) throw new TransactionLostError(error);
      this.#run.undo();
      this.#run.release();
      return { error };
    }
  }
}

class TransactionLostError extends Error {
  constructor(override readonly cause: unknown) {
    super("SQLite rolled the transaction back");
  }
}
