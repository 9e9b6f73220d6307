import { desc, lt } from "drizzle-orm";
import type { Database } from "../database.js";
import type { Position } from "../keyset.js";

/** Incidents, the newest first. An id begins with the time at which it was opened, so the order is that of the key. */
export function listIncidents(db: Database, page: { after: Position | undefined; limit: number }) {
  return db.consoleQuery((orm, { alertIncidents: i }) =>
    orm
      .select()
      .from(i)
      .where(page.after && lt(i.id, page.after.id))
      .orderBy(desc(i.id))
      .limit(page.limit),
  );
}
