import { and, eq, sql } from "drizzle-orm";
import type { ErrorGroupState } from "./schema/wechat-calls.js";
import { encoded, type Params, statement } from "./statement.js";

/** What stands for the `state_at` of a group that no operator has touched. */
export const untouched = new Date(0);

interface StateValues {
  id: string;
  /** The `state_at` that the operator saw. */
  readAt: Date;
  state: ErrorGroupState;
  at: Date;
  by: string;
  /** Null leaves it as it is, so that an undo finds it. */
  resolvedAt: Date | null;
  mutedUntil: Date | null;
}

/** No row if there is no such group, or another operator has changed it since it was read. */
export const setErrorGroupState = statement("set_error_group_state", (orm, t, p: Params<StateValues>) => {
  const { errorGroups: g } = t;
  return orm
    .update(g)
    .set({
      state: sql`${p.state}`,
      stateAt: sql`${encoded(g.stateAt, p.at)}`,
      stateBy: sql`${p.by}`,
      resolvedAt: sql`coalesce(${encoded(g.resolvedAt, p.resolvedAt)}, ${g.resolvedAt})`,
      mutedUntil: sql`coalesce(${encoded(g.mutedUntil, p.mutedUntil)}, ${g.mutedUntil})`,
    })
    .where(
      and(
        eq(g.id, p.id),
        sql`coalesce(${g.stateAt}, ${sql.param(untouched, g.stateAt)}) = ${encoded(g.stateAt, p.readAt)}`,
      ),
    )
    .returning({ id: g.id });
});

export const findErrorGroup = statement("find_error_group", (orm, t, p: Params<{ id: string }>) =>
  orm.select({ id: t.errorGroups.id }).from(t.errorGroups).where(eq(t.errorGroups.id, p.id)),
);
