import { countLiveOperatorSessions, listOperatorRows } from "../../db/console/operators.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { livenessAt, operatorSessionLifetime } from "../sessions/lifetime.js";
import type { PageInput } from "./view.js";

/** Everybody who works in the console or did, newest first. */
export async function listOperators(deps: Deps, { cursor, limit }: PageInput) {
  const cursors = cursorsOf(deps.keys, { list: "operators" });
  const [rows, signedIn] = await Promise.all([
    listOperatorRows(deps.db, { after: cursors.read(cursor), limit: limit + 1 }),
    deps.db.run(countLiveOperatorSessions, livenessAt(operatorSessionLifetime, deps.now())),
  ]);
  const page = pageOf({ rows }, limit, cursors, ({ createdAt, id }) => ({ at: createdAt, id }));
  return {
    ...page,
    items: page.items.map(({ lastEntryAt, ...row }) => {
      const live = signedIn.find(({ operatorId }) => operatorId === row.id);
      return {
        ...row,
        sessions: live?.sessions ?? 0,
        // A session that ended is not stored any more: then it is the last thing that they did.
        lastSeenAt: later(live?.lastSeenAt ?? null, lastEntryAt),
      };
    }),
  };
}

const later = (one: Date | null, other: Date | null): Date | null =>
  one === null || (other !== null && other > one) ? other : one;
