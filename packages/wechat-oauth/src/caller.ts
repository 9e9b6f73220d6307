import { Answer } from "./answer.js";
import { describeAnswer, describeRequest } from "./call-record.js";
import { type Endpoint, NetworkError, ResponseError, setCall, WeChatApiError } from "./errors.js";
import { type Fetch, fetchTransport } from "./fetch-transport.js";
import {
  type Transport,
  toWireError,
  type WireAnswer,
  type WireLimits,
  type WireRequest,
} from "./transport.js";

/** One app of WeChat, and how to reach WeChat. */
export interface WeChatOAuthOptions {
  appId: string;
  /** Stays on the server. WeChat takes it in the query string, so do not log requests below this library. */
  appSecret: string;
  /** Base URL in place of https://api.weixin.qq.com, for a simulator. */
  apiUrl?: string | undefined;
  /** Replaces the global `fetch`, for example to use a proxy or a connection pool. */
  fetch?: Fetch | undefined;
  /** Replaces `fetch` as a whole: `nodeTransport()` of `@wechat-login/oauth/node` uses a third of the CPU on Node. */
  transport?: Transport | undefined;
  /** Deadline of one method call, from the request to the last byte, including a retry. Default 5000. */
  timeoutMs?: number | undefined;
  /** Cap on one answer, decompressed. Default 262144; real answers stay under 2 KB. */
  maxResponseBytes?: number | undefined;
  /** Receives a report of every finished request. Errors that it throws are ignored, so that logging fails no sign-in. */
  onCall?: ((call: CallReport) => void) | undefined;
}

/** What a caller may add to any single call. */
export interface CallOptions {
  /**
   * Ends the call with a {@link NetworkError} (ABORTED) whose cause is the signal's reason. WeChat may still process the
   * request: after an aborted code exchange the code may be spent.
   */
  signal?: AbortSignal | undefined;
  /**
   * Receives WeChat's whole answer, with fields that this library leaves out, and with tokens: do not log it. A refusal is
   * not passed on. Errors that it throws reject the call.
   */
  onAnswer?: ((answer: Record<string, unknown>) => void) | undefined;
}

/** One request to WeChat, for logs and metrics. Holds no secret, code, token or URL. */
export interface CallReport {
  /** Of the client that made it: several clients may share one function. */
  appId: string;
  endpoint: Endpoint;
  /** 2 for the one retry after a busy answer (errcode -1). */
  attempt: 1 | 2;
  /** Unix ms. */
  startedAtMs: number;
  durationMs: number;
  /** `refused`: WeChat answered with an errcode. `failed`: no answer, or an unusable one; see `code`. */
  outcome: "ok" | "refused" | "failed";
  errcode?: number;
  code?: NetworkError["code"] | ResponseError["code"];
  /** WeChat's request id, from a refusal. */
  rid?: string;
}

/** One request and how to read its answer, made by `src/calls/` from a method's arguments. */
export interface Call<T> {
  readonly endpoint: Endpoint;
  /** In the order of WeChat's documentation, although the API does not require it. */
  readonly query?: Readonly<Record<string, string>>;
  /** Sent by POST as JSON; without it the request is a GET. */
  readonly body?: unknown;
  /** Secrets, codes and tokens inside `query` or `body`. */
  readonly sent: readonly string[];
  read(answer: Answer): T;
  /** Whether the answer may contain what was sent: WeChat may return the same refresh token. */
  readonly mayEchoRequest?: boolean;
  /** Whether the request is idempotent. Then errcode -1 (busy) is retried once, immediately. */
  readonly isRepeatable?: boolean;
}

/** What the entries beside the client need of it. */
export interface Account {
  readonly appId: string;
  readonly appSecret: string;
  readonly caller: Caller;
}

// Not a property of the client: the secret cannot be read from it, and printing it shows none.
const accounts = new WeakMap<object, Account>();

export function setAccount(client: object, { appId, appSecret, caller }: Account): void {
  accounts.set(client, { appId, appSecret, caller });
}

/** @throws {TypeError} not a client of this library */
export function accountOf(client: object): Account {
  const account = accounts.get(client);
  if (account) return account;
  throw new TypeError("client must be a WeChatOAuthClient of the same copy of this package");
}

/** With less time left a retry would time out, and errcode -1 is more informative than a time-out. */
const minRetryMs = 100;

/** Sends calls to WeChat for one app: deadline, retry and reports, for any endpoint. */
export class Caller {
  readonly #appId: string;
  // A private field also at run time: printing or serializing a client shows no secret.
  readonly #appSecret: string;
  readonly #apiUrl: string;
  readonly #transport: Transport;
  readonly #timeoutMs: number;
  readonly #maxResponseBytes: number;
  readonly #onCall: ((call: CallReport) => unknown) | undefined;

  /** @throws {TypeError} an invalid option; the message names it and never shows its value */
  constructor(options: WeChatOAuthOptions) {
    if (!options.appId) throw new TypeError("appId is empty");
    if (!options.appSecret) throw new TypeError("appSecret is empty");
    const apiUrl = options.apiUrl ?? "https://api.weixin.qq.com";
    this.#appId = options.appId;
    this.#appSecret = options.appSecret;
    this.#apiUrl = toBaseUrl(apiUrl);
    if (options.fetch && options.transport) throw new TypeError("fetch and transport cannot be combined");
    this.#transport = options.transport ?? fetchTransport(options.fetch ?? ((url, init) => fetch(url, init)));
    this.#timeoutMs = positive("timeoutMs", options.timeoutMs ?? 5000);
    this.#maxResponseBytes = positive("maxResponseBytes", options.maxResponseBytes ?? 262_144);
    this.#onCall = options.onCall;
  }

  async run<T>(call: Call<T>, options: CallOptions = {}): Promise<T> {
    if (options.signal?.aborted) throw abortedError(call.endpoint, options.signal);
    const request = this.#request(call);
    const startedAt = performance.now();
    try {
      return await this.#attempt(call, request, 1, this.#timeoutMs, options);
    } catch (error) {
      const isBusy = error instanceof WeChatApiError && error.errcode === -1;
      const leftMs = this.#timeoutMs - (performance.now() - startedAt);
      if (!isBusy || !call.isRepeatable || leftMs < minRetryMs) throw error;
      return this.#attempt(call, request, 2, leftMs, options);
    }
  }

  #request({ endpoint, query, body, sent, isRepeatable = false }: Call<unknown>): WireRequest {
    const url = `${this.#apiUrl}/${endpoint}${query ? `?${encodeQuery(query)}` : ""}`;
    const request = { endpoint, url, sent, isRepeatable };
    return body === undefined ? request : { ...request, body: JSON.stringify(body) };
  }

  async #attempt<T>(
    call: Call<T>,
    request: WireRequest,
    attempt: 1 | 2,
    timeoutMs: number,
    { signal, onAnswer }: CallOptions,
  ): Promise<T> {
    const { endpoint } = call;
    const startedAtMs = Date.now();
    const startedAt = performance.now(); // the wall clock may jump
    const report = (error?: unknown) => {
      const durationMs = performance.now() - startedAt;
      this.#report({ appId: this.#appId, endpoint, attempt, startedAtMs, durationMs, outcome: "ok" }, error);
    };
    const secrets = [this.#appSecret, ...call.sent];
    let wire: WireAnswer | undefined;
    try {
      wire = await this.#send(request, { timeoutMs, maxBytes: this.#maxResponseBytes, signal });
      const answer = Answer.parse(endpoint, wire, secrets);
      // WeChat never returns the secret. If an answer contains it, its openid or nickname must not be stored or shown.
      if (answer.echoes(call.mayEchoRequest ? [this.#appSecret] : secrets)) {
        throw answer.badShape("it contains what was sent");
      }
      const result = call.read(answer);
      onAnswer?.(answer.raw());
      report();
      return result;
    } catch (error) {
      setCall(error, {
        attempt,
        request: describeRequest(endpoint, call.query, call.body),
        answer: wire && describeAnswer(wire, secrets),
      });
      report(error);
      throw error;
    }
  }

  async #send(request: WireRequest, limits: WireLimits): Promise<WireAnswer> {
    const { signal } = limits;
    try {
      const sending = this.#transport(request, limits);
      return await (signal ? orAborted(sending, signal) : sending);
    } catch (error) {
      if (signal?.aborted) throw abortedError(request.endpoint, signal);
      throw toWireError(request, error); // a custom transport may put the request into its errors
    }
  }

  #report(report: CallReport, error: unknown): void {
    if (!this.#onCall) return;
    if (error !== undefined) report.outcome = "failed";
    if (error instanceof WeChatApiError) {
      report.outcome = "refused";
      report.errcode = error.errcode;
      if (error.rid !== undefined) report.rid = error.rid;
    } else if (error instanceof NetworkError || error instanceof ResponseError) {
      report.code = error.code;
    }
    try {
      const returned = this.#onCall(report);
      // An async function fits the type as well, and an unhandled rejection would end a Node process.
      if (returned instanceof Promise) returned.catch(() => {});
    } catch {
      // There is nowhere to report it: this callback is the log.
    }
  }
}

/** The cause is the caller's own value. */
const abortedError = (endpoint: Endpoint, { reason }: AbortSignal): NetworkError =>
  new NetworkError(endpoint, "ABORTED", { cause: reason });

/** A custom transport may ignore the signal. */
function orAborted<T>(sending: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    const settle = () => signal.removeEventListener("abort", stop);
    sending.then(resolve, reject).finally(settle);
  });
}

/** @throws {TypeError} without the value, which may hold a secret by mistake */
function toBaseUrl(text: string): string {
  const url = URL.canParse(text) && /^https?:/i.test(text) ? new URL(text) : undefined;
  if (!url || /[?#]/.test(text)) throw new TypeError("apiUrl must be an http or https base URL");
  if (url.username || url.password) throw new TypeError("apiUrl must not hold a user name or password");
  return url.href.replace(/\/+$/, "");
}

/** Four times as fast as `URLSearchParams`. Like it, writes U+FFFD for a lone surrogate, which has no UTF-8 form. */
function encodeQuery(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value.replace(/\p{Cs}/gu, "\ufffd"))}`)
    .join("&");
}

function positive(name: string, value: number): number {
  // 2^31 - 1 is the longest time setTimeout can count.
  if (Number.isInteger(value) && value > 0 && value < 2 ** 31) return value;
  throw new TypeError(`${name} must be a whole number above 0`);
}
