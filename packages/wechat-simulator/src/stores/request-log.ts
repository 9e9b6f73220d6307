import type { FaultKind } from "../faults/fault.js";
import type { LoggedEndpoint } from "../protocol/endpoints.js";
import type { Text } from "../protocol/text.js";
import { createSecretMask, maskSecretInQuery, maskSecretInText } from "./mask-secrets.js";

/** One request that reached this WeChat. */
export interface LoggedRequest {
  /** Counts up from 1 and is never reused, not even after `clear`. */
  id: number;
  /** ISO 8601, by the simulator's clock. */
  at: string;
  method: string;
  endpoint: LoggedEndpoint;
  /** As received; secrets are masked as in the query. */
  path: string;
  /**
   * As received, undecoded. Masked are the values of parameters named `secret`, in any encoding of the name, and the
   * configured apps' secrets wherever they appear.
   */
  query: string;
  /** The request body as received, if any; secrets are masked. Truncated to 4096 characters. */
  body?: string;
  /** The simulated person it was about, if known. */
  person?: string;
  /** HTTP status of the answer; 0 when the connection was cut. */
  status: number;
  /**
   * The response body before a fault changed it or cut the connection, or the target of a page's redirect. Truncated
   * to 4096 characters.
   */
  answer?: string;
  /** The errcode in the answer, or the number of the error page. */
  errcode?: number;
  /** The request id at the end of the errmsg. */
  rid?: string;
  /** Why it was refused. The real WeChat gives no such explanation. */
  reason?: Text;
  /** The planned fault that hit this call. */
  fault?: FaultKind;
}

const CAPACITY = 1000;
const KEPT_CHARACTERS = 4096;

/** The latest 1000 requests, and the number of calls to each endpoint since the last `clear`. */
export class RequestLog {
  readonly #ring: LoggedRequest[] = [];
  #next = 0;
  #lastId = 0;
  readonly #counts = new Map<LoggedEndpoint, number>();
  readonly #maskValues: (text: string) => string;

  /** @param appSecrets masked wherever they appear */
  constructor(appSecrets: readonly string[] = []) {
    this.#maskValues = createSecretMask(appSecrets);
  }

  /** Takes requests as received; masking happens here. */
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

  /** Counts every call, also those no longer in the list. */
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
