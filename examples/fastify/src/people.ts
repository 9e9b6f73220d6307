import { randomUUID } from "node:crypto";

/** What WeChat returns about a person at a sign-in. */
export interface Identity {
  appId: string;
  openid: string;
  unionid?: string | undefined;
  /** Absent if WeChat sent none: a known person keeps theirs. */
  nickname?: string | undefined;
}

export interface Person {
  readonly id: string;
  nickname: string;
  /** By appid, because a person has another openid in each app. */
  readonly openids: Map<string, string>;
}

/** All people who signed in, in the memory of this process only: replace it by a table of your database. */
export class People {
  readonly #byOpenid = new Map<string, Person>();
  readonly #byUnionid = new Map<string, Person>();

  /**
   * Returns the same person for the same (appid, openid), always. A unionid links the apps of one Open Platform
   * account, may appear later, and never replaces the openid. If it already belongs to another person, neither changes.
   */
  recognize({ appId, openid, unionid, nickname }: Identity): Person {
    const key = `${appId}:${openid}`;
    const known = this.#byOpenid.get(key) ?? this.#byUnionid.get(unionid ?? "");
    const person = known ?? { id: randomUUID(), nickname: "", openids: new Map() };
    person.nickname = nickname ?? person.nickname;
    person.openids.set(appId, openid);
    this.#byOpenid.set(key, person);
    if (unionid && !this.#byUnionid.has(unionid)) this.#byUnionid.set(unionid, person);
    return person;
  }
}
