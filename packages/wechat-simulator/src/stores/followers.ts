import type { SimulatedApp } from "./apps.js";
import type { Clock } from "./clock.js";
import type { Person } from "./person.js";

/** When the initial followers began to follow, in unix seconds: 2020-09-13. */
const FOLLOWED_SINCE = 1_600_000_000;

/** Who follows which Official Account. A person's `follows` applies to every account that was not changed by itself. */
export class Followers {
  /** When the person began to follow (unix seconds), or `false`; by person, or by person and account. */
  readonly #changed = new Map<string, number | false>();

  constructor(readonly clock: Clock) {}

  /** When the person began to follow, in unix seconds; undefined if they do not follow. */
  since(person: Person, app: SimulatedApp): number | undefined {
    const changed = this.#changed.get(key(person.id, app.appId)) ?? this.#changed.get(person.id);
    if (changed !== undefined && changed !== false) return changed;
    return changed === false || !person.follows ? undefined : FOLLOWED_SINCE;
  }

  isFollowing(person: Person, app: SimulatedApp): boolean {
    return this.since(person, app) !== undefined;
  }

  /** One account, or all of them without an appid. */
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

/** Neither person ids nor appids contain a blank. */
function key(personId: string, appId: string): string {
  return `${personId} ${appId}`;
}
