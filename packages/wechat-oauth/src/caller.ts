import { Answer } from "./answer.js";
import { type Endpoint, NetworkError, numberAttempt, ResponseError, WeChatApiError } from "./errors.js";
import { type Fetch, fetchTransport } from "./fetch-transport.js";
import { type Transport, toWireError, type WireAnswer, type WireRequest } from "./transport.js";

/** One app of WeChat, and how to reach WeChat. */
export interface WeChatOAuthOptions {
  appId: string;
  /** Stays on the server. WeChat takes it in the query string, so do not log requests below this library. */
  appSecret: string;
  /** Another base URL than https://api.weixin.qq.com: a simulator's. */
  apiUrl?: string | undefined;
  /** Another `fetch` than the global one, with a proxy or a pool of its own. */
  fetch?: Fetch | undefined;
  /** In place of any `fetch`: `nodeTransport()` of `wechat-oauth/node`, for a third of the CPU on Node. */
  transport?: Transport | undefined;
  /** Deadline of one method call, from the request to the last byte, a retry included. 5000 unless told. */
  timeoutMs?: number | undefined;
  /** Cap on one answer, decompressed. 262144 unless told; real ones stay under 2 KB. */
  maxResponseBytes?: number | undefined;
  /** Told about every request when it is over. What it throws is ignored: a broken log stops no sign-in. */
  onCall?: ((call: CallReport) => void) | undefined;
}

/** One request to WeChat, for logs and metrics. Holds no secret, code, token or URL. */
export interface CallReport {
  endpoint: Endpoint;
  /** 2 for the one repetition after a busy answer (errcode -1). */
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

/** What `src/calls/` makes of a method's arguments: one request, and how to read its answer. */
export interface Call<T> {
  readonly endpoint: Endpoint;
  /** In WeChat's order, although it does not ask for one here. */
  readonly query?: Readonly<Record<string, string>>;
  /** Sent by POST as JSON; without it the request is a GET. */
  readonly body?: unknown;
  /** Secrets, codes and tokens inside `query` or `body`. */
  readonly sent: readonly string[];
  read(answer: Answer): T;
  /** Whether WeChat may give back what was sent: the same refresh token, while it lives. */
  readonly mayComeBack?: boolean;
  /** Whether asking twice is the same as asking once; then errcode -1 (busy) is asked again, once, at once. */
  readonly isRepeatable?: boolean;
}

/** With less time than this a second answer would not arrive, and "busy" tells more than a time-out. */
const leastRetryMs = 100;

/** Carries calls to WeChat for one app: deadline, the one repetition, reports. Knows no endpoint. */
export class Caller {
  // Private to the engine, not only to the compiler: printing or serializing a client shows no secret.
  readonly #appSecret: string;
  readonly #apiUrl: string;
  readonly #transport: Transport;
  readonly #timeoutMs: number;
  readonly #maxResponseBytes: number;
  readonly #onCall: ((call: CallReport) => unknown) | undefined;

  /** @throws {TypeError} an option that can never work; the message names it and never shows its value */
  constructor(options: WeChatOAuthOptions) {
    if (!options.appId) throw new TypeError("appId is empty");
    if (!options.appSecret) throw new TypeError("appSecret is empty");
    const apiUrl = options.apiUrl ?? "https://api.weixin.qq.com";
    this.#appSecret = options.appSecret;
    this.#apiUrl = toBaseUrl(apiUrl);
    if (options.fetch && options.transport) throw new TypeError("fetch and transport exclude each other");
    this.#transport = options.transport ?? fetchTransport(options.fetch ?? ((url, init) => fetch(url, init)));
    this.#timeoutMs = positive("timeoutMs", options.timeoutMs ?? 5000);
    this.#maxResponseBytes = positive("maxResponseBytes", options.maxResponseBytes ?? 262_144);
    this.#onCall = options.onCall;
  }

  async run<T>(call: Call<T>): Promise<T> {
    const request = this.#request(call);
    const startedAt = performance.now();
    try {
      return await this.#attempt(call, request, 1, this.#timeoutMs);
    } catch (error) {
      const isBusy = error instanceof WeChatApiError && error.errcode === -1;
      const leftMs = this.#timeoutMs - (performance.now() - startedAt);
      if (!isBusy || !call.isRepeatable || leftMs < leastRetryMs) throw error;
      return this.#attempt(call, request, 2, leftMs);
    }
  }

  #request({ endpoint, query, body, sent, isRepeatable = false }: Call<unknown>): WireRequest {
    const url = `${this.#apiUrl}/${endpoint}${query ? `?${encodeQuery(query)}` : ""}`;
    const request = { endpoint, url, sent, isRepeatable };
    return body === undefined ? request : { ...request, body: JSON.stringify(body) };
  }

  async #attempt<T>(call: Call<T>, request: WireRequest, attempt: 1 | 2, timeoutMs: number): Promise<T> {
    const { endpoint } = call;
    const startedAtMs = Date.now();
    const startedAt = performance.now(); // the wall clock may jump
    const report = (error?: unknown) => {
      const durationMs = performance.now() - startedAt;
      this.#report({ endpoint, attempt, startedAtMs, durationMs, outcome: "ok" }, error);
    };
    try {
      const wire = await this.#carry(request, timeoutMs);
      const answer = Answer.parse(endpoint, wire, [this.#appSecret, ...call.sent]);
      // Whatever holds the secret is not WeChat's, and its openid or nickname would be kept and shown.
      if (answer.repeats(call.mayComeBack ? [this.#appSecret] : [this.#appSecret, ...call.sent])) {
        throw answer.badShape("it repeats what was sent");
      }
      const result = call.read(answer);
      report();
      return result;
    } catch (error) {
      numberAttempt(error, attempt);
      report(error);
      throw error;
    }
  }

  async #carry(request: WireRequest, timeoutMs: number): Promise<WireAnswer> {
    try {
      return await this.#transport(request, { timeoutMs, maxBytes: this.#maxResponseBytes });
    } catch (error) {
      throw toWireError(request, error); // a transport of somebody's own may put the request into its errors
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
      // An async function fits the type, too: its rejection would otherwise end a Node process.
      if (returned instanceof Promise) returned.catch(() => {});
    } catch {
      // Nobody is left to tell: this is the log itself.
    }
  }
}

/** @throws {TypeError} without the value: a mistaken one may hold a secret */
function toBaseUrl(text: string): string {
  const url = URL.canParse(text) && /^https?:/i.test(text) ? new URL(text) : undefined;
  if (!url || /[?#]/.test(text)) throw new TypeError("apiUrl must be an http or https base URL");
  if (url.username || url.password) throw new TypeError("apiUrl must not hold a user name or password");
  return url.href.replace(/\/+$/, "");
}

/** A quarter of what `URLSearchParams` costs. Half a surrogate pair has no bytes: U+FFFD stands for it, as there. */
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
