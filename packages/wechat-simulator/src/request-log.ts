import type { Endpoint } from "./endpoints.js";
import type { FaultKind } from "./faults.js";
import type { Text } from "./text.js";

/** One request that reached this WeChat. */
export interface LoggedRequest {
  /** ISO 8601, by the simulator's clock. */
  at: string;
  method: string;
  endpoint: Endpoint;
  path: string;
  /** As it came, undecoded; only the value of `secret` is masked. */
  query: string;
  /** The simulated person it was about, once that is known. */
  person?: string;
  /** HTTP status of the answer; 0 when the connection was cut. */
  status: number;
  /** The errcode in the answer, or the number of the error page. */
  errcode?: number;
  /** Why it was refused, in words that the real WeChat never says. */
  reason?: Text;
  /** The planned fault that hit this call. */
  fault?: FaultKind;
}

const CAPACITY = 1000;

/** The latest 1000 requests, and how many there were of each kind since the last clearing. */
export class RequestLog {
  readonly #ring: LoggedRequest[] = [];
  #next = 0;
  readonly #counts = new Map<Endpoint, number>();

  add(entry: LoggedRequest): void {
    this.#ring[this.#next] = entry;
    this.#next = (this.#next + 1) % CAPACITY;
    this.#counts.set(entry.endpoint, (this.#counts.get(entry.endpoint) ?? 0) + 1);
  }

  /** Oldest first. */
  list(): LoggedRequest[] {
    if (this.#ring.length < CAPACITY) return [...this.#ring];
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
  }

  /** Counts every call, also those the ring has forgotten. */
  count(endpoint: Endpoint): number {
    return this.#counts.get(endpoint) ?? 0;
  }

  clear(): void {
    this.#ring.length = 0;
    this.#next = 0;
    this.#counts.clear();
  }
}

/** Hides the app secret, which WeChat wants in the query; everything else helps whoever debugs. */
export function maskSecret(query: string): string {
  return query.includes("secret=") ? query.replace(/(^|&)secret=[^&]*/g, "$1secret=***") : query;
}
