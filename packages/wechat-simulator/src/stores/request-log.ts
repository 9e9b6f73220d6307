import type { FaultKind } from "../faults/fault.js";
import type { LoggedEndpoint } from "../protocol/endpoints.js";
import type { Text } from "../protocol/text.js";
import { createSecretMask, maskSecretInQuery, maskSecretInText } from "./mask-secrets.js";

/** One request that reached this WeChat. */
export interface LoggedRequest {
  /** Counts up from 1 and is never given twice, not even after a clearing. */
  id: number;
  /** ISO 8601, by the simulator's clock. */
  at: string;
  method: string;
  endpoint: LoggedEndpoint;
  /** As it came; secrets are masked as in the query. */
  path: string;
  /**
   * As it came, undecoded; only values of `secret` are masked, however the name was written, and the secrets of the
   * apps that are known here, wherever they stand.
   */
  query: string;
  /** The request's body as it came, where it had one; secrets are masked. Cut after 4096 characters. */
  body?: string;
  /** The simulated person it was about, once that is known. */
  person?: string;
  /** HTTP status of the answer; 0 when the connection was cut. */
  status: number;
  /**
   * What was answered: the true body (before a fault spoilt it, or cut the connection), or where a page redirected to.
   * Cut after 4096 characters.
   */
  answer?: string;
  /** The errcode in the answer, or the number of the error page. */
  errcode?: number;
  /** The request id at the end of the errmsg. */
  rid?: string;
  /** Why it was refused, in words that the real WeChat never says. */
  reason?: Text;
  /** The planned fault that hit this call. */
  fault?: FaultKind;
}

const CAPACITY = 1000;
const KEPT_CHARACTERS = 4096;

/** The latest 1000 requests, and how many there were of each kind since the last clearing. */
export class RequestLog {
  readonly #ring: LoggedRequest[] = [];
  #next = 0;
  #lastId = 0;
  readonly #counts = new Map<LoggedEndpoint, number>();
  readonly #maskValues: (text: string) => string;

  /** @param appSecrets of all apps: masked wherever they stand */
  constructor(appSecrets: readonly string[] = []) {
    this.#maskValues = createSecretMask(appSecrets);
  }

  /** Takes everything as it came: what must not be shown is masked here. */
  add({ path, query, answer, body, ...entry }: Omit<LoggedRequest, "id">): void {
    this.#lastId += 1;
    this.#ring[this.#next] = {
      id: this.#lastId,
      ...entry,
      path: this.#maskValues(maskSecretInText(path)),
      query: this.#maskValues(maskSecretInQuery(query)),
      ...(body === undefined ? {} : { body: this.#maskText(body) }),
      ...(answer === undefined ? {} : { answer: this.#maskText(answer) }),
    };
    this.#next = (this.#next + 1) % CAPACITY;
    this.#counts.set(entry.endpoint, (this.#counts.get(entry.endpoint) ?? 0) + 1);
  }

  #maskText(text: string): string {
    return shorten(this.#maskValues(maskSecretInText(text)));
  }

  /** Oldest first. */
  list(): LoggedRequest[] {
    if (this.#ring.length < CAPACITY) return [...this.#ring];
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
  }

  /** Counts every call, also those the ring has forgotten. */
  count(endpoint: LoggedEndpoint): number {
    return this.#counts.get(endpoint) ?? 0;
  }

  clear(): void {
    this.#ring.length = 0;
    this.#next = 0;
    this.#counts.clear();
  }
}

function shorten(text: string): string {
  return text.length > KEPT_CHARACTERS ? `${text.slice(0, KEPT_CHARACTERS)}…` : text;
}
