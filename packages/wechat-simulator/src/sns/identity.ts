import type { CodeGrant } from "../stores/codes.js";
import type { Identity, Person } from "../stores/person.js";
import type { Store } from "../stores/store.js";

/** Who the person of a code or a token is to its app: inside a snapshot page, nobody real. */
export function identityOf(store: Store, grant: CodeGrant): { person: Person; identity: Identity } {
  const app = store.apps.find(grant.appId);
  const person = store.people.find(grant.personId);
  // Apps are never removed, and with a person end all codes and tokens: both are still there.
  if (!app || !person) throw new Error("a code or a token outlived its app or its person");
  const identity = grant.snapshot
    ? store.people.identifyVirtually(person, app)
    : store.people.identify(person, app);
  return { person, identity };
}
