import type { SimulatedApp } from "./apps.js";
import type { Clock } from "./clock.js";
import type { Person } from "./person.js";

/** When everybody who follows from the start began to. Unix seconds: 2020-09-13. */
const FOLLOWED_SINCE = 1_600_000_000;

/** Who follows which Official Account. A person's `follows` holds for all of them, but for what was changed one by one. */
export class Followers {
  /** Unix seconds of the following, or `false`; by account and person. */
  readonly #changed = new Map<string, number | false>();

  constructor(readonly clock: Clock) {}

  /** Since when the person follows, in unix seconds; undefined when not at all. */
  since(person: Person, app: SimulatedApp): number | undefined {
    const changed = this.#changed.get(key(person.id, app.appId)) ?? this.#changed.get(person.id);
    if (changed !== undefined && changed !== false) return changed;
    return changed === false || !person.follows ? undefined : FOLLOWED_SINCE;
  }

  isFollowing(person: Person, app: SimulatedApp): boolean {
    return this.since(person, app) !== undefined;
  }

  /** One account, or all of them when no appid is named. */
  set(personId: string, follows: boolean, appId?: string): void {
    const value = follows ? this.clock.nowSeconds() : false;
    if (appId !== undefined) {
      this.#changed.set(key(personId, appId), value);
      return;
    }
    for (const known of this.#changed.keys()) {
      if (known.startsWith(`${personId} `)) this.#changed.delete(known);
    }
    this.#changed.set(personId, value);
  }

  reset(): void {
    this.#changed.clear();
  }
}

/** Neither a person id nor an appid holds a blank. */
function key(personId: string, appId: string): string {
  return `${personId} ${appId}`;
}
