import { and, eq, ne, sql } from "drizzle-orm";
import type { OperatorRole } from "./schema.js";
import { type Params, statement } from "./statement.js";

// What owners change about operators. Each batch begins with `lockOperators`, so that of two the second one sees what the
// first one did.

/**
 * Lets batches that change who may work in the console run one after the other, on PostgreSQL too: each of them first takes
 * the row of the first operator, which is never deleted.
 */
export const lockOperators = statement("lock_operators", (orm, t) =>
  orm
    .update(t.operators)
    .set({ status: sql`${t.operators.status}` })
    .where(sql`${t.operators.id} = (select min(first.id) from operators as first)`)
    .returning({ id: t.operators.id }),
);

/** No row unless this operator is an owner who is not disabled. */
export const findActiveOwner = statement("find_active_owner", (orm, t, p: Params<{ id: string }>) =>
  orm
    .select({ id: t.operators.id })
    .from(t.operators)
    .where(and(eq(t.operators.id, p.id), eq(t.operators.role, "owner"), eq(t.operators.status, "active"))),
);

/** No row if there is none, or its role is not `from` any more. */
export const setOperatorRole = statement(
  "set_operator_role",
  (orm, t, p: Params<{ id: string; from: OperatorRole; to: OperatorRole }>) =>
    orm
      .update(t.operators)
      .set({ role: sql`${p.to}` })
      .where(and(eq(t.operators.id, p.id), eq(t.operators.role, p.from)))
      .returning({ id: t.operators.id }),
);

/** No row if there is none, or it has that status already. */
export const setOperatorStatus = statement(
  "set_operator_status",
  (orm, t, p: Params<{ id: string; status: "active" | "disabled" }>) =>
    orm
      .update(t.operators)
      .set({ status: sql`${p.status}` })
      .where(and(eq(t.operators.id, p.id), ne(t.operators.status, p.status)))
      .returning({ id: t.operators.id }),
);

/** An operator who is not disabled; no row otherwise. */
export const findActiveOperator = statement(
  "find_active_operator",
  (orm, t, p: Params<{ id: string; role: OperatorRole }>) =>
    orm
      .select({ id: t.operators.id })
      .from(t.operators)
      .where(and(eq(t.operators.id, p.id), eq(t.operators.role, p.role), eq(t.operators.status, "active"))),
);

export const findOperatorById = statement("find_operator_by_id", (orm, t, p: Params<{ id: string }>) =>
  orm
    .select({ username: t.operators.username, role: t.operators.role, status: t.operators.status })
    .from(t.operators)
    .where(eq(t.operators.id, p.id)),
);

/** All links that are not redeemed yet: there are few, and each lives for minutes. */
export const deleteOperatorLinks = statement("delete_operator_links", (orm, t) =>
  orm.delete(t.operatorLinks).returning({ role: t.operatorLinks.role }),
);
