/** What can be switched while the simulator runs. Where WeChat's behaviour is not certain, both ways can be had. */
export interface Settings {
  /**
   * What an app learns when a person refuses: nothing at all, as on real phones (`nothing`), or a callback with
   * `state` and without `code`, as older documents have it (`state_only`).
   */
  refusal: "nothing" | "state_only";
  /**
   * Deliver every callback twice, with two codes and one state, as WeChat on Android was seen to do; or only those of
   * links that come without `connect_redirect=1`, which is said to prevent it.
   */
  doubleCallback: boolean | "without_connect_redirect";
  /** One person gets one code in every tab until it is exchanged, as desktop WeChat 3.9.7 was seen to do. */
  sameCode: boolean;
  /** People enter from the account's menu or conversation: snsapi_userinfo asks no follower. */
  fromMenu: boolean;
  /** Whoever allowed snsapi_userinfo before is not asked again. How long that holds in WeChat is not known: here, always. */
  recentLogin: boolean;
  /** An empty or missing `state` is page error 10013, or the empty `state=` comes back. Both are reported. */
  emptyState: "refused" | "returned";
  /** `state` must be letters and digits as documented, or hyphens and underscores pass as well. */
  stateAlphabet: "alphanumeric" | "with_hyphen_and_underscore";
  /** The tail of an errmsg: a rid as now, or the hint of before July 2020 (`/cgi-bin`) and 2021 (`/sns`). */
  errmsgTail: "rid" | "hints";
  /** Daily and minute quotas. Off: none of them, for load tests. */
  quotas: boolean;
  /** What an expired code is answered with. */
  expiredCode: 40029 | 42003;
  /** What a used code is answered with; 40029 stands in old logs. */
  usedCode: 40163 | 40029;
  /** Whether an exchange with a wrong secret spends the code. */
  wrongSecretSpendsCode: boolean;
  /** Whether a refresh keeps an access token that still lives, or always gives a new one. */
  refreshKeepsAccessToken: boolean;
  /** Whether a refresh starts the refresh token's 30 days anew. */
  refreshSlides: boolean;
  /** Whether a new authorization of the same person in the same app makes the tokens of earlier ones 40001. */
  newAuthorizationEndsOld: boolean;
  /** What the tokens of a person who revoked the app are answered with. */
  revokedErrcode: 50001 | 40001;
  /** Whether the token reply of a snapshot says so; on first visits it was reported missing. */
  snapshotFlag: boolean;
  /** Whether userinfo answers for a snapshot's token, or says 48001 as it was seen once. */
  snapshotUserinfo: "virtual" | "48001";
  /** Whether user/info tells the unionid of somebody who does not follow. */
  nonFollowerUnionid: boolean;
  /** An openid in a batchget list that is nobody's: left out, so that later results move up, or 40003 for the whole. */
  batchgetUnknown: "left_out" | "refused";
  /** How long a poll of the QR page waits for news before it answers 408. */
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
