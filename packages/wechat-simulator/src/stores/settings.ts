/** Switches that can change while the simulator runs, for the points on which WeChat's behavior varies or is unknown. */
export interface Settings {
  /**
   * What an app learns when a person refuses: nothing at all, as on real phones (`nothing`), a callback with `state` and
   * without `code`, as older documents describe (`state_only`), or one with `code=authdeny`, as by old clients.
   */
  refusal: "nothing" | "state_only" | "authdeny";
  /**
   * Deliver every callback twice, with two codes and one state, as reported of WeChat on Android; or only for links
   * without `connect_redirect=1`, which is said to prevent it.
   */
  doubleCallback: boolean | "without_connect_redirect";
  /** One person gets one code in every tab until it is exchanged, as reported of desktop WeChat 3.9.7. */
  sameCode: boolean;
  /** People come from the account's menu or conversation: snsapi_userinfo is silent for followers. */
  fromMenu: boolean;
  /** A person who granted snsapi_userinfo before is not asked again. For how long is not known; here it never ends. */
  recentLogin: boolean;
  /** An empty or missing `state` is page error 10013, or returns as an empty `state=`. Both are reported. */
  emptyState: "refused" | "returned";
  /**
   * `state` is limited to letters and digits, as documented, or may also contain hyphens and underscores, as it always may
   * on the QR page; or anything of any length.
   */
  stateAlphabet: "alphanumeric" | "with_hyphen_and_underscore" | "any";
  /**
   * The documented order of the authorize page's parameters is required, or `scope` may come before `response_type` for
   * snsapi_base, which was reported to work on phones and not in desktop WeChat.
   */
  parameterOrder: "strict" | "lenient_for_base";
  /** The tail of an errmsg: a rid as now, or the hint of before July 2020 (`/cgi-bin`) and 2021 (`/sns`). */
  errmsgTail: "rid" | "hints";
  /** Enforce daily and minute quotas; off for load tests. */
  quotas: boolean;
  /** The errcode for an expired code. */
  expiredCode: 40029 | 42003;
  /** The errcode for a used code; old logs show 40029. */
  usedCode: 40163 | 40029;
  /** Whether an exchange with a wrong secret spends the code. */
  wrongSecretSpendsCode: boolean;
  /** Whether a refresh keeps an access token that is still valid. */
  refreshKeepsAccessToken: boolean;
  /** Whether a refresh restarts the refresh token's 30 days. */
  refreshSlides: boolean;
  /** Whether a new authorization of the same person in the same app ends the tokens of earlier ones (40001). */
  newAuthorizationEndsOld: boolean;
  /** The errcode for the tokens of a person who revoked the app. */
  revokedErrcode: 50001 | 40001;
  /** Whether the token response of a snapshot has `is_snapshotuser`; reported missing on first visits. */
  snapshotFlag: boolean;
  /** Whether userinfo returns a virtual identity for a snapshot's token, or 48001 as reported once. */
  snapshotUserinfo: "virtual" | "48001";
  /** Whether user/info includes the unionid of a non-follower. */
  nonFollowerUnionid: boolean;
  /** An unknown openid in a batchget list is left out, so that later results move up, or the whole call is 40003. */
  batchgetUnknown: "left_out" | "refused";
  /** How long a poll of the QR page waits for a change before it answers 408. */
  qrPollSeconds: number;
  /** How long a QR code can be scanned. */
  qrLifeSeconds: number;
}

export const DEFAULT_SETTINGS: Settings = {
  refusal: "nothing",
  doubleCallback: false,
  sameCode: false,
  fromMenu: false,
  recentLogin: false,
  emptyState: "refused",
  stateAlphabet: "alphanumeric",
  parameterOrder: "strict",
  errmsgTail: "rid",
  quotas: true,
  expiredCode: 40029,
  usedCode: 40163,
  wrongSecretSpendsCode: false,
  refreshKeepsAccessToken: true,
  refreshSlides: false,
  newAuthorizationEndsOld: false,
  revokedErrcode: 50001,
  snapshotFlag: true,
  snapshotUserinfo: "virtual",
  nonFollowerUnionid: false,
  batchgetUnknown: "left_out",
  qrPollSeconds: 25,
  qrLifeSeconds: 300,
};

/** A change of settings; `callbackHosts` replaces the callback domains of every app. */
export interface SettingsPatch extends Partial<Settings> {
  callbackHosts?: readonly string[];
}
