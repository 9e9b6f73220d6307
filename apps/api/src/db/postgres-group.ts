import pg from "pg";

type Query = (config: pg.QueryConfig, values?: unknown[]) => Promise<unknown>;

/**
 * A connection whose queries can be sent together, and are waited for once.
 *
 * pg's own pipelining would not do: it ends each query by itself, so that after a BEGIN that failed PostgreSQL would commit
 * what follows, one by one.
 */
export class GroupingClient {
  readonly #client: pg.PoolClient;
  readonly #answerMs: number;
  #group: QueryGroup | undefined;

  /** @param answerMs how long a server may take for a group: its answers come together, after the last one */
  constructor(client: pg.PoolClient, answerMs: number) {
    this.#client = client;
    this.#answerMs = answerMs;
  }

  /** What drizzle calls, at once, when it runs a prepared statement. */
  readonly query: Query = (config, values) =>
    this.#group ? this.#group.add(config, values) : this.#client.query(config, values);

  /**
   * Sends what `ask` queries. PostgreSQL answers in order, and runs none after one that failed.
   *
   * @returns how each ended, those that were not run with the error of the one before them.
   */
  async together(ask: () => readonly Promise<unknown>[]): Promise<PromiseSettledResult<unknown>[]> {
    const group = new QueryGroup();
    this.#group = group;
    let answers: readonly Promise<unknown>[];
    try {
      answers = ask();
    } finally {
      this.#group = undefined;
    }
    // One that failed before it asked: without it the others must not run.
    if (group.size < answers.length) await Promise.all(answers);
    this.#client.query(group);
    const timer = setTimeout(() => group.handleError(new Error("no answer")), this.#answerMs);
    return Promise.allSettled(answers).finally(() => clearTimeout(timer));
  }
}

/** What pg calls on the query that a connection works on; its types do not have these. */
interface ActiveQuery extends pg.Query {
  name: string;
  text: string;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: pg.Connection): void;
  handleError(error: Error, connection?: pg.Connection): void;
  handleReadyForQuery(connection: pg.Connection): void;
}

/** What pg has sent to be prepared, by name; its types do not have it. */
interface SubmittingConnection extends pg.Connection {
  submittedNamedStatements: Record<string, string>;
}

/** To pg one query: what it is told goes to the one whose turn it is. */
class QueryGroup implements pg.Submittable {
  readonly #waiting: ActiveQuery[] = [];
  /** pg's own limit is that of one query: none. */
  readonly query_timeout = 2 ** 31 - 1;
  /** pg wraps it, to know when the group is done. */
  callback: (error?: Error) => void = () => {};

  get size(): number {
    return this.#waiting.length;
  }

  add: Query = (config, values = []) =>
    new Promise((resolve, reject) => {
      const done = (error: Error | undefined, result: unknown) => (error ? reject(error) : resolve(result));
      this.#waiting.push(new pg.Query(config, values, done) as ActiveQuery);
    });

  /** Without the end of each query: PostgreSQL skips everything after an error until it reads one, which is the group's. */
  submit(connection: pg.Connection): void {
    const unended = Object.create(connection, { sync: { value: () => {} } }) as pg.Connection;
    connection.stream.cork();
    for (const query of this.#waiting) query.submit(unended);
    connection.sync();
    connection.stream.uncork();
  }

  /** By these pg notes that a statement has been prepared. */
  get name(): string | undefined {
    return this.#waiting[0]?.name;
  }
  get text(): string | undefined {
    return this.#waiting[0]?.text;
  }

  handleRowDescription(message: unknown): void {
    this.#waiting[0]?.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.#waiting[0]?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, connection: pg.Connection): void {
    const query = this.#waiting.shift();
    query?.handleCommandComplete(message, connection);
    query?.handleReadyForQuery(connection);
  }

  handleError(error: Error, connection?: pg.Connection): void {
    for (const query of this.#waiting.splice(0)) {
      // pg believes that what it sent is being prepared; PostgreSQL has skipped it, and the next query with this name must
      // send it again.
      delete (connection as SubmittingConnection | undefined)?.submittedNamedStatements[query.name];
      query.handleError(error, connection);
    }
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback();
  }
}
