import { randomUUID } from "node:crypto";

/** What WeChat tells of somebody at a sign-in. */
export interface Identity {
  appId: string;
  openid: string;
  unionid?: string | undefined;
  nickname: string;
}

export interface Person {
  readonly id: string;
  nickname: string;
  /** By appid: each app knows the person by an openid of its own. */
  readonly openids: Map<string, string>;
}

/** Everybody who ever signed in, until this process ends: a table of your database takes this place. */
export class People {
  readonly #byOpenid = new Map<string, Person>();
  readonly #byUnionid = new Map<string, Person>();

  /**
   * The same person for the same (appid, openid), always. A unionid joins the apps of one Open Platform account,
   * may turn up later, and never replaces the openid; one that is somebody else's already moves nobody.
   */
  recognize({ appId, openid, unionid, nickname }: Identity): Person {
    const key = `${appId}:${openid}`;
    const known = this.#byOpenid.get(key) ?? this.#byUnionid.get(unionid ?? "");
    const person = known ?? { id: randomUUID(), nickname, openids: new Map() };
    person.nickname = nickname;
    person.openids.set(appId, openid);
    this.#byOpenid.set(key, person);
    if (unionid && !this.#byUnionid.has(unionid)) this.#byUnionid.set(unionid, person);
    return person;
  }
}
