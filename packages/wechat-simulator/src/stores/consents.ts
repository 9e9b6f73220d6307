import { BoundedMap } from "./bounded-map.js";

/** A load test signs in many people; those who consented longest ago are asked again. */
const CAPACITY = 200_000;

/** Who granted snsapi_userinfo to which app, for the switch `recentLogin`. */
export class Consents {
  readonly #given = new BoundedMap<true>(CAPACITY);

  add(personId: string, appId: string): void {
    this.#given.set(`${personId} ${appId}`, true);
  }

  has(personId: string, appId: string): boolean {
    return this.#given.get(`${personId} ${appId}`) === true;
  }

  delete(personId: string, appId: string): void {
    this.#given.delete(`${personId} ${appId}`);
  }

  reset(): void {
    this.#given.clear();
  }
}
