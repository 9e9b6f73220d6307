import { BoundedMap } from "./bounded-map.js";

/** Whole crowds sign in; those of long ago are asked again. */
const CAPACITY = 200_000;

/** Who allowed which app snsapi_userinfo before, for the exemption of those who signed in recently. */
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
