import { type Endpoint, NetworkError, ResponseError, WeChatOAuthError } from "./errors.js";
import { safeCause } from "./redact.js";

/**
 * Sends one request and reads the whole answer within one deadline.
 *
 * @throws {NetworkError} TIMEOUT: no complete answer within `timeoutMs` · NETWORK: refused, reset, cut short
 * @throws {ResponseError} TOO_LARGE · HTTP_STATUS for a redirect, which is not followed: it could lead anywhere
 */
export type Transport = (request: WireRequest, limits: WireLimits) => Promise<WireAnswer>;

/** One request, and the values in it that must not appear in errors. */
export interface WireRequest {
  readonly endpoint: Endpoint;
  readonly url: string;
  /** Sent by POST as JSON; without it the request is a GET. */
  readonly body?: string;
  /** Secrets, codes and tokens inside `url` or `body`. */
  readonly sent: readonly string[];
  /** Whether it may be sent again when it is unknown whether it arrived. False for a code exchange. */
  readonly isRepeatable: boolean;
}

/** The answer, decoded but not parsed. */
export interface WireAnswer {
  readonly httpStatus: number;
  readonly text: string;
}

/** Limits of one request. */
export interface WireLimits {
  /** From the request to the last byte of the answer. */
  readonly timeoutMs: number;
  /** The largest answer accepted, in bytes after decompression. */
  readonly maxBytes: number;
  /** Aborted when the caller no longer wants the answer: close the connection. The caller gets its error without it too. */
  readonly signal?: AbortSignal | undefined;
}

/** The content type of a request with a body. */
export const bodyType = "application/json";

// Always UTF-8: /sns/* answers text/plain without a charset. Invalid bytes become U+FFFD instead of an exception.
const utf8 = new TextDecoder();

/** Joins the pieces of an answer. A single piece, the usual case, is not copied. */
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

/** An error for a redirect, undefined for any other status. In a browser, a redirect that is not followed has status 0. */
export function redirectError(endpoint: Endpoint, status: number): ResponseError | undefined {
  if (status !== 0 && (status < 300 || status >= 400)) return undefined;
  return new ResponseError(endpoint, "HTTP_STATUS", status, "a redirect, not followed");
}

export function tooLargeError(endpoint: Endpoint, status: number, maxBytes: number): ResponseError {
  return new ResponseError(endpoint, "TOO_LARGE", status, `more than ${maxBytes} bytes`);
}

/** Turns any error of a transport into one that is safe to show. */
export function toWireError({ endpoint, sent }: WireRequest, error: unknown): WeChatOAuthError {
  if (error instanceof WeChatOAuthError) return error;
  return new NetworkError(endpoint, "NETWORK", { cause: safeCause(error, sent) });
}
