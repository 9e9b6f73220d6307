import {
  type PoolOptions,
  type PoolWorker,
  type TestProject,
  ThreadsPoolWorker,
  type WorkerRequest,
} from "vitest/node";

/**
 * Tries one change after the other in the same worker, so that modules are loaded once for many changes: loading them
 * takes longer than most tests. A change of what a module does while it loads (Stryker calls it static) gets a worker of
 * its own; so no test may import a source itself, or Stryker believes that only that test loads it. For tests that need
 * no isolation from each other.
 */
export const keptWorker = {
  name: "kept-worker",
  configureVitest({ project }: { project: TestProject }): void {
    project.config.pool = "kept";
    project.config.poolRunner = { name: "kept", createPoolWorker };
  },
};

/** After so many changes a new worker begins, in case that one of them left something behind. */
const changesPerWorker = 25;

interface Kept {
  worker: ThreadsPoolWorker;
  isStarted: boolean;
  changes: number;
}
let kept: Kept | undefined;

function createPoolWorker(options: PoolOptions): PoolWorker {
  const { mode, mutantActivation } = options.project.getProvidedContext() as unknown as Record<
    string,
    unknown
  >;
  if (mode !== "mutant" || mutantActivation === "static") return new ThreadsPoolWorker(options);
  kept ??= { worker: new ThreadsPoolWorker(options), isStarted: false, changes: 0 };
  return new Lease(kept);
}

/** The kept worker during one run of Vitest, which believes that it starts and stops a worker. */
class Lease implements PoolWorker {
  readonly name = "kept";
  readonly #kept: Kept;
  readonly #listeners: [event: string, callback: (arg: unknown) => void][] = [];
  #config: unknown;

  constructor(of: Kept) {
    this.#kept = of;
  }

  async start(): Promise<void> {
    if (!this.#kept.isStarted) await this.#kept.worker.start();
  }

  async stop(): Promise<void> {
    for (const [event, callback] of this.#listeners) this.#kept.worker.off(event, callback);
    if (++this.#kept.changes < changesPerWorker) return;
    if (kept === this.#kept) kept = undefined;
    await this.#kept.worker.stop();
  }

  on(event: string, callback: (arg: unknown) => void): void {
    this.#listeners.push([event, callback]);
    this.#kept.worker.on(event, callback);
  }

  off(event: string, callback: (arg: unknown) => void): void {
    this.#kept.worker.off(event, callback);
  }

  send(message: WorkerRequest): void {
    if (message.type === "start") {
      this.#config = message.context.config;
      if (this.#kept.isStarted) return void this.#answer("started");
      this.#kept.isStarted = true;
    }
    if (message.type === "stop") return void this.#answer("stopped");
    // The worker has the configuration of its start, whose choice of tests was that of another change.
    if (message.type === "run") Object.assign(message.context, { config: this.#config });
    this.#kept.worker.send(message);
  }

  deserialize(data: unknown): unknown {
    return data;
  }

  #answer(type: "started" | "stopped"): void {
    for (const [event, callback] of this.#listeners) {
      if (event === "message") queueMicrotask(() => callback({ type, __vitest_worker_response__: true }));
    }
  }
}
