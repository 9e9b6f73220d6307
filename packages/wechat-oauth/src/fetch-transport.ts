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

/** The part of `fetch` that this library uses, so that any implementation fits: the global one, undici's, a test's. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** The second argument of {@link Fetch}. */
export interface FetchInit {
  redirect: "manual";
  signal: AbortSignal;
  method?: "POST";
  headers?: Record<string, string>;
  body?: string;
}

/** The part of its response that this library reads. */
export interface FetchResponse {
  readonly status: number;
  readonly body: { getReader(): BodyReader } | null;
}

interface BodyReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
}

/** A transport over any `fetch`. */
export function fetchTransport(fetch: Fetch): Transport {
  return async (request, limits) => {
    const abort = new AbortController();
    const stop = () => abort.abort();
    limits.signal?.addEventListener("abort", stop);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      // A timer of our own, because some fetch implementations ignore the signal, at least after the headers.
      return await new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new NetworkError(request.endpoint, "TIMEOUT")), limits.timeoutMs);
        sendRequest(fetch, request, limits, abort.signal).then(resolve, reject);
      });
    } catch (error) {
      abort.abort(); // closes the connection
      throw toWireError(request, error);
    } finally {
      clearTimeout(timer);
      limits.signal?.removeEventListener("abort", stop);
    }
  };
}

async function sendRequest(
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
  let length = 0; // counted here: a declared length proves nothing
  for (let piece = (await reader?.read())?.value; piece; piece = (await reader?.read())?.value) {
    length += piece.byteLength;
    if (length > maxBytes) throw tooLargeError(endpoint, response.status, maxBytes);
    pieces.push(piece);
  }
  return { httpStatus: response.status, text: toText(pieces, length) };
}
