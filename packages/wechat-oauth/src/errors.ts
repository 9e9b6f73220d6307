/** The calls this library makes, named by their path under the API's base URL. */
export type Endpoint =
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

/** Everything this library throws on purpose, apart from a TypeError for an argument that can never work. */
export class WeChatOAuthError extends Error {
  override readonly name: string = "WeChatOAuthError";
}

/** One request to WeChat failed: a {@link WeChatApiError}, {@link NetworkError} or {@link ResponseError}. */
export abstract class CallError extends WeChatOAuthError {
  /** Which request of the call it was: 2 when WeChat was busy at first (errcode -1) and was asked once more. */
  readonly attempt: 1 | 2 = 1;
  constructor(
    readonly endpoint: Endpoint,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Numbers the request that an error is about. The client alone knows it, and only once the request is over. */
export function numberAttempt(error: unknown, attempt: 1 | 2): void {
  if (error instanceof CallError) (error as { attempt: 1 | 2 }).attempt = attempt;
}

/**
 * WeChat answered, and the answer was no: `{ errcode, errmsg }`, usually under HTTP 200.
 *
 * `errmsg` is for people: match on `errcode`. It comes without its tail (`rid: …`, `hints: [ … ]`), without
 * control characters, cut to 500 characters, and with `***` in place of any secret, code or token we sent.
 */
export class WeChatApiError extends CallError {
  override readonly name = "WeChatApiError" as const;
  /** With 40164 alone: the public address that WeChat saw, the one to put on the account's IP allow-list. */
  declare readonly callerIp?: string;
  constructor(
    endpoint: Endpoint,
    readonly errcode: number,
    readonly errmsg: string,
    /** WeChat's request id. Its first eight hex digits are the request's time in unix seconds. */
    readonly rid?: string,
  ) {
    super(endpoint, `${endpoint} refused: errcode ${errcode} (${errmsg})`);
    // "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist": the first one is as consoles want it.
    const callerIp = errcode === 40164 ? /\bip (?=\S*[.:])([\da-f.:]{2,45})/i.exec(errmsg)?.[1] : undefined;
    if (callerIp !== undefined) this.callerIp = callerIp;
  }
}

/** No whole answer came back. Whether WeChat acted on the request is unknown. */
export class NetworkError extends CallError {
  override readonly name = "NetworkError" as const;
  constructor(
    endpoint: Endpoint,
    readonly code: "TIMEOUT" | "NETWORK",
    options?: ErrorOptions,
  ) {
    super(endpoint, `${endpoint} gave no answer: ${code}`, options);
  }
}

/** An answer came back that is not one WeChat gives. `detail` names fields and sizes, never a value. */
export class ResponseError extends CallError {
  override readonly name = "ResponseError" as const;
  constructor(
    endpoint: Endpoint,
    readonly code: "HTTP_STATUS" | "BAD_JSON" | "BAD_SHAPE" | "TOO_LARGE",
    readonly httpStatus: number,
    detail?: string,
  ) {
    super(
      endpoint,
      `${endpoint} gave an unusable answer: ${code} (HTTP ${httpStatus})${detail ? `, ${detail}` : ""}`,
    );
  }
}
