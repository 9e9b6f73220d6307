import { and, eq, inArray, sql } from "drizzle-orm";
import { columnsFor } from "./insert-select.js";
import { type Params, statement } from "./statement.js";

// Sign-ins that began in a user's browser, as far as is known. They move with the user: a browser whose sign-ins name two users
// is taken for a shared one, and names no user.

type TwoUsers = { fromUserId: string; intoUserId: string };

export const noteMovedBrowsers = statement(
  "note_moved_browsers",
  (orm, t, p: Params<{ mergeId: string; fromUserId: string }>) =>
    orm
      .insert(t.mergeMoves)
      .select(
        orm
          .select(
            columnsFor(t.mergeMoves, {
              mergeId: p.mergeId,
              kind: sql`'browser_sign_in'`,
              key: sql`${t.signIns.id}`,
            }),
          )
          .from(t.signIns)
          .where(eq(t.signIns.browserUserId, p.fromUserId)),
      )
      .returning({ key: t.mergeMoves.key }),
);

export const moveBrowsers = statement("move_browsers", (orm, t, p: Params<TwoUsers>) =>
  orm
    .update(t.signIns)
    .set({ browserUserId: sql`${p.intoUserId}` })
    .where(eq(t.signIns.browserUserId, p.fromUserId))
    .returning({ id: t.signIns.id }),
);

export const moveBackBrowsers = statement(
  "move_back_browsers",
  (orm, t, p: Params<TwoUsers & { mergeId: string }>) =>
    orm
      .update(t.signIns)
      .set({ browserUserId: sql`${p.fromUserId}` })
      .where(
        and(
          eq(t.signIns.browserUserId, p.intoUserId),
          inArray(
            t.signIns.id,
            orm
              .select({ key: t.mergeMoves.key })
              .from(t.mergeMoves)
              .where(and(eq(t.mergeMoves.mergeId, p.mergeId), eq(t.mergeMoves.kind, "browser_sign_in"))),
          ),
        ),
      )
      .returning({ id: t.signIns.id }),
);
