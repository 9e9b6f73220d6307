/** A simulated WeChat user. */
export interface Person {
  /** Names this person on pages, in headers and in tests; never sent to an app. */
  id: string;
  /** Any text, also emoji and control characters; may be empty. */
  nickname: string;
  /** Empty when the person has no avatar; a path below `/mmopen/` is a picture that the simulator serves. */
  headimgurl: string;
  /** Whether apps that are bound to an Open Platform account get a unionid for this person. */
  unionid: boolean;
  /** Whether the person follows the Official Accounts; a test account shows 10006 to a person who does not. */
  follows: boolean;
  /** A snapshot visitor: `snsapi_userinfo` yields a virtual identity and `is_snapshotuser: 1`. */
  snapshot: boolean;
  /** WeChat treats this person as a risk: jscode2session answers 40226. */
  highRisk: boolean;
}

/** The fields of a person that can change while the simulator runs. */
export type PersonPatch = Partial<Omit<Person, "id">>;

/** A person to create. Fields have defaults, and the id is generated if absent. */
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
