import { setImmediate as yieldToRequests } from "node:timers/promises";
import { deleteBindingOfUser, listBindingsOfUser } from "../../db/bindings.js";
import { StaleDataError } from "../../db/database.js";
import { deleteBatchSize } from "../../db/delete-batch.js";
import {
  blankIdempotencyKeys,
  deleteAuditDetails,
  deleteBindLinks,
  deleteConflicts,
  deleteConsents,
  deleteErasedUser,
  deleteExternalUsers,
  deleteMerge,
  deleteMergeMoves,
  deleteTickets,
  deleteUnion,
  insertBlockedIdentity,
  insertBlockedUnion,
  insertErasure,
  listMergesOfUser,
  listUsersMergedInto,
  lockErasedUser,
  stepBackGroupJoin,
} from "../../db/erasures.js";
import { blankOutbox } from "../../db/outbox.js";
import { deleteSessionsOfUser } from "../../db/sessions.js";
import { type BoundStatement, required } from "../../db/statement.js";
import { deleteTokensOfUser } from "../../db/tokens.js";
import { findUserState, lockUser } from "../../db/users.js";
import { type Actor, actorId, actRecords, writeAct } from "../audit.js";
import { unionGroups } from "../bindings/union-groups.js";
import type { Deps } from "../deps.js";
import { outboxRecord } from "../events/outbox.js";
import { openidPseudonyms, unionidPseudonyms } from "./blocked-identities.js";
import { type AppIdentity, eraseHistory, keyOf } from "./erase-history.js";
import { noteErasures } from "./erasure-ledger.js";

/**
 * Erases a person, with the users that were merged into them: sessions and tokens at once, then the history in small batches,
 * then bindings, profile and all else that names them. Sign-ins and failures stay with pseudonyms until they expire; a blocked
 * person stays blocked. A job finishes what a process that died left.
 *
 * @returns false if there is no such user.
 * @throws {DatabaseError} the erasure is begun, or nothing is changed
 */
export async function eraseUser(deps: Deps, { userId, by }: { userId: string; by: Actor }): Promise<boolean> {
  const begun = { operatorId: by === "person" ? null : actorId(by), at: deps.now() };
  const person = await beginErasure(deps, userId, by, begun);
  if (!person) return false;
  // Also who was merged into them since they were read; from now on such a merge is refused.
  const users = await usersOfPerson(deps, person.id);
  await deps.db.batch(users.flatMap((user) => beginningOf(user, begun)));
  const blocked = users.some(({ status }) => status === "blocked");
  noteErasures(
    deps,
    users.map(({ id }) => ({ userId: id, ...begun, blocked })),
  );
  // The person last: while they exist, a job finds those who were merged into them.
  for (const { id } of [...users].reverse()) await finishErasure(deps, id);
  deps.log.info({ event: "user_erased", userId: person.id }, "a person was erased");
  return true;
}

/** When and by whom: null is the person themselves. */
interface Begun {
  operatorId: string | null;
  at: Date;
}

const beginningOf = ({ id }: User, begun: Begun): BoundStatement<unknown>[] => [
  insertErasure.with({ userId: id, ...begun }),
  deleteSessionsOfUser.with({ userId: id }),
  deleteTokensOfUser.with({ userId: id }),
];

/** @returns the person, whom this user may have become; undefined if there is none. */
async function beginErasure(deps: Deps, userId: string, by: Actor, begun: Begun): Promise<User | undefined> {
  for (;;) {
    const users = await usersOfPerson(deps, userId);
    const [person] = users;
    if (!person) return undefined;
    const hasBegun = await writeAct(deps, [
      required(lockUser.with({ id: person.id })),
      ...users.flatMap((user) => beginningOf(user, begun)),
      ...actRecords(deps, by, { event: "people.erase", userId: person.id }),
    ]);
    // Otherwise they were merged into another user, or erased, since they were read.
    if (hasBegun) return person;
  }
}

type User = Pick<NonNullable<Awaited<ReturnType<typeof findUser>>>, "id" | "status">;
const findUser = async (deps: Deps, id: string) => (await deps.db.run(findUserState, { id }))[0];

/** The user whom this one became, then all who were merged into that one. */
async function usersOfPerson(deps: Deps, userId: string): Promise<User[]> {
  let person = await findUser(deps, userId);
  while (person?.mergedInto) person = await findUser(deps, person.mergedInto);
  if (!person) return [];
  const users: User[] = [person];
  for (const user of users) users.push(...(await deps.db.run(listUsersMergedInto, { id: user.id })));
  return users;
}

/**
 * Erases a user whose erasure is in the ledger. It may be interrupted at any point and repeated.
 *
 * @throws {DatabaseError}
 */
export async function finishErasure(deps: Deps, userId: string): Promise<void> {
  const identities = new Map<string, AppIdentity>();
  while (await findUser(deps, userId)) {
    const bindings = await deps.db.run(listBindingsOfUser, { userId });
    for (const { appId, openid } of bindings) identities.set(keyOf({ appId, openid }), { appId, openid });
    await eraseHistory(deps, userId, identities);
    for (const { id } of await deps.db.run(listMergesOfUser, { userId })) await eraseMerge(deps, id);
    try {
      await deps.db.batch(await identityRecords(deps, userId, bindings));
    } catch (error) {
      // A sign-in made a binding meanwhile.
      if (!(error instanceof StaleDataError)) throw error;
    }
  }
  // What was written while the user was still there.
  await eraseHistory(deps, userId, identities);
  // The write-ahead log holds the pages as they were.
  await deps.db.checkpoint({ always: true });
}

async function eraseMerge(deps: Deps, mergeId: string): Promise<void> {
  while ((await deps.db.run(deleteMergeMoves, { mergeId })).length >= deleteBatchSize)
    await yieldToRequests();
  await deps.db.run(deleteMerge, { id: mergeId });
}

/** All that says who the user is, as one batch: from then on they are a stranger. */
async function identityRecords(
  deps: Deps,
  userId: string,
  bindings: { id: string; appId: string; openid: string; unionid: string | null }[],
): Promise<BoundStatement<unknown>[]> {
  const at = deps.now();
  const unionids = new Set(bindings.flatMap(({ unionid }) => (unionid === null ? [] : [unionid])));
  const groups = unionids.size === 0 ? [] : await unionGroups(deps);
  const unions = [...unionids].flatMap((unionid) => groups.map(({ group }) => ({ group, unionid, userId })));
  return [
    required(lockErasedUser.with({ id: userId })),
    ...bindings.flatMap(({ id, appId, openid }) => [
      insertBlockedIdentity.with({ hash: openidPseudonyms(deps, appId, openid)[0], userId, at }),
      deleteBindingOfUser.with({ id, userId }),
      stepBackGroupJoin.with({ appId, openid }),
    ]),
    ...unions.flatMap((union) => [
      insertBlockedUnion.with({ hash: unionidPseudonyms(deps, union.group, union.unionid)[0], ...union, at }),
      deleteUnion.with(union),
    ]),
    deleteTickets.with({ userId }),
    deleteBindLinks.with({ userId }),
    blankIdempotencyKeys.with({ userId }),
    deleteExternalUsers.with({ userId }),
    deleteConsents.with({ userId }),
    deleteConflicts.with({ userId }),
    deleteAuditDetails.with({ userId }),
    deleteSessionsOfUser.with({ userId }),
    blankOutbox.with({ userId }),
    outboxRecord(deps, { type: "user.erased", userId }),
    required(deleteErasedUser.with({ id: userId })),
  ];
}
