import { countMoves, findMergeDetail, findMergeReason, listMergeRows } from "../../db/console/merges.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { canUndo, undoableUntil, undoRefusalOf } from "../identity/merges.js";
import { peopleOf } from "./conflicts.js";
import type { PageInput } from "./view.js";

/** Merges, newest first, also those that are undone. */
export async function listMerges(deps: Deps, { cursor, limit }: PageInput) {
  const cursors = cursorsOf(deps.keys, { list: "merges" });
  const rows = await listMergeRows(deps.db, { after: cursors.read(cursor), limit: limit + 1 });
  const page = pageOf({ rows }, limit, cursors, ({ createdAt, id }) => ({ at: createdAt, id }));
  const people = await peopleOf(deps, [...new Set(page.items.map(({ intoUserId }) => intoUserId))]);
  return {
    ...page,
    items: page.items.map((row) => ({
      ...row,
      undoableUntil: undoableUntil(row),
      /** Who the survivor is now; null after their erasure. */
      survivor: people.get(row.intoUserId) ?? null,
    })),
  };
}

/**
 * One merge with its reason, how many rows of each kind it moved (null when it is too late for an undo: that is deleted), and
 * what keeps it from being undone, if anything does; undefined if there is none.
 */
export async function getMerge(deps: Deps, id: string) {
  const [merge] = await deps.db.run(findMergeDetail, { id });
  if (!merge) return undefined;
  const { intoUserId } = merge;
  const [[written], moves, undoRefusal] = await Promise.all([
    deps.db.run(findMergeReason, { id, intoUserId }),
    deps.db.run(countMoves, { mergeId: id }),
    undoRefusalOf(deps, merge),
  ]);
  const moved = (kind: (typeof moves)[number]["kind"]) => moves.find((one) => one.kind === kind)?.rows ?? 0;
  return {
    ...merge,
    undoableUntil: undoableUntil(merge),
    undoRefusal: undoRefusal ?? null,
    reason: written?.reason ?? null,
    moved: canUndo(deps, merge)
      ? {
          bindings: moved("binding"),
          sessions: moved("session"),
          externalIds: moved("external_user"),
          signIns: moved("sign_in"),
        }
      : null,
  };
}
