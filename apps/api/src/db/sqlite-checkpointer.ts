import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { Sqlite, sqliteModulePath } from "./better-sqlite3.js";

type Answer = { error?: { message: string; code: string } };

const script = fileURLToPath(new URL("./sqlite-checkpointer-thread.js", import.meta.url));

/**
 * Copies SQLite's write-ahead log into the database file from a thread of its own, so that requests do not wait for the disk. SQLite
 * lets others read and write meanwhile, and copies what is not being read any more.
 *
 * A thread and not a process: it holds no memory to speak of and ends with this process.
 */
export class SqliteCheckpointer {
  readonly #databasePath: string;
  #worker: Worker | undefined;
  #running: Promise<void> | undefined;

  constructor(databasePath: string) {
    this.#databasePath = databasePath;
  }

  /** @throws {SqliteError}; or what ended the thread: the next run starts another one. */
  run(): Promise<void> {
    this.#running ??= this.#copy().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Waits for the run that is going on, if there is one. */
  async settled(): Promise<void> {
    await this.#running?.catch(() => {});
  }

  async close(): Promise<void> {
    await this.settled();
    const worker = this.#worker;
    if (!worker) return;
    worker.postMessage("close");
    await once(worker, "exit");
  }

  async #copy(): Promise<void> {
    this.#worker ??= this.#start();
    this.#worker.postMessage("run");
    const [{ error }] = (await once(this.#worker, "message")) as [Answer]; // rejects if the thread ends with an error
    if (error) throw new Sqlite.SqliteError(error.message, error.code);
  }

  #start(): Worker {
    const workerData = { modulePath: sqliteModulePath, databasePath: this.#databasePath };
    const worker = new Worker(script, { workerData, execArgv: [], env: {} });
    worker.unref();
    worker.on("error", () => {}); // what waits for a message is told; without a listener, the process would end
    worker.once("exit", () => {
      this.#worker = undefined;
    });
    return worker;
  }
}
