import { type TokenRecord, TokenUnavailableError } from "@wechat-login/oauth/keeper";
import { type AppTokenFetchValues, insertAppTokenFetch } from "../../db/app-token-fetches.js";
import type { AppTokenKind } from "../../db/schema.js";
import type { BoundStatement } from "../../db/statement.js";
import { readFailure } from "../failures/failures.js";
import { newId } from "../ids.js";
import type { Requester } from "./requesters.js";

/** How long the history is kept. */
export const fetchHistoryDays = 30;

/** Fetches that no batch has stored yet: a process whose database is away keeps no more. */
const mostPending = 100;

/** A fetch whose result was discarded, because another process took over meanwhile. */
export const lostLease = "LOST_LEASE";

type Fetch = Omit<AppTokenFetchValues, "appId" | "kind" | "generation">;

/** The fetches of one token by this process: each is stored in the batch that stores what came of it. */
export class FetchHistory {
  #pending: Fetch[] = [];

  constructor(
    private readonly token: { appId: string; kind: AppTokenKind },
    private readonly now: () => Date,
    /** Is told why each fetch failed; null if it did not. */
    private readonly onFetch?: (errcode: string | null) => void,
  ) {}

  /** Asks WeChat, and notes who for, how long it took and why it failed. */
  async note<Answer>(
    { source, requestedBy }: { source: string; requestedBy: Requester },
    ask: () => Promise<Answer>,
  ): Promise<Answer> {
    const at = this.now();
    const startedAt = performance.now();
    const add = (errcode: string | null) => {
      this.onFetch?.(errcode);
      const latencyMs = Math.round(performance.now() - startedAt);
      this.#pending = [
        ...this.#pending.slice(1 - mostPending),
        { id: newId(at), at, source, requestedBy, latencyMs, errcode },
      ];
    };
    try {
      const answer = await ask();
      add(null);
      return answer;
    } catch (error) {
      // A ticket is fetched with the global token: that there was none is not WeChat's answer about the ticket.
      add(readFailure(error)?.errcode ?? (error instanceof TokenUnavailableError ? error.reason : "UNKNOWN"));
      throw error;
    }
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** Who asked for the token that was fetched last. */
  get lastRequester(): string | undefined {
    return this.#pending.findLast(({ errcode }) => errcode === null)?.requestedBy;
  }

  /** What was fetched before `record` was made, as statements. Once they are stored, call `clear`. */
  records({ leaseUntilMs, token, failure }: TokenRecord): BoundStatement<unknown>[] {
    // A record that still holds the lease says nothing yet of this fetch, only of the one before.
    const reason = leaseUntilMs === 0 ? failure?.reason : undefined;
    return this.#statements((fetch) => fetch.errcode ?? reason ?? null, token?.generation);
  }

  /** The same for a record that could not be written, because another process has written one. */
  lostRecords(): BoundStatement<unknown>[] {
    return this.#statements((fetch) => fetch.errcode ?? lostLease, undefined);
  }

  clear(): void {
    this.#pending = [];
  }

  #statements(errcodeOf: (fetch: Fetch) => string | null, generation: number | undefined) {
    return this.#pending.map((fetch) => {
      const errcode = errcodeOf(fetch);
      const made = errcode === null ? (generation ?? null) : null;
      return insertAppTokenFetch.with({ ...fetch, ...this.token, errcode, generation: made });
    });
  }
}
