import { type Endpoint, NetworkError, ResponseError, WeChatOAuthError } from "./errors.js";
import { safeCause } from "./redact.js";

/** The part of `fetch` that is used, so that any implementation of it fits: the global one, undici's, a test's. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** What is asked of {@link Fetch}. */
export interface FetchInit {
  redirect: "manual";
  signal: AbortSignal;
  method?: "POST";
  headers?: Record<string, string>;
  body?: string;
}

/** What is read of its answer. */
export interface FetchResponse {
  readonly status: number;
  readonly body: { getReader(): BodyReader } | null;
}

interface BodyReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
}

/** One request, and what of it must never be seen again. */
export interface WireRequest {
  readonly endpoint: Endpoint;
  readonly url: string;
  /** Sent by POST as JSON; without it the request is a GET. */
  readonly body?: string;
  /** Secrets, codes and tokens inside `url` or `body`. */
  readonly sent: readonly string[];
}

/** What came back, decoded but not yet understood. */
export interface WireAnswer {
  readonly httpStatus: number;
  readonly text: string;
}

/** Bounds of one exchange. */
export interface WireLimits {
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

// Always UTF-8: /sns/* answers text/plain without a charset. Broken bytes become U+FFFD instead of an exception.
const utf8 = new TextDecoder();

/**
 * Sends one request and reads its whole answer, within one deadline.
 *
 * @throws {NetworkError} TIMEOUT: no whole answer within `timeoutMs` · NETWORK: refused, reset, cut short
 * @throws {ResponseError} TOO_LARGE · HTTP_STATUS for a redirect, which is not followed: it could lead anywhere
 */
export async function send(request: WireRequest, limits: WireLimits): Promise<WireAnswer> {
  const { endpoint } = request;
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    // Raced rather than left to the signal, which a fetch implementation may ignore, or honour for headers only.
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new NetworkError(endpoint, "TIMEOUT")), limits.timeoutMs);
      exchange(request, limits, abort.signal).then(resolve, reject);
    });
  } catch (error) {
    abort.abort(); // closes the connection, whatever is left on it
    if (error instanceof WeChatOAuthError) throw error;
    throw new NetworkError(endpoint, "NETWORK", { cause: safeCause(error, request.sent) });
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(request: WireRequest, limits: WireLimits, signal: AbortSignal): Promise<WireAnswer> {
  const init: FetchInit = { redirect: "manual", signal };
  if (request.body !== undefined) {
    init.method = "POST";
    init.headers = { "content-type": "application/json" };
    init.body = request.body;
  }
  const response = await limits.fetch(request.url, init);
  const { status } = response;
  // In a browser a redirect that is not followed has the status 0.
  if (status === 0 || (status >= 300 && status < 400)) {
    throw new ResponseError(request.endpoint, "HTTP_STATUS", status, "a redirect, not followed");
  }
  const bytes = await readBody(response, limits.maxResponseBytes);
  if (bytes === undefined) {
    const detail = `more than ${limits.maxResponseBytes} bytes`;
    throw new ResponseError(request.endpoint, "TOO_LARGE", status, detail);
  }
  return { httpStatus: status, text: utf8.decode(bytes) };
}

/** @returns undefined when the body is over the cap; a declared length proves nothing, so the bytes are counted. */
async function readBody(response: FetchResponse, maxBytes: number): Promise<Uint8Array | undefined> {
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let { value: chunk } = await reader.read(); chunk; { value: chunk } = await reader.read()) {
    length += chunk.byteLength;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  if (chunks.length === 1 && chunks[0]) return chunks[0]; // the usual case, without a copy

  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
