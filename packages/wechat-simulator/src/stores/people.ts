import type { SimulatedApp } from "./apps.js";
import { BoundedMap } from "./bounded-map.js";
import type { Followers } from "./followers.js";
import { generatePerson, isGeneratedId } from "./generated-people.js";
import { deriveOpenid, deriveUnionid } from "./ids.js";
import type { Identity, NewPerson, Person, PersonPatch } from "./person.js";

/** @param size the last segment: 46, 64, 96, 132, or 0 for the original of 640 pixels */
function avatar(name: string, size = "132"): string {
  return `https://thirdwx.qlogo.cn/mmopen/vi_32/simulated-${name}/${size}`;
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
  // WeChat sends U+0014 and its kin raw inside the JSON text, where strict parsers stumble.
  { id: "control", nickname: "控制\u0014字符\u001f", headimgurl: avatar("control") },
  { id: "bigavatar", nickname: "大头像", headimgurl: avatar("bigavatar", "0") },
].map((person) => ({ unionid: true, follows: true, snapshot: false, highRisk: false, ...person }));

/** Enough to find everybody again whom a test or a load run has met. */
const CAPACITY = 200_000;

/** Everybody who has a phone: the named few, and as many `crowd-<number>` as a script asks for. */
export class People {
  #named = new Map<string, Person>();
  /** Crowd people are generated from their number; only those somebody changed are kept. */
  #patchedCrowd = new Map<string, Person>();
  /** Ids whose account is gone. Nobody gets one again: openids follow from ids, and a new account has a new openid. */
  readonly #deleted = new Set<string>();
  /** Openids that were told to somebody, to their person: nothing leads back from an openid by itself. */
  readonly #byOpenid = new BoundedMap<string>(CAPACITY);

  constructor(
    readonly seed: string,
    readonly followers: Followers,
  ) {
    this.reset();
  }

  find(id: string): Person | undefined {
    if (this.#deleted.has(id)) return undefined;
    return (
      this.#named.get(id) ??
      this.#patchedCrowd.get(id) ??
      (isGeneratedId(id) ? generatePerson(id) : undefined)
    );
  }

  /** The named people; the crowd has no list. */
  list(): Person[] {
    return [...this.#named.values()];
  }

  /** Somebody new with a phone. @throws {TypeError} the id has no good shape, is taken, or was a deleted person's */
  create({ id = this.#freeId(), ...patch }: NewPerson): Person {
    if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(id)) {
      throw new TypeError("a person's id is 1 to 40 small letters, digits and hyphens");
    }
    if (this.find(id)) throw new TypeError(`somebody has the person id ${id} already`);
    if (this.#deleted.has(id)) {
      throw new TypeError(`the person id ${id} was a deleted person's; a new account needs another one`);
    }
    const person: Person = {
      nickname: id,
      headimgurl: avatar(id),
      unionid: true,
      follows: true,
      snapshot: false,
      highRisk: false,
      ...patch,
      id,
    };
    this.#named.set(id, person);
    return person;
  }

  /** `person-1`, `person-2`, …: after a reset they start again, and so do their openids. */
  #freeId(): string {
    let number = 1;
    while (this.find(`person-${number}`) || this.#deleted.has(`person-${number}`)) number += 1;
    return `person-${number}`;
  }

  /** The account is gone until the next reset, also one of the named few or of the crowd. */
  delete(id: string): void {
    this.#named.delete(id);
    this.#patchedCrowd.delete(id);
    this.#deleted.add(id);
  }

  /** @returns the changed person, or undefined when nobody has this id */
  update(id: string, patch: PersonPatch): Person | undefined {
    const person = this.find(id);
    if (!person) return undefined;
    const updated = { ...person, ...patch };
    (this.#named.has(id) ? this.#named : this.#patchedCrowd).set(id, updated);
    if (patch.follows !== undefined) this.followers.set(id, patch.follows);
    return updated;
  }

  /** What this app may ever learn about the person, snapshots aside. */
  identify(person: Person, app: SimulatedApp): Identity {
    const { nickname, headimgurl } = person;
    const openid = deriveOpenid(this.seed, app.appId, person.id);
    this.#byOpenid.set(`${app.appId} ${openid}`, person.id);
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

  /** Whose openid this is in this app. Of the crowd, only those whose openid was ever told. */
  findByOpenid(openid: string, app: SimulatedApp): Person | undefined {
    const id =
      this.#byOpenid.get(`${app.appId} ${openid}`) ??
      this.list().find((person) => deriveOpenid(this.seed, app.appId, person.id) === openid)?.id;
    return id === undefined ? undefined : this.find(id);
  }

  reset(): void {
    this.#named = new Map(defaults.map((person) => [person.id, { ...person }]));
    this.#patchedCrowd = new Map();
    this.#deleted.clear();
  }
}
