// The handler's storage: implement these interfaces with your database. Keys are hex SHA-256 hashes of secrets that only
// the browser has, so that a leaked store does not reveal them.

/** One redirect to WeChat and back, in one browser. */
export interface AuthorizationRequest {
  readonly inWeChat: boolean;
}

/** The result of an authorization request's callback, which a repeated callback gets as well. */
export type CallbackResult = "signed_in" | "refused" | "snapshot" | "failed";

export interface AuthorizationRequestStore {
  create(key: string, request: AuthorizationRequest, lifetimeSeconds: number): Promise<void>;
  /**
   * Returns the request to the first caller, and undefined to later callers and for an unknown or expired key. Atomic,
   * such as `UPDATE … SET claimed = true WHERE key = $1 AND NOT claimed AND expires_at > now() RETURNING *`.
   */
  claim(key: string): Promise<AuthorizationRequest | undefined>;
  finish(key: string, result: CallbackResult): Promise<void>;
  /** "pending" after the claim until `finish`; undefined for a key that is not claimed, unknown or expired. */
  findResult(key: string): Promise<CallbackResult | "pending" | undefined>;
}

export interface SessionStore {
  create(key: string, personId: string, lifetimeSeconds: number): Promise<void>;
  /** @returns the person's id until the session ends */
  find(key: string): Promise<string | undefined>;
  delete(key: string): Promise<void>;
}

/** What WeChat returns about a person at a sign-in. */
export interface Identity {
  readonly appId: string;
  readonly openid: string;
  readonly unionid?: string | undefined;
  /** Absent if WeChat sent none: a known person keeps theirs. */
  readonly nickname?: string | undefined;
}

export interface PeopleStore {
  /**
   * Returns the same id for the same (appid, openid), always. A unionid links the apps of one Open Platform account,
   * may appear later, and never replaces the openid. If it already belongs to another person, neither changes.
   */
  recognize(identity: Identity): Promise<string>;
}

export interface Stores {
  readonly authorizationRequests: AuthorizationRequestStore;
  readonly sessions: SessionStore;
  readonly people: PeopleStore;
}
