/** This library's codes, for failures that WeChat does not report. */
export type PseudoCode =
  | "HTTP_STATUS"
  | "TIMEOUT"
  | "NETWORK"
  | "BAD_JSON"
  | "BAD_SHAPE"
  | "TOO_LARGE"
  | "STATE_MISMATCH"
  | "STATE_EXPIRED"
  | "NO_CODE"
  | "SNAPSHOT_USER"
  | "NOT_IN_WECHAT";

/** The calls that an advice is for: one endpoint, or all whose path begins so. */
export type CallPrefix =
  | "sns/"
  | "sns/oauth2/"
  | "sns/jscode2session"
  | "cgi-bin/"
  | "cgi-bin/token"
  | "cgi-bin/stable_token";

/** The part of an explanation that may depend on the call that failed. */
export type Advice = Partial<Pick<ErrcodeExplanation, "causes" | "whoMustAct" | "steps" | "retry">>;

/** What a code means and what to do about it, written for operators. */
export interface ErrcodeExplanation {
  readonly code: number | PseudoCode;
  /** Short and stable: a key for metrics and links. */
  readonly name: string;
  /** WeChat's errmsg without its tail; absent if it is not known for sure. */
  readonly errmsg?: string;
  /** WeChat's page shows this code to the person and does not redirect back, so no server receives it. */
  readonly onPage?: true;
  readonly meaning: { readonly zh: string; readonly en: string };
  /** Likely causes, the most likely first. */
  readonly causes: { readonly zh: readonly string[]; readonly en: readonly string[] };
  /** Who can resolve it: the person signing in, the account's operator, a developer, or only WeChat. */
  readonly whoMustAct: "user" | "operator" | "developer" | "wechat";
  /** What to do, in this order. */
  readonly steps: { readonly zh: readonly string[]; readonly en: readonly string[] };
  readonly retry: Retry;
  /** `retry` for `/sns/*` calls, if it differs: a new global token does not repair a person's. */
  readonly retryOnSns?: Retry;
  /** What differs for some calls, by the beginning of their endpoint; of two that fit, the longer one counts. */
  readonly on?: { readonly [Calls in CallPrefix]?: Advice };
  /** WeChat's page about it, if one is known. */
  readonly link?: string;
}

/**
 * What a program may do by itself, once: `token` fetch a new global token and retry · `sns_refresh` refresh the web
 * token and retry · `backoff` retry later, with growing pauses, but never a code exchange · `restart` redirect the
 * person to the authorize page again · `never`.
 */
export type Retry = "never" | "token" | "sns_refresh" | "backoff" | "restart";
