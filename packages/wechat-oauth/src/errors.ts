/** The calls this library makes, named by their path under the API's base URL. */
export type Endpoint =
  | "sns/oauth2/access_token"
  | "sns/oauth2/refresh_token"
  | "sns/userinfo"
  | "sns/auth"
  | "cgi-bin/stable_token"
  | "cgi-bin/token";

/** Everything this library throws on purpose, apart from a TypeError for an argument that can never work. */
export class WeChatOAuthError extends Error {
  override readonly name: string = "WeChatOAuthError";
}

/**
 * WeChat answered, and the answer was no: `{ errcode, errmsg }`, usually under HTTP 200.
 *
 * `errmsg` is for people: match on `errcode`. It comes without its tail (`rid: …`, `hints: [ … ]`), without
 * control characters, cut to 500 characters, and with `***` in place of any secret, code or token we sent.
 */
export class WeChatApiError extends WeChatOAuthError {
  override readonly name = "WeChatApiError" as const;
  constructor(
    readonly endpoint: Endpoint,
    readonly errcode: number,
    readonly errmsg: string,
    /** WeChat's request id. Its first eight hex digits are the request's time in unix seconds. */
    readonly rid?: string,
  ) {
    super(`${endpoint} refused: errcode ${errcode} (${errmsg})`);
  }
}

/** No whole answer came back. Whether WeChat acted on the request is unknown. */
export class NetworkError extends WeChatOAuthError {
  override readonly name = "NetworkError" as const;
  constructor(
    readonly endpoint: Endpoint,
    readonly code: "TIMEOUT" | "NETWORK",
    options?: ErrorOptions,
  ) {
    super(`${endpoint} gave no answer: ${code}`, options);
  }
}

/** An answer came back that is not one WeChat gives. `detail` names fields and sizes, never a value. */
export class ResponseError extends WeChatOAuthError {
  override readonly name = "ResponseError" as const;
  constructor(
    readonly endpoint: Endpoint,
    readonly code: "HTTP_STATUS" | "BAD_JSON" | "BAD_SHAPE" | "TOO_LARGE",
    readonly httpStatus: number,
    detail?: string,
  ) {
    super(`${endpoint} gave an unusable answer: ${code} (HTTP ${httpStatus})${detail ? `, ${detail}` : ""}`);
  }
}
