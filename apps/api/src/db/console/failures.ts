import { and, count, countDistinct, desc, eq, gte, lte, max, min, or, type SQL } from "drizzle-orm";
import type { Database } from "../database.js";
import { newestFirst, olderThan } from "../keyset.js";
import type { Tables } from "../schema.js";
import { type Params, statement } from "../statement.js";

export interface FailureFilter {
  /** An openid, rid, sign-in id, failure id or errcode, compared exactly. */
  text?: string | undefined;
  appId?: string | undefined;
  endpoint?: string | undefined;
  errcode?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

const columnsOf = (t: Tables) => ({
  id: t.apiFailures.id,
  at: t.apiFailures.at,
  appId: t.apiFailures.appId,
  endpoint: t.apiFailures.endpoint,
  errcode: t.apiFailures.errcode,
  errmsg: t.apiFailures.errmsg,
  rid: t.apiFailures.rid,
  openid: t.apiFailures.openid,
  attempt: t.apiFailures.attempt,
  latencyMs: t.apiFailures.latencyMs,
  signInId: t.apiFailures.signInId,
});

function conditionsOf({ apiFailures: f }: Tables, filter: FailureFilter): (SQL | undefined)[] {
  const { text, appId, endpoint, errcode, from, to } = filter;
  return [
    appId ? eq(f.appId, appId) : undefined,
    endpoint ? eq(f.endpoint, endpoint) : undefined,
    errcode ? eq(f.errcode, errcode) : undefined,
    from ? gte(f.at, from) : undefined,
    to ? lte(f.at, to) : undefined,
    text
      ? or(eq(f.openid, text), eq(f.rid, text), eq(f.signInId, text), eq(f.id, text), eq(f.errcode, text))
      : undefined,
  ];
}

export function listFailures(
  db: Database,
  filter: FailureFilter,
  page: { after?: { at: Date; id: string } | undefined; limit: number },
) {
  return db.consoleQuery((orm, t) => {
    const columns = { at: t.apiFailures.at, id: t.apiFailures.id };
    return orm
      .select(columnsOf(t))
      .from(t.apiFailures)
      .where(and(...conditionsOf(t, filter), olderThan(columns, page.after)))
      .orderBy(...newestFirst(columns))
      .limit(page.limit);
  });
}

/** Failures by (app, endpoint, errcode), the most frequent first; people are counted by openid. */
export function groupFailures(db: Database, filter: FailureFilter, limit: number) {
  return db.consoleQuery((orm, t) => {
    const f = t.apiFailures;
    const events = count();
    return orm
      .select({
        appId: f.appId,
        endpoint: f.endpoint,
        errcode: f.errcode,
        events,
        people: countDistinct(f.openid),
        signIns: countDistinct(f.signInId),
        firstSeenAt: min(f.at),
        lastSeenAt: max(f.at),
      })
      .from(f)
      .where(and(...conditionsOf(t, filter)))
      .groupBy(f.appId, f.endpoint, f.errcode)
      .orderBy(desc(events), desc(max(f.at)))
      .limit(limit);
  });
}

export const findFailure = statement("find_failure", (orm, t, p: Params<{ id: string }>) =>
  orm.select(columnsOf(t)).from(t.apiFailures).where(eq(t.apiFailures.id, p.id)),
);
