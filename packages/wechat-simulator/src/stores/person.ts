/** Somebody who has WeChat on a phone. */
export interface Person {
  /** How pages, headers and tests name this person; never travels to an app. */
  id: string;
  /** May hold emoji, control characters, anything; may be empty. */
  nickname: string;
  /** Empty when the person has no avatar. */
  headimgurl: string;
  /** Whether WeChat tells a unionid for this person (where the app is bound at all). */
  unionid: boolean;
  /** Whether the person follows the Official Accounts; a test account shows 10006 to those who do not. */
  follows: boolean;
  /** A snapshot visitor: `snsapi_userinfo` yields a virtual identity and `is_snapshotuser: 1`. */
  snapshot: boolean;
  /** WeChat takes this person for a risk: jscode2session answers 40226. */
  highRisk: boolean;
}

/** What may be changed about a person while the simulator runs. */
export type PersonPatch = Partial<Omit<Person, "id">>;

/** Somebody new; what is left out is as usual, and an id is made up. */
export interface NewPerson extends PersonPatch {
  id?: string;
}

/** The person as one app sees them. */
export interface Identity {
  openid: string;
  unionid?: string;
  nickname: string;
  headimgurl: string;
}
