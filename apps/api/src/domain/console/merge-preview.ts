import { countSessionsOf, countSignInsOf } from "../../db/console/conflicts.js";
import { findUser } from "../../db/console/people.js";
import { listExternalIdsOfUser } from "../../db/external-users.js";
import type { Deps } from "../deps.js";
import { mergeRefusalOf, resolveUserId } from "../identity/merges.js";
import type { OperatorRole } from "../operators/roles.js";
import { listPeople, withBindings } from "./people.js";
import { type Choice, type Found, findAnything } from "./search.js";
import { getSignIn } from "./sign-ins.js";

/** More people than this are told apart by something more exact than what was pasted. */
const maxCandidates = 10;

/**
 * The people whom a pasted text means, as the search box of the console understands it: an openid, a unionid, an id or the end
 * of one, a host's id, a sign-in that ended as theirs, else a nickname. `more` says that others match too.
 */
export async function listMergeCandidates(deps: Deps, role: OperatorRole, text: string) {
  const found = await findAnything(deps, text);
  if (found.kind === "people") {
    const { items, nextCursor } = await listPeople(deps, role, { q: found.q, limit: maxCandidates });
    return { items, nextCursor: null, more: nextCursor !== null };
  }
  const users = await findUsers(deps, await userIdsOf(deps, found));
  // Ids begin with the time: newest first, as in the list.
  users.sort((a, b) => (a.userId < b.userId ? 1 : -1));
  return { items: await withBindings(deps, users), nextCursor: null, more: false };
}

async function userIdsOf(deps: Deps, found: Found | Choice): Promise<string[]> {
  switch (found.kind) {
    case "person":
      return [found.userId];
    case "sign_in": {
      const person = (await getSignIn(deps, found.id))?.person;
      // A guess is no reason to offer a person for a merge.
      return person && !person.isGuess ? [person.userId] : [];
    }
    case "several":
      return (await Promise.all(found.choices.map((choice) => userIdsOf(deps, choice)))).flat();
    default:
      return [];
  }
}

/**
 * Two people side by side as in a conflict, each with what a merge would move, and why the merge would be refused, if it would;
 * one of them alone before the other is chosen. A user who was merged is shown as the one that they became.
 */
export async function previewMerge(
  deps: Deps,
  { userId, otherUserId }: { userId: string; otherUserId?: string | undefined },
) {
  if (otherUserId === undefined) return { users: await describeSides(deps, [userId]), refusal: null };
  const [intoUserId = userId, fromUserId = otherUserId] = await Promise.all(
    [userId, otherUserId].map((id) => resolveUserId(deps, id)),
  );
  const [users, refusal = null] = await Promise.all([
    describeSides(deps, [intoUserId, fromUserId]),
    mergeRefusalOf(deps, { fromUserId, intoUserId }),
  ]);
  return { users, refusal };
}

/** The users whom these ids stand for now, each once and with what a merge would move. */
export async function describeSides(deps: Deps, userIds: readonly string[]) {
  const people = await withBindings(deps, await findUsers(deps, userIds));
  return Promise.all(people.map((person) => describeSide(deps, person)));
}

/** The users whom these ids stand for now, each once. */
async function findUsers(deps: Deps, userIds: readonly string[]) {
  const ids = await Promise.all(userIds.map((id) => resolveUserId(deps, id)));
  const known = [...new Set(ids)].filter((id) => id !== undefined);
  return (await Promise.all(known.map((userId) => deps.db.run(findUser, { userId })))).flat();
}

async function describeSide<Person extends { userId: string }>(deps: Deps, person: Person) {
  const { userId } = person;
  const [[sessions], [signIns], externalIds] = await Promise.all([
    deps.db.run(countSessionsOf, { userId }),
    deps.db.run(countSignInsOf, { userId }),
    deps.db.run(listExternalIdsOfUser, { userId }),
  ]);
  return { ...person, sessions: sessions?.rows ?? 0, signIns: signIns?.rows ?? 0, externalIds };
}
