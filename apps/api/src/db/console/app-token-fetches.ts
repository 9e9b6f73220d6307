import { and, eq } from "drizzle-orm";
import type { Database } from "../database.js";
import { newestFirst, olderThan, type Position } from "../keyset.js";
import type { AppTokenKind } from "../schema.js";

/** The fetches of one app's token, newest first. */
export function listAppTokenFetches(
  db: Database,
  { appId, kind }: { appId: string; kind: AppTokenKind },
  page: { after: Position | undefined; limit: number },
) {
  return db.consoleQuery((orm, { appTokenFetches: f }) => {
    const columns = { at: f.at, id: f.id };
    return orm
      .select({
        id: f.id,
        at: f.at,
        source: f.source,
        requestedBy: f.requestedBy,
        latencyMs: f.latencyMs,
        generation: f.generation,
        errcode: f.errcode,
      })
      .from(f)
      .where(and(eq(f.appId, appId), eq(f.kind, kind), olderThan(columns, page.after)))
      .orderBy(...newestFirst(columns))
      .limit(page.limit);
  });
}
