import type { CodeGrant } from "../stores/codes.js";
import type { Identity, Person } from "../stores/person.js";
import type { Store } from "../stores/store.js";

/** The person of a code or token as its app sees them: a virtual identity if it came from a snapshot page. */
export function identityOf(store: Store, grant: CodeGrant): { person: Person; identity: Identity } {
  const app = store.apps.find(grant.appId);
  const person = store.people.find(grant.personId);
  // Apps cannot be removed, and deleting a person ends their codes and tokens.
  if (!app || !person) throw new Error("a code or a token outlived its app or its person");
  const identity = grant.snapshot
    ? store.people.identifyVirtually(person, app)
    : store.people.identify(person, app);
  return { person, identity };
}
