import { type Endpoint, NetworkError, ResponseError, WeChatOAuthError } from "./errors.js";
import { safeCause } from "./redact.js";

/**
 * Sends one request and reads its whole answer, within one deadline.
 *
 * @throws {NetworkError} TIMEOUT: no whole answer within `timeoutMs` · NETWORK: refused, reset, cut short
 * @throws {ResponseError} TOO_LARGE · HTTP_STATUS for a redirect, which is not followed: it could lead anywhere
 */
export type Transport = (request: WireRequest, limits: WireLimits) => Promise<WireAnswer>;

/** One request, and what of it must never be seen again. */
export interface WireRequest {
  readonly endpoint: Endpoint;
  readonly url: string;
  /** Sent by POST as JSON; without it the request is a GET. */
  readonly body?: string;
  /** Secrets, codes and tokens inside `url` or `body`. */
  readonly sent: readonly string[];
  /** Whether it may be sent again where it is not known to have arrived. Never a code's exchange. */
  readonly isRepeatable: boolean;
}

/** What came back, decoded but not yet understood. */
export interface WireAnswer {
  readonly httpStatus: number;
  readonly text: string;
}

/** Bounds of one exchange. */
export interface WireLimits {
  /** From the request to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Of the answer, decompressed. */
  readonly maxBytes: number;
}

/** With a body a request is a POST, and this is what it says of it. */
export const bodyType = "application/json";

// Always UTF-8: /sns/* answers text/plain without a charset. Broken bytes become U+FFFD instead of an exception.
const utf8 = new TextDecoder();

/** Puts an answer together. The usual one came in one piece, and is not copied. */
export function toText(pieces: readonly Uint8Array[], length: number): string {
  const [first, ...more] = pieces;
  if (first && more.length === 0) return utf8.decode(first);
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.byteLength;
  }
  return utf8.decode(whole);
}

/** What to say of a redirect; undefined of any other status. In a browser one that is not followed has the status 0. */
export function redirectError(endpoint: Endpoint, status: number): ResponseError | undefined {
  if (status !== 0 && (status < 300 || status >= 400)) return undefined;
  return new ResponseError(endpoint, "HTTP_STATUS", status, "a redirect, not followed");
}

export function tooLargeError(endpoint: Endpoint, status: number, maxBytes: number): ResponseError {
  return new ResponseError(endpoint, "TOO_LARGE", status, `more than ${maxBytes} bytes`);
}

/** What a caller is told of whatever went wrong on the way. */
export function toWireError({ endpoint, sent }: WireRequest, error: unknown): WeChatOAuthError {
  if (error instanceof WeChatOAuthError) return error;
  return new NetworkError(endpoint, "NETWORK", { cause: safeCause(error, sent) });
}
