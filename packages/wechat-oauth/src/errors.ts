/** The calls that this library knows, named by their path under the API's base URL. */
type KnownEndpoint =
  | "sns/oauth2/access_token"
  | "sns/oauth2/refresh_token"
  | "sns/userinfo"
  | "sns/auth"
  | "sns/jscode2session"
  | "cgi-bin/stable_token"
  | "cgi-bin/token"
  | "cgi-bin/ticket/getticket"
  | "cgi-bin/user/info"
  | "cgi-bin/user/info/batchget"
  | "cgi-bin/openapi/rid/get"
  | "cgi-bin/openapi/quota/get"
  | "cgi-bin/clear_quota"
  | "cgi-bin/get_api_domain_ip"
  | "cgi-bin/getcallbackip"
  | "cgi-bin/callback/check";

/** A call, named by its path under the API's base URL: any other path is one of `WeChatOAuthClient.call`. */
export type Endpoint = KnownEndpoint | (string & {});

/** Base class of everything this library throws on purpose, except a TypeError for an invalid argument. */
export class WeChatOAuthError extends Error {
  override readonly name: string = "WeChatOAuthError";
}

/** The request of a failed call. */
export interface SentRequest {
  method: "GET" | "POST";
  /** Under the API's base URL. */
  path: Endpoint;
  /** Those of the query and of the body, in the order in which they were sent; `***` where a value may be secret or personal. */
  parameters: Record<string, string>;
}

/** What came back. */
export interface ReceivedAnswer {
  httpStatus: number;
  /**
   * At most 2048 characters, with `***` in place of all texts but the errmsg. Just `***` if it is no JSON but resembles it: it may
   * be the beginning of an answer with tokens.
   */
  body: string;
}

/** One request to WeChat failed: a {@link WeChatApiError}, {@link NetworkError} or {@link ResponseError}. */
export abstract class CallError extends WeChatOAuthError {
  /** Which request of the call failed: 2 for the retry after WeChat was busy (errcode -1). */
  readonly attempt: 1 | 2 = 1;
  /** What was sent, without secrets, codes, tokens and openids. Not enumerable, and so in no log of the error. */
  declare readonly request?: SentRequest;
  /** What came back, likewise; absent if nothing did. */
  declare readonly answer?: ReceivedAnswer;
  constructor(
    readonly endpoint: Endpoint,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Set after the request, by the caller: what throws the error knows neither the attempt nor the request. */
export function setCall(
  error: unknown,
  { attempt, request, answer }: { attempt: 1 | 2; request: SentRequest; answer: ReceivedAnswer | undefined },
): void {
  if (!(error instanceof CallError)) return;
  (error as { attempt: 1 | 2 }).attempt = attempt;
  Object.defineProperty(error, "request", { value: request });
  if (answer) Object.defineProperty(error, "answer", { value: answer });
}

/**
 * WeChat refused: `{ errcode, errmsg }`, usually under HTTP 200.
 *
 * `errmsg` is for people: match on `errcode`. It has no tail (`rid: …`, `hints: [ … ]`) and no control characters, is
 * cut to 500 characters, and has `***` in place of any secret, code or token that the request contained.
 */
export class WeChatApiError extends CallError {
  override readonly name = "WeChatApiError" as const;
  /** With 40164 only: the public address that WeChat saw, to be put on the account's IP allow-list. */
  declare readonly callerIp?: string;
  constructor(
    endpoint: Endpoint,
    readonly errcode: number,
    readonly errmsg: string,
    /** WeChat's request id. Its first eight hex digits are the request's time in unix seconds. */
    readonly rid?: string,
  ) {
    super(endpoint, `${endpoint} refused: errcode ${errcode} (${errmsg})`);
    // "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist": WeChat's console takes the first form.
    const callerIp = errcode === 40164 ? /\bip (?=\S*[.:])([\da-f.:]{2,45})/i.exec(errmsg)?.[1] : undefined;
    if (callerIp !== undefined) this.callerIp = callerIp;
  }
}

/** No complete answer arrived. Whether WeChat processed the request is unknown. ABORTED: the caller's `signal`. */
export class NetworkError extends CallError {
  override readonly name = "NetworkError" as const;
  constructor(
    endpoint: Endpoint,
    readonly code: "TIMEOUT" | "NETWORK" | "ABORTED",
    options?: ErrorOptions,
  ) {
    super(endpoint, `${endpoint} gave no answer: ${code}`, options);
  }
}

/** The answer is not one that WeChat gives. Its detail names fields and sizes, never a value. */
export class ResponseError extends CallError {
  override readonly name = "ResponseError" as const;
  constructor(
    endpoint: Endpoint,
    readonly code: "HTTP_STATUS" | "BAD_JSON" | "BAD_SHAPE" | "TOO_LARGE",
    readonly httpStatus: number,
    detail?: string,
    options?: ErrorOptions,
  ) {
    super(
      endpoint,
      `${endpoint} gave an unusable answer: ${code} (HTTP ${httpStatus})${detail ? `, ${detail}` : ""}`,
      options,
    );
  }
}
