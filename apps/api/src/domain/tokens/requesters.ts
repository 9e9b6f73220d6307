/**
 * Who asked for a global token or a ticket, as it is stored: the server by itself, an operator, a host application, or one
 * that said that WeChat refused the token before. The name is an operator's or a client's.
 */
export type Requester = "schedule" | `${"operator" | "host" | "refused"}:${string}`;

/** The same in parts, for the console. */
export function readRequester(stored: string): {
  kind: "automatic" | "operator" | "host" | "refused";
  name: string;
} {
  const [, kind, name] = /^(operator|host|refused):(.*)$/s.exec(stored) ?? [];
  if (kind !== undefined) return { kind: kind as "operator" | "host" | "refused", name: name ?? "" };
  // Earlier versions stored an operator's bare name.
  return stored === "schedule" ? { kind: "automatic", name: "" } : { kind: "operator", name: stored };
}

/**
 * Who waits for each token in this process. Callers share a fetch, and the first of them is named; a token that is fetched
 * ahead of time, while all callers use the current one, was not asked for by any of them.
 */
export class Requesters {
  readonly #waiting = new Map<string, Set<{ requester: Requester }>>();
  readonly #fetching = new Map<string, Requester>();

  /** Names `requester` for as long as `ask` runs. */
  async during<Answer>(key: string, requester: Requester, ask: () => Promise<Answer>): Promise<Answer> {
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting);
    const entry = { requester };
    waiting.add(entry);
    try {
      return await ask();
    } finally {
      waiting.delete(entry);
    }
  }

  /** Notes who WeChat is asked for, for as long as `ask` runs. */
  async fetching<Answer>(key: string, ask: (requester: Requester) => Promise<Answer>): Promise<Answer> {
    const [first] = this.#waiting.get(key) ?? [];
    const requester = first?.requester ?? "schedule";
    this.#fetching.set(key, requester);
    try {
      return await ask(requester);
    } finally {
      this.#fetching.delete(key);
    }
  }

  /** Who this process asks WeChat for at the moment; undefined if it does not ask. */
  fetchingFor(key: string): Requester | undefined {
    return this.#fetching.get(key);
  }
}
