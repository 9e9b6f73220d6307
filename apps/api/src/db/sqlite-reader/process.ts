import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Sqlite, sqliteModulePath } from "../better-sqlite3.js";
import { DatabaseError } from "../database.js";
import type { Query } from "./reader.js";

/** What child.js sends: one message when it has started, and one for each query. */
type Message = { rows: unknown[][] } | { error: { message: string; code?: string } };

const script = fileURLToPath(new URL("./child.js", import.meta.url));

/** How long a process may take to start, in ms. */
const startMs = 5_000;

/** It needs no setting and no secret: only where SQLite may write temporary files, and what Windows itself needs. */
const environment = () =>
  Object.fromEntries(
    ["TMPDIR", "SQLITE_TMPDIR", "TEMP", "SystemRoot"].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** A process with a read-only connection, which runs one query at a time. It has nothing to save, so it ends by SIGKILL. */
export class ReaderProcess {
  readonly ended: Promise<void>;
  readonly #child: ChildProcess | undefined;
  #hasStarted = false;
  #isReading = false;
  /** Why a query could not be sent. */
  #unreachable: Error | undefined;
  /** What waits for the next message. */
  #waiting: { resolve(message: Message): void; reject(error: unknown): void } | undefined;
  /** Why it reads no more. */
  #failure: DatabaseError | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** Never throws: if it cannot start, its query fails. */
  constructor(path: string) {
    try {
      this.#child = startChild(path);
    } catch (error) {
      this.#fail(error);
      this.ended = Promise.resolve();
      return;
    }
    const child = this.#child;
    child.on("message", (message: Message) => this.#waiting?.resolve(message));
    this.ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        const text = `the process that reads for the console ended with ${signal ?? code}`;
        this.#fail(new Error(text, { cause: this.#unreachable }));
        resolve();
      });
      child.on("error", (error) => {
        this.#fail(error);
        if (child.pid === undefined) resolve(); // what did not start does not exit
      });
    });
  }

  get isFree(): boolean {
    return !this.#failure && !this.#isReading;
  }

  /**
   * @throws {DatabaseError} too_slow: it took longer than `queryMs`, and this process has ended. unavailable: it could not start,
   * or ended
   */
  async read(query: Query, { queryMs, idleMs }: { queryMs: number; idleMs: number }): Promise<unknown[][]> {
    this.#isReading = true;
    clearTimeout(this.#idle);
    try {
      if (!this.#hasStarted) await this.#message(startMs, new Error(`it did not start within ${startMs} ms`));
      this.#hasStarted = true;
      this.#child?.send(query, (error) => error && this.#endUnreachable(error));
      const cause = new Error(`no rows within ${queryMs} ms`);
      return rowsOf(await this.#message(queryMs, new DatabaseError("too_slow", { cause })));
    } finally {
      this.#isReading = false;
      if (!this.#failure) this.#idle = setTimeout(() => void this.end(), idleMs).unref();
    }
  }

  async end(cause: unknown = new Error("the process that reads for the console was ended")): Promise<void> {
    clearTimeout(this.#idle);
    this.#fail(cause);
    this.#child?.kill("SIGKILL");
    await this.ended;
  }

  /** A process that was killed shows first as a closed channel; how it ended is what one wants to read. */
  #endUnreachable(cause: Error): void {
    this.#unreachable = cause;
    this.#child?.kill("SIGKILL");
  }

  /** The next message. If there is none in time, the process ends. */
  async #message(limitMs: number, late: Error): Promise<Message> {
    const timer = setTimeout(() => void this.end(late), limitMs);
    try {
      return await new Promise((resolve, reject) => {
        if (this.#failure) reject(this.#failure);
        this.#waiting = { resolve, reject };
      });
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  #fail(cause: unknown): void {
    this.#failure ??= cause instanceof DatabaseError ? cause : new DatabaseError("unavailable", { cause });
    this.#waiting?.reject(this.#failure);
  }
}

function startChild(path: string): ChildProcess {
  return fork(script, [sqliteModulePath, path, String(process.pid)], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
    // Not the parent's options: a debugger's port is taken, and its file of settings was read.
    execArgv: [],
    env: environment(),
  });
}

function rowsOf(message: Message): unknown[][] {
  if ("rows" in message) return message.rows;
  const { message: text, code } = message.error;
  throw code === undefined ? new Error(text) : new Sqlite.SqliteError(text, code);
}
