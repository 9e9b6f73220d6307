import { findConflict } from "../../db/conflicts.js";
import { countOpenConflicts, listConflictRows } from "../../db/console/conflicts.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { resolveUserId } from "../identity/merges.js";
import { describeSides } from "./merge-preview.js";
import { withBindings } from "./people.js";
import type { PageInput } from "./view.js";

/** Conflicts, newest first, each with the two people as they are known now. */
export async function listConflicts(
  deps: Deps,
  { cursor, limit, state }: PageInput & { state: "open" | "resolved" },
) {
  const cursors = cursorsOf(deps.keys, { list: "conflicts", state });
  const rows = await listConflictRows(deps.db, state, { after: cursors.read(cursor), limit: limit + 1 });
  const page = pageOf({ rows }, limit, cursors, ({ createdAt, id }) => ({ at: createdAt, id }));
  const ids = new Set(page.items.flatMap(({ userId, otherUserId }) => [userId, otherUserId]));
  const people = await peopleOf(deps, [...ids]);
  return {
    ...page,
    items: page.items.map(({ userId, otherUserId, ...row }) => ({
      ...row,
      user: people.get(userId) ?? null,
      otherUser: people.get(otherUserId) ?? null,
    })),
  };
}

/** It is shown beside the navigation, where more than this is only "more". */
const maxCount = 99;

/** How many conflicts wait for a decision; of very many only that there are more. */
export async function countConflicts(deps: Deps) {
  const [open] = await deps.db.run(countOpenConflicts, { limit: maxCount + 1 });
  const count = open?.rows ?? 0;
  return { count: Math.min(count, maxCount), isMore: count > maxCount };
}

/** Who each of these users is now, and the nickname that they are shown by. */
export async function peopleOf(deps: Deps, ids: string[]) {
  const current = await Promise.all(ids.map(async (id) => ({ id, userId: await resolveUserId(deps, id) })));
  const known = [...new Set(current.flatMap(({ userId }) => (userId === undefined ? [] : [userId])))];
  const shown = await withBindings(
    deps,
    known.map((userId) => ({ userId })),
  );
  return new Map(
    current.map(({ id, userId }) => {
      const person = shown.find((one) => one.userId === userId);
      return [id, person && { userId: person.userId, nickname: person.profile.nickname }];
    }),
  );
}

/**
 * A conflict with both users side by side, each with what a merge would move. A user who was merged since is shown as the one
 * that they became; where both are one by now, there is one user.
 */
export async function getConflict(deps: Deps, id: string) {
  const [conflict] = await deps.db.run(findConflict, { id });
  if (!conflict) return undefined;
  const { userId, otherUserId, ...rest } = conflict;
  return { ...rest, users: await describeSides(deps, [userId, otherUserId]) };
}
