import { and, count, eq } from "drizzle-orm";
import type { Database } from "../database.js";

/** Whether a person has ever signed in, as far back as sign-ins are kept. */
export async function hasSignedIn(db: Database): Promise<boolean> {
  const rows = await db.consoleQuery((orm, { signIns: s }) =>
    orm.select({ id: s.id }).from(s).where(eq(s.outcome, "signed_in")).limit(1),
  );
  return rows.length > 0;
}

/** How many owners can sign in to the console. */
export async function countOwners(db: Database): Promise<number> {
  const [row] = await db.consoleQuery((orm, { operators: o }) =>
    orm
      .select({ owners: count() })
      .from(o)
      .where(and(eq(o.role, "owner"), eq(o.status, "active"))),
  );
  return row?.owners ?? 0;
}
