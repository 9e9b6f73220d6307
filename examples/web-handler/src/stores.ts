// What the handler keeps, and where: write these over your database. Keys are SHA-256 in hex of secrets that only the
// browser has, so that what leaks from a store opens nothing.

/** One way to WeChat and back, in one browser. */
export interface Trip {
  readonly inWeChat: boolean;
}

/** Where a trip ended. Every delivery of its callback ends there. */
export type Ending = "signed_in" | "refused" | "snapshot" | "failed";

export interface TripStore {
  begin(key: string, trip: Trip, lifeSeconds: number): Promise<void>;
  /**
   * The trip for the first who asks, undefined for everybody after and for what is unknown or too old: in one step,
   * such as `UPDATE trips SET claimed = true WHERE key = $1 AND NOT claimed AND expires_at > now() RETURNING *`.
   */
  claim(key: string): Promise<Trip | undefined>;
  end(key: string, ending: Ending): Promise<void>;
  /** "pending" from the claim to the end; undefined for what was never claimed, is unknown or too old. */
  findEnding(key: string): Promise<Ending | "pending" | undefined>;
}

export interface SessionStore {
  create(key: string, personId: string, lifeSeconds: number): Promise<void>;
  /** @returns the person's id while the session lives */
  find(key: string): Promise<string | undefined>;
  delete(key: string): Promise<void>;
}

/** What WeChat tells of somebody at a sign-in. */
export interface Identity {
  readonly appId: string;
  readonly openid: string;
  readonly unionid?: string | undefined;
  readonly nickname: string;
}

export interface PeopleStore {
  /**
   * The same id for the same (appid, openid), always. A unionid joins the apps of one Open Platform account, may turn
   * up later, and never replaces the openid; one that is somebody else's already moves nobody.
   */
  recognize(identity: Identity): Promise<string>;
}

export interface Stores {
  readonly trips: TripStore;
  readonly sessions: SessionStore;
  readonly people: PeopleStore;
}
