import type { SimulatedApp } from "../stores/apps.js";
import type { Store } from "../stores/store.js";

/**
 * The person that an example names: anybody may have been deleted, also alice. One whose sign-in ends without further
 * ado where there is one, and of the crowd, which has no end, where nobody else is left.
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
