import { NetworkError } from "./errors.js";
import {
  bodyType,
  redirectError,
  type Transport,
  tooLargeError,
  toText,
  toWireError,
  type WireAnswer,
  type WireLimits,
  type WireRequest,
} from "./transport.js";

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

/** The way over any `fetch`. */
export function fetchTransport(fetch: Fetch): Transport {
  return async (request, limits) => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      // Raced rather than left to the signal, which a fetch implementation may ignore, or honour for headers only.
      return await new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new NetworkError(request.endpoint, "TIMEOUT")), limits.timeoutMs);
        exchange(fetch, request, limits, abort.signal).then(resolve, reject);
      });
    } catch (error) {
      abort.abort(); // closes the connection, whatever is left on it
      throw toWireError(request, error);
    } finally {
      clearTimeout(timer);
    }
  };
}

async function exchange(
  fetch: Fetch,
  { endpoint, url, body }: WireRequest,
  { maxBytes }: WireLimits,
  signal: AbortSignal,
): Promise<WireAnswer> {
  const init: FetchInit = { redirect: "manual", signal };
  if (body !== undefined)
    Object.assign(init, { method: "POST", headers: { "content-type": bodyType }, body });
  const response = await fetch(url, init);
  const redirect = redirectError(endpoint, response.status);
  if (redirect) throw redirect;

  const reader = response.body?.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0; // counted: a declared length proves nothing
  for (let piece = (await reader?.read())?.value; piece; piece = (await reader?.read())?.value) {
    length += piece.byteLength;
    if (length > maxBytes) throw tooLargeError(endpoint, response.status, maxBytes);
    pieces.push(piece);
  }
  return { httpStatus: response.status, text: toText(pieces, length) };
}
