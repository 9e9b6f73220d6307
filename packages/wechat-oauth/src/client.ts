import { Answer } from "./answer.js";
import {
  type AppToken,
  toAppToken,
  toUserInfo,
  toWebTokens,
  type UserInfo,
  type WebTokens,
} from "./answers.js";
import type { Grant } from "./callback.js";
import { type Endpoint, NetworkError, ResponseError, WeChatApiError } from "./errors.js";
import { type Fetch, send, type WireRequest } from "./transport.js";

/** One app of WeChat, and how to reach WeChat. */
export interface WeChatOAuthOptions {
  appId: string;
  /** Stays on the server. WeChat takes it in the query string, so do not log requests below this library. */
  appSecret: string;
  /** Another base URL than https://api.weixin.qq.com: a simulator's. */
  apiUrl?: string | undefined;
  /** Another `fetch` than the global one, with a proxy or a pool of its own. */
  fetch?: Fetch | undefined;
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

interface Call<T> extends WireRequest {
  read(answer: Answer): T;
  /** Whether WeChat may give back what was sent: the same refresh token, while it lives. */
  readonly mayComeBack?: boolean;
  /** Whether asking twice is the same as asking once; then errcode -1 (busy) is asked again, once, at once. */
  readonly isRepeatable?: boolean;
}

/** With less time than this a second answer would not arrive, and "busy" tells more than a time-out. */
const leastRetryMs = 100;

/** sns/auth on a token or openid that is not, or no longer, good. */
const invalidTokenErrcodes: readonly number[] = [40001, 40003, 40014, 42001];

/**
 * WeChat's server-side calls for one app.
 *
 * Every method may throw {@link WeChatApiError} (WeChat said no), {@link NetworkError} (no answer in time) or
 * {@link ResponseError} (an answer that is not WeChat's). None of these holds a secret, code, token or URL.
 */
export class WeChatOAuthClient {
  readonly appId: string;
  // Private to the engine, not only to the compiler: printing or serializing a client shows no secret.
  readonly #appSecret: string;
  readonly #apiUrl: string;
  readonly #fetch: Fetch;
  readonly #timeoutMs: number;
  readonly #maxResponseBytes: number;
  readonly #onCall: ((call: CallReport) => unknown) | undefined;

  /** @throws {TypeError} an option that can never work; the message names it and never shows its value */
  constructor(options: WeChatOAuthOptions) {
    if (!options.appId) throw new TypeError("appId is empty");
    if (!options.appSecret) throw new TypeError("appSecret is empty");
    const apiUrl = options.apiUrl ?? "https://api.weixin.qq.com";
    if (!/^https?:\/\/[^?#]+$/.test(apiUrl)) throw new TypeError("apiUrl must be an http or https base URL");
    this.appId = options.appId;
    this.#appSecret = options.appSecret;
    this.#apiUrl = apiUrl.replace(/\/+$/, "");
    this.#fetch = options.fetch ?? ((url, init) => fetch(url, init));
    this.#timeoutMs = positive("timeoutMs", options.timeoutMs ?? 5000);
    this.#maxResponseBytes = positive("maxResponseBytes", options.maxResponseBytes ?? 262_144);
    this.#onCall = options.onCall;
  }

  /**
   * Trades the grant for tokens. Never retried: the code works once, and a lost answer may have spent it. After
   * a failure send the person through the authorize page again, once.
   *
   * GET /sns/oauth2/access_token → { access_token, expires_in: 7200, refresh_token, openid, scope, unionid? }
   *
   * @returns tokens whose `expiresInSeconds` counts from WeChat's answer.
   * @throws {WeChatApiError} 40029 code invalid · 40163 already used · 42003 expired
   * @throws {NetworkError} no answer within `timeoutMs`
   * @throws {ResponseError} BAD_SHAPE: no errcode, but no openid or token either
   * @see https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
   */
  exchangeCode(grant: Grant<unknown>): Promise<WebTokens> {
    const endpoint = "sns/oauth2/access_token";
    const query = new URLSearchParams();
    query.set("appid", this.appId); // OAuth says client_id
    query.set("secret", this.#appSecret); // OAuth says client_secret, and not in a query
    query.set("code", grant.code);
    query.set("grant_type", "authorization_code");
    const sent = [this.#appSecret, grant.code];
    return this.#call({ endpoint, url: this.#url(endpoint, query), sent, read: toWebTokens });
  }

  /**
   * Trades a refresh token for tokens; overwrite both stored ones. Keep the unionid you have: none is promised
   * here. Never retried.
   *
   * GET /sns/oauth2/refresh_token → as exchangeCode
   *
   * @throws {WeChatApiError} 40030 refresh token invalid · 42002 expired · 42007 dead since a password change
   */
  refreshTokens(refreshToken: string): Promise<WebTokens> {
    const endpoint = "sns/oauth2/refresh_token";
    const query = new URLSearchParams();
    query.set("appid", this.appId);
    query.set("grant_type", "refresh_token");
    query.set("refresh_token", refreshToken); // and no secret
    return this.#call({
      endpoint,
      url: this.#url(endpoint, query),
      sent: [refreshToken],
      read: toWebTokens,
      mayComeBack: true,
    });
  }

  /**
   * The profile of the person a web token was given for. Asked again once when WeChat is busy (errcode -1).
   *
   * GET /sns/userinfo → { openid, nickname, headimgurl, privilege: [], unionid?, … }
   *
   * @throws {WeChatApiError} 48001 the token is of scope snsapi_base · 40001, 40014, 42001 token bad or old
   * @throws {ResponseError} BAD_SHAPE: the answer is about another openid
   */
  getUserInfo(options: {
    accessToken: string;
    openid: string;
    /** WeChat's default is `zh_CN`. */
    lang?: "zh_CN" | "zh_TW" | "en" | undefined;
  }): Promise<UserInfo> {
    const endpoint = "sns/userinfo";
    const query = new URLSearchParams();
    query.set("access_token", options.accessToken);
    query.set("openid", options.openid);
    if (options.lang !== undefined) query.set("lang", options.lang);
    return this.#call({
      endpoint,
      url: this.#url(endpoint, query),
      sent: [options.accessToken],
      read: (answer) => toUserInfo(answer, options.openid),
      isRepeatable: true,
    });
  }

  /**
   * Whether a web token is still good for this openid. It does not say for which app it was issued: a token
   * that a client sent you proves nothing. Asked again once when WeChat is busy (errcode -1).
   *
   * GET /sns/auth → { errcode: 0, errmsg: "ok" }
   *
   * @returns false for 40001, 40003, 40014 and 42001 only.
   * @throws {WeChatApiError} any other errcode
   */
  async checkAccessToken(options: { accessToken: string; openid: string }): Promise<boolean> {
    const endpoint = "sns/auth";
    const query = new URLSearchParams();
    query.set("access_token", options.accessToken);
    query.set("openid", options.openid);
    try {
      return await this.#call({
        endpoint,
        url: this.#url(endpoint, query),
        sent: [options.accessToken],
        read: toConfirmation,
        isRepeatable: true,
      });
    } catch (error) {
      if (error instanceof WeChatApiError && invalidTokenErrcodes.includes(error.errcode)) return false;
      throw error;
    }
  }

  /**
   * The account's global token, the way WeChat recommends: several servers that ask are given the same one.
   * Asked again once when WeChat is busy (errcode -1), unless forced.
   *
   * POST /cgi-bin/stable_token { grant_type, appid, secret, force_refresh } → { access_token, expires_in }
   *
   * @param options `forceRefresh` kills the current token at once; 20 a day, 30 s apart: only after a leak.
   * @throws {WeChatApiError} 40164 this server's IP is not on the allow-list · 40125 secret wrong · 45009, 45011
   */
  getStableAccessToken(options: { forceRefresh?: boolean | undefined } = {}): Promise<AppToken> {
    const endpoint = "cgi-bin/stable_token";
    const forceRefresh = options.forceRefresh ?? false;
    const body = JSON.stringify({
      grant_type: "client_credential",
      appid: this.appId,
      secret: this.#appSecret,
      force_refresh: forceRefresh,
    });
    const url = `${this.#apiUrl}/${endpoint}`;
    const sent = [this.#appSecret];
    return this.#call({ endpoint, url, body, sent, read: toAppToken, isRepeatable: !forceRefresh });
  }

  /**
   * The account's global token, the old way: every call makes a new one and lets the former die within 5
   * minutes, 2000 a day. For one central fetcher only; so it is never retried.
   *
   * GET /cgi-bin/token → { access_token, expires_in: 7200 }
   *
   * @throws {WeChatApiError} as getStableAccessToken
   */
  getAccessToken(): Promise<AppToken> {
    const endpoint = "cgi-bin/token";
    const query = new URLSearchParams();
    query.set("grant_type", "client_credential");
    query.set("appid", this.appId);
    query.set("secret", this.#appSecret);
    return this.#call({
      endpoint,
      url: this.#url(endpoint, query),
      sent: [this.#appSecret],
      read: toAppToken,
    });
  }

  #url(endpoint: Endpoint, query: URLSearchParams): string {
    return `${this.#apiUrl}/${endpoint}?${query}`;
  }

  async #call<T>(call: Call<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await this.#attempt(call, this.#timeoutMs);
    } catch (error) {
      const isBusy = error instanceof WeChatApiError && error.errcode === -1;
      const leftMs = this.#timeoutMs - (performance.now() - startedAt);
      if (!isBusy || !call.isRepeatable || leftMs < leastRetryMs) throw error;
      return this.#attempt(call, leftMs);
    }
  }

  async #attempt<T>(call: Call<T>, timeoutMs: number): Promise<T> {
    const startedAtMs = Date.now();
    const startedAt = performance.now(); // the wall clock may jump
    const limits = { fetch: this.#fetch, timeoutMs, maxResponseBytes: this.#maxResponseBytes };
    try {
      const wire = await send(call, limits);
      const answer = Answer.parse(call.endpoint, wire, call.sent);
      // Whatever holds the secret is not WeChat's, and its openid or nickname would be kept and shown.
      if (answer.repeats(call.mayComeBack ? [this.#appSecret] : [this.#appSecret, ...call.sent])) {
        throw answer.badShape("it repeats what was sent");
      }
      const result = call.read(answer);
      this.#report(call.endpoint, startedAtMs, startedAt);
      return result;
    } catch (error) {
      this.#report(call.endpoint, startedAtMs, startedAt, error);
      throw error;
    }
  }

  #report(endpoint: Endpoint, startedAtMs: number, startedAt: number, error?: unknown): void {
    if (!this.#onCall) return;
    const durationMs = performance.now() - startedAt;
    const report: CallReport = { endpoint, startedAtMs, durationMs, outcome: "ok" };
    if (error instanceof WeChatApiError) {
      report.outcome = "refused";
      report.errcode = error.errcode;
      if (error.rid !== undefined) report.rid = error.rid;
    } else if (error instanceof NetworkError || error instanceof ResponseError) {
      report.outcome = "failed";
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

function toConfirmation(answer: Answer): true {
  if (!answer.saysOk) throw answer.badShape("errcode is missing");
  return true;
}

function positive(name: string, value: number): number {
  // 2^31 - 1 is the longest time setTimeout can count.
  if (Number.isInteger(value) && value > 0 && value < 2 ** 31) return value;
  throw new TypeError(`${name} must be a whole number above 0`);
}
