import type { SimulatedApp } from "../stores/apps.js";
import type { Store } from "../stores/store.js";

/**
 * The person in an example. Named people may have been deleted, even alice. Prefers one whose sign-in needs no extra step;
 * if no named person is left, a generated one.
 */
export function examplePerson({ people, followers }: Store, app: SimulatedApp | undefined): string {
  const named = people.list();
  const easy = named.find(
    (person) => !person.snapshot && (app === undefined || followers.isFollowing(person, app)),
  );
  const person = easy ?? named[0];
  if (person) return person.id;
  let number = 0;
  while (!people.find(`crowd-${number}`)) number += 1;
  return `crowd-${number}`;
}
