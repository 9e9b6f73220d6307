import type { SimulatedApp } from "./apps.js";
import { crowdPerson, isCrowdId } from "./crowd.js";
import { deriveOpenid, deriveUnionid } from "./ids.js";

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
}

/** What may be changed about a person while the simulator runs. */
export type PersonPatch = Partial<Pick<Person, "nickname" | "headimgurl" | "unionid" | "follows">>;

/** The person as one app sees them. */
export interface Identity {
  openid: string;
  unionid?: string;
  nickname: string;
  headimgurl: string;
}

function avatar(name: string): string {
  return `https://thirdwx.qlogo.cn/mmopen/vi_32/simulated-${name}/132`;
}

const defaults: readonly Person[] = [
  { id: "alice", nickname: "林小满", headimgurl: avatar("alice") },
  { id: "emoji", nickname: "🦊 Foxy 🎉👩‍👩‍👧", headimgurl: avatar("emoji") },
  { id: "noavatar", nickname: "无头像", headimgurl: "", unionid: false },
  {
    // Right-to-left override, zero-width characters, stacked marks, markup: what a console must survive.
    id: "longname",
    nickname: `\u202Eevil \u200B\u200D<b>&"'</b> Z\u0351\u036B\u0343a\u0322\u0328l\u0337g\u0321o ${"很长的名字".repeat(12)}`,
    headimgurl: avatar("longname"),
  },
  { id: "snapshot", nickname: "快照访客", headimgurl: avatar("snapshot"), snapshot: true },
].map((person) => ({ unionid: true, follows: true, snapshot: false, ...person }));

/** Everybody who has a phone: the named few, and as many `crowd-<number>` as a script asks for. */
export class People {
  #named = new Map<string, Person>();
  /** Crowd people are generated from their number; only those somebody changed are kept. */
  #patchedCrowd = new Map<string, Person>();

  constructor(readonly seed: string) {
    this.reset();
  }

  find(id: string): Person | undefined {
    return this.#named.get(id) ?? this.#patchedCrowd.get(id) ?? (isCrowdId(id) ? crowdPerson(id) : undefined);
  }

  /** The named people; the crowd has no list. */
  list(): Person[] {
    return [...this.#named.values()];
  }

  /** @returns the changed person, or undefined when nobody has this id */
  update(id: string, patch: PersonPatch): Person | undefined {
    const person = this.find(id);
    if (!person) return undefined;
    const updated = { ...person, ...patch };
    (this.#named.has(id) ? this.#named : this.#patchedCrowd).set(id, updated);
    return updated;
  }

  /** What this app may ever learn about the person, snapshots aside. */
  identify(person: Person, app: SimulatedApp): Identity {
    const { nickname, headimgurl } = person;
    const openid = deriveOpenid(this.seed, app.appId, person.id);
    if (!person.unionid || app.openPlatform === null) return { openid, nickname, headimgurl };
    return { openid, unionid: deriveUnionid(this.seed, app.openPlatform, person.id), nickname, headimgurl };
  }

  /** Inside a snapshot page nickname, avatar, openid and unionid are all virtual. */
  identifyVirtually(person: Person, app: SimulatedApp): Identity {
    const openid = deriveOpenid(this.seed, app.appId, `${person.id} (virtual)`);
    const virtual = { openid, nickname: "虚拟用户", headimgurl: avatar("virtual") };
    if (app.openPlatform === null) return virtual;
    return { ...virtual, unionid: deriveUnionid(this.seed, app.openPlatform, `${person.id} (virtual)`) };
  }

  reset(): void {
    this.#named = new Map(defaults.map((person) => [person.id, { ...person }]));
    this.#patchedCrowd = new Map();
  }
}
