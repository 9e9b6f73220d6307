import type { SimulatedApp } from "./apps.js";
import { avatarPath } from "./avatar-path.js";
import { BoundedMap } from "./bounded-map.js";
import type { Followers } from "./followers.js";
import { generatePerson, isGeneratedId } from "./generated-people.js";
import { deriveOpenid, deriveUnionid } from "./ids.js";
import type { Identity, NewPerson, Person, PersonPatch } from "./person.js";

const defaults: readonly Person[] = [
  { id: "alice", nickname: "林小满", headimgurl: avatarPath("alice") },
  { id: "emoji", nickname: "🦊 Foxy 🎉👩‍👩‍👧", headimgurl: avatarPath("emoji") },
  { id: "noavatar", nickname: "无头像", headimgurl: "", unionid: false },
  {
    // Right-to-left override, zero-width characters, stacked marks and markup, which a console must render safely.
    id: "longname",
    nickname: `\u202Eevil \u200B\u200D<b>&"'</b> Z\u0351\u036B\u0343a\u0322\u0328l\u0337g\u0321o ${"很长的名字".repeat(12)}`,
    headimgurl: avatarPath("longname"),
  },
  { id: "snapshot", nickname: "快照访客", headimgurl: avatarPath("snapshot"), snapshot: true },
  // WeChat sends control characters such as U+0014 raw inside JSON strings, which strict parsers reject.
  { id: "control", nickname: "控制\u0014字符\u001f", headimgurl: avatarPath("control") },
  { id: "bigavatar", nickname: "大头像", headimgurl: avatarPath("bigavatar", "0") },
].map((person) => ({ unionid: true, follows: true, snapshot: false, highRisk: false, ...person }));

/** Enough for the openids of a long load test. */
const CAPACITY = 200_000;

/** The named people, and a generated person for every id `crowd-<number>`. */
export class People {
  #named = new Map<string, Person>();
  /** Generated people are kept only once they were changed. */
  #changedGenerated = new Map<string, Person>();
  /** Ids of deleted accounts. They are never reused: openids derive from ids, and a new account has a new openid. */
  readonly #deleted = new Set<string>();
  /** Maps issued openids to person ids: an openid is a hash and cannot be reversed. */
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
      this.#changedGenerated.get(id) ??
      (isGeneratedId(id) ? generatePerson(id) : undefined)
    );
  }

  /** The named people only; the generated ones are unlimited. */
  list(): Person[] {
    return [...this.#named.values()];
  }

  /** @throws {TypeError} the id is malformed, taken, or belonged to a deleted person */
  create({ id = this.#freeId(), ...patch }: NewPerson): Person {
    if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(id)) {
      throw new TypeError("a person's id is 1 to 40 lower-case letters, digits and hyphens");
    }
    if (this.find(id)) throw new TypeError(`the person id ${id} is taken`);
    if (this.#deleted.has(id)) {
      throw new TypeError(
        `the person id ${id} belonged to a deleted person; a new account needs another one`,
      );
    }
    const person: Person = {
      nickname: id,
      headimgurl: avatarPath(id),
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

  /** `person-1`, `person-2`, …; counting restarts after a reset, so the openids repeat. */
  #freeId(): string {
    let number = 1;
    while (this.find(`person-${number}`) || this.#deleted.has(`person-${number}`)) number += 1;
    return `person-${number}`;
  }

  /** Deletes any person, named or generated, until the next reset. */
  delete(id: string): void {
    this.#named.delete(id);
    this.#deleted.add(id);
  }

  /** @returns the changed person; undefined if the id is unknown */
  update(id: string, patch: PersonPatch): Person | undefined {
    const person = this.find(id);
    if (!person) return undefined;
    const updated = { ...person, ...patch };
    (this.#named.has(id) ? this.#named : this.#changedGenerated).set(id, updated);
    if (patch.follows !== undefined) this.followers.set(id, patch.follows);
    return updated;
  }

  /** What this app can learn about the person, outside a snapshot page. */
  identify(person: Person, app: SimulatedApp): Identity {
    const { nickname, headimgurl } = person;
    const openid = deriveOpenid(this.seed, app.appId, person.id);
    this.#byOpenid.set(`${app.appId} ${openid}`, person.id);
    if (!person.unionid || app.openPlatform === null) return { openid, nickname, headimgurl };
    return { openid, unionid: deriveUnionid(this.seed, app.openPlatform, person.id), nickname, headimgurl };
  }

  /** In a snapshot page nickname, avatar, openid and unionid are all virtual. */
  identifyVirtually(person: Person, app: SimulatedApp): Identity {
    const openid = deriveOpenid(this.seed, app.appId, `${person.id} (virtual)`);
    const virtual = { openid, nickname: "虚拟用户", headimgurl: avatarPath("virtual") };
    if (app.openPlatform === null) return virtual;
    return { ...virtual, unionid: deriveUnionid(this.seed, app.openPlatform, `${person.id} (virtual)`) };
  }

  /** The person with this openid in this app. A generated person is found once their openid was issued. */
  findByOpenid(openid: string, app: SimulatedApp): Person | undefined {
    const id =
      this.#byOpenid.get(`${app.appId} ${openid}`) ??
      this.list().find((person) => deriveOpenid(this.seed, app.appId, person.id) === openid)?.id;
    return id === undefined ? undefined : this.find(id);
  }

  reset(): void {
    this.#named = new Map(defaults.map((person) => [person.id, { ...person }]));
    this.#changedGenerated = new Map();
    this.#deleted.clear();
  }
}
