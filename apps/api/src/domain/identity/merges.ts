import {
  findConflict,
  reopenConflictsBetween,
  resolveConflict,
  resolveConflictsWithin,
} from "../../db/conflicts.js";
import { findErasure } from "../../db/erasures.js";
import { moveBackBrowsers, moveBrowsers, noteMovedBrowsers } from "../../db/merged-browsers.js";
import {
  clearMergedInto,
  deleteSessionsOfOthersSignIns,
  findMerge,
  followMerge,
  insertMerge,
  listMoves,
  moveBackBindings,
  moveBackConsents,
  moveBackExternalUser,
  moveBackLateUnions,
  moveBackSessions,
  moveBackSignIns,
  moveBackUnion,
  moveBindings,
  moveConsents,
  moveExternalUsers,
  moveSessions,
  moveSignIns,
  moveUnions,
  noteMovedBindings,
  noteMovedExternalUsers,
  noteMovedSessions,
  noteMovedSignIns,
  noteMovedUnions,
  setMergedInto,
  setMergeUndone,
} from "../../db/merges.js";
import { type BoundStatement, required } from "../../db/statement.js";
import { findUserState, lockUser } from "../../db/users.js";
import { type AuditedActor, actorId, actRecords, writeAct } from "../audit.js";
import { unionGroups } from "../bindings/union-groups.js";
import { type Deps, later } from "../deps.js";
import { outboxRecord, outboxRecords } from "../events/outbox.js";
import { isId, newId } from "../ids.js";

/** How long a merge can be undone. What it moved is kept as long. */
const undoDays = 30;

/** A merge that was not made after this moment cannot be undone any more. */
export const undoableAfter = (now: Date): Date => later(now, -undoDays * 86_400);

/** From this moment on a merge cannot be undone any more. */
export const undoableUntil = ({ createdAt }: { createdAt: Date }): Date =>
  later(createdAt, undoDays * 86_400);

/** Whether a merge is young enough to be undone. */
export const canUndo = (deps: Deps, merge: { createdAt: Date }): boolean => undoableUntil(merge) > deps.now();

export type MergeRefusal =
  /** No such user, conflict or merge, or another request changed it first. */
  | "not_found"
  | "same_person"
  /** One of the users has been merged into another one. */
  | "already_merged"
  /** One of the users is blocked and the other is not. */
  | "status_differs"
  /** The erasure of one of the users has begun. */
  | "being_erased"
  | "already_undone"
  | "too_late"
  /** The survivor of a merge has been merged into another one since: that is undone first. */
  | "merged_further"
  | "already_resolved";

/** Why two users may not be merged. */
type PairRefusal = Extract<
  MergeRefusal,
  "not_found" | "same_person" | "already_merged" | "status_differs" | "being_erased"
>;

/** A merge, an undo or a decision that is refused; nothing was changed. */
export class MergeError extends Error {
  override readonly name = "MergeError" as const;
  constructor(readonly reason: MergeRefusal) {
    super(explanations[reason]);
  }
}

const explanations: Record<MergeRefusal, string> = {
  not_found: "There is no such person, conflict or merge. Load the page again.",
  same_person: "Both are the same person already.",
  already_merged: "One of the two was merged into another person. Merge with that person instead.",
  status_differs: "One of the two is blocked. Unblock that person or block the other one first.",
  being_erased: "One of the two is being erased.",
  already_undone: "This merge is undone already.",
  too_late: `A merge can be undone for ${undoDays} days.`,
  merged_further: "The person was merged into another one since. Undo that merge first.",
  already_resolved: "This conflict is resolved already.",
};

export interface Merge {
  fromUserId: string;
  intoUserId: string;
  /** The conflict that led to it, if one did. */
  conflictId?: string | undefined;
  reason: string;
  by: AuditedActor;
}

/**
 * Makes two users one: bindings, unionids, sessions, external ids, consents and sign-ins of the one move to the other. The id of
 * the one stays known (`resolveUserId`). Every open conflict between the two is resolved.
 *
 * @returns the id of the merge, for `undoMerge`.
 * @throws {MergeError} not_found · same_person · already_merged · being_erased · status_differs
 * @throws {DatabaseError}
 */
export async function mergeUsers(deps: Deps, merge: Merge): Promise<string> {
  const { fromUserId, intoUserId, conflictId = null, reason, by } = merge;
  const users = { fromUserId, intoUserId };
  const refusal = await mergeRefusalOf(deps, users);
  if (refusal) throw new MergeError(refusal);
  const now = deps.now();
  const id = newId(now);
  const noted = { mergeId: id, fromUserId };
  const groups = (await unionGroups(deps)).map(({ group }) => group);
  const isDone = await writeAct(deps, [
    ...lockBoth(users),
    required(setMergedInto.with(users)),
    insertMerge.with({ id, conflictId, ...users, operatorId: actorId(by), now }),
    ...groups.flatMap((group) => [
      noteMovedUnions.with({ ...noted, group }),
      moveUnions.with({ ...users, group }),
    ]),
    noteMovedBindings.with(noted),
    moveBindings.with(users),
    noteMovedSessions.with(noted),
    moveSessions.with(users),
    noteMovedExternalUsers.with(noted),
    moveExternalUsers.with(users),
    noteMovedSignIns.with(noted),
    moveSignIns.with(users),
    noteMovedBrowsers.with(noted),
    moveBrowsers.with(users),
    moveConsents.with(users),
    resolveConflictsWithin.with({ userId: intoUserId, now }),
    ...actRecords(deps, by, { event: "people.merge", userId: intoUserId, target: id, reason }),
    outboxRecord(deps, {
      type: "user.merged",
      userId: intoUserId,
      data: { mergedFrom: fromUserId, mergeId: id },
    }),
  ]);
  if (!isDone) throw new MergeError((await mergeRefusalOf(deps, users)) ?? "not_found");
  deps.log.info({ event: "users_merged", mergeId: id, ...users }, "two users were merged");
  return id;
}

/**
 * Makes two users of one again. What moved goes back, if it is still there; what came since stays with the survivor, but for
 * the sign-ins and sessions of the bindings that go back. The conflicts between the two are open again.
 *
 * @returns the two users.
 * @throws {MergeError} not_found · already_undone · too_late · merged_further
 * @throws {DatabaseError}
 */
export async function undoMerge(
  deps: Deps,
  { id, reason, by }: { id: string; reason: string; by: AuditedActor },
): Promise<{ fromUserId: string; intoUserId: string }> {
  const [merge] = await deps.db.run(findMerge, { id });
  if (!merge) throw new MergeError("not_found");
  const { fromUserId, intoUserId } = merge;
  const users = { fromUserId, intoUserId };
  const now = deps.now();
  const madeAfter = undoableAfter(now);
  const refusal = await undoRefusalOf(deps, merge);
  if (refusal) throw new MergeError(refusal);
  const unions = await movesOf(deps, id, "union");
  const externalUsers = await movesOf(deps, id, "external_user");
  const groups = (await unionGroups(deps)).map(({ group }) => group);
  const moved = { ...users, mergeId: id };
  const isDone = await writeAct(deps, [
    required(lockUser.with({ id: intoUserId })),
    required(setMergeUndone.with({ id, madeAfter, operatorId: actorId(by), now })),
    required(clearMergedInto.with(users)),
    ...externalUsers.map(([clientId, externalId]) =>
      moveBackExternalUser.with({ ...users, clientId, externalId }),
    ),
    moveBackBindings.with(moved),
    ...unions.map(([group, unionid]) => moveBackUnion.with({ ...users, group, unionid })),
    ...groups.map((group) => moveBackLateUnions.with({ ...users, group })),
    moveBackSessions.with(moved),
    moveBackSignIns.with(moved),
    moveBackBrowsers.with(moved),
    deleteSessionsOfOthersSignIns.with(users),
    moveBackConsents.with(users),
    reopenConflictsBetween.with(users),
    ...actRecords(deps, by, { event: "people.undo_merge", userId: fromUserId, target: id, reason }),
    ...outboxRecords(
      deps,
      [fromUserId, intoUserId].map((userId) => ({
        type: "user.updated",
        userId,
        data: { undoneMerge: id },
      })),
    ),
  ]);
  if (!isDone) throw new MergeError((await undoRefusalOf(deps, merge)) ?? "not_found");
  deps.log.info({ event: "merge_undone", mergeId: id, ...users }, "a merge was undone");
  return users;
}

/**
 * Decides that the two users of a conflict are two people. The same unionid opens no other conflict between them.
 *
 * @throws {MergeError} not_found · already_resolved
 * @throws {DatabaseError}
 */
export async function keepApart(
  deps: Deps,
  { id, reason, by }: { id: string; reason: string; by: AuditedActor },
): Promise<void> {
  const [conflict] = await deps.db.run(findConflict, { id });
  if (!conflict) throw new MergeError("not_found");
  const isDone = await writeAct(deps, [
    required(resolveConflict.with({ id, resolution: "kept_apart", now: deps.now() })),
    ...actRecords(deps, by, { event: "people.keep_apart", userId: conflict.userId, target: id, reason }),
  ]);
  if (!isDone) throw new MergeError("already_resolved");
}

/**
 * The user whom an id stands for now: itself, or the one into whom that user was merged.
 *
 * @returns undefined if there is no such user.
 * @throws {DatabaseError}
 */
export async function resolveUserId(deps: Deps, userId: string): Promise<string | undefined> {
  let [user] = await deps.db.run(findUserState, { id: userId });
  while (user?.mergedInto) [user] = await deps.db.run(findUserState, { id: user.mergedInto });
  return user?.id;
}

/**
 * What an operator pasted, where it may be the id of a user: the id of the one whom that user became, any other text as it is.
 *
 * @throws {DatabaseError}
 */
export const currentUserId = async (deps: Deps, text: string): Promise<string> =>
  (isId(text) && (await resolveUserId(deps, text))) || text;

/**
 * For a sign-in that found its user before a merge and ends after it: the survivor, to whom the binding follows if the sign-in
 * had just made it.
 *
 * @returns undefined if the user was not merged.
 * @throws {DatabaseError}
 */
export async function followMergedUser(
  deps: Deps,
  { userId, bindingId }: { userId: string; bindingId: string },
): Promise<string | undefined> {
  const survivor = await resolveUserId(deps, userId);
  if (survivor === undefined || survivor === userId) return undefined;
  await deps.db.run(followMerge, { bindingId, fromUserId: userId, intoUserId: survivor });
  return survivor;
}

/** Always in the same order, so that two merges of the same users never wait for each other. */
function lockBoth({
  fromUserId,
  intoUserId,
}: {
  fromUserId: string;
  intoUserId: string;
}): BoundStatement<unknown>[] {
  return [fromUserId, intoUserId].sort().map((id) => required(lockUser.with({ id })));
}

/** Why two users cannot be merged now; undefined if they can. */
export async function mergeRefusalOf(
  deps: Deps,
  { fromUserId, intoUserId }: { fromUserId: string; intoUserId: string },
): Promise<PairRefusal | undefined> {
  if (fromUserId === intoUserId) return "same_person";
  const [from] = await deps.db.run(findUserState, { id: fromUserId });
  const [into] = await deps.db.run(findUserState, { id: intoUserId });
  if (!from || !into) return "not_found";
  const [one, other] = [await resolveUserId(deps, fromUserId), await resolveUserId(deps, intoUserId)];
  if (one === other) return "same_person";
  if (from.mergedInto !== null || into.mergedInto !== null) return "already_merged";
  const erasures = [fromUserId, intoUserId].map((userId) => deps.db.run(findErasure, { userId }));
  if ((await Promise.all(erasures)).flat().length > 0) return "being_erased";
  return from.status === into.status ? undefined : "status_differs";
}

/** Why a merge cannot be undone now; undefined if it can. */
export async function undoRefusalOf(
  deps: Deps,
  merge: { id: string; intoUserId: string; createdAt: Date },
): Promise<MergeRefusal | undefined> {
  const [stored] = await deps.db.run(findMerge, { id: merge.id });
  if (!stored) return "not_found";
  if (stored.undoneAt !== null) return "already_undone";
  if (!canUndo(deps, merge)) return "too_late";
  const [into] = await deps.db.run(findUserState, { id: merge.intoUserId });
  if (!into) return "not_found";
  return into.mergedInto === null ? undefined : "merged_further";
}

/** The two parts of each key: a group may have a slash, a unionid has none; with external users it is the other way round. */
async function movesOf(
  deps: Deps,
  mergeId: string,
  kind: "union" | "external_user",
): Promise<[string, string][]> {
  const moves = await deps.db.run(listMoves, { mergeId, kind });
  return moves.map(({ key }) => {
    const slash = kind === "union" ? key.lastIndexOf("/") : key.indexOf("/");
    return [key.slice(0, slash), key.slice(slash + 1)];
  });
}
