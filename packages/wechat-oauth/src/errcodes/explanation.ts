/** Failures that do not come from WeChat but belong into the same table. */
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

/** What a code means, for the operator who meets it at three in the morning. */
export interface ErrcodeExplanation {
  readonly code: number | PseudoCode;
  /** Short and stable: a key for metrics and links. */
  readonly name: string;
  /** WeChat's own words, without their tail; absent where they are not known for sure. */
  readonly errmsg?: string;
  /** WeChat's page shows it to the person, and nothing comes back: no server ever sees it. */
  readonly onPage?: true;
  readonly meaning: { readonly zh: string; readonly en: string };
  /** Likely reasons, the likeliest first. */
  readonly causes: { readonly zh: readonly string[]; readonly en: readonly string[] };
  /** Who can end it: the person signing in, the account's operator, a developer, or only WeChat. */
  readonly whoMustAct: "user" | "operator" | "developer" | "wechat";
  /** What to click or check, in this order. */
  readonly steps: { readonly zh: readonly string[]; readonly en: readonly string[] };
  readonly retry: Retry;
  /** The same for `/sns/*` calls, where it differs: no new global token mends a person's. */
  readonly retryOnSns?: Retry;
  /** WeChat's own page about it, where one is known. */
  readonly link?: string;
}

/**
 * What software may do by itself, once: `token` get a new global token and repeat · `sns_refresh` refresh the web
 * token and repeat · `backoff` repeat later, with growing pauses, but never an exchange · `restart` send the person
 * through the authorize page again · `never`.
 */
export type Retry = "never" | "token" | "sns_refresh" | "backoff" | "restart";
