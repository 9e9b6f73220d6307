import {
  and,
  count,
  countDistinct,
  desc,
  eq,
  gte,
  inArray,
  isNull,
  lte,
  max,
  min,
  or,
  type SQL,
  sql,
} from "drizzle-orm";
import type { Database } from "../database.js";
import { isAbsent, newestFirst, olderThan } from "../keyset.js";
import type { Tables } from "../schema.js";
import { type Orm, type Params, statement } from "../statement.js";

export interface FailureFilter {
  /** An openid, rid, sign-in id, failure id or errcode, compared exactly. */
  text?: string | undefined;
  appId?: string | undefined;
  endpoint?: string | undefined;
  errcode?: string | undefined;
  /** Failures before an openid was known, in sign-ins that began in this user's browser. */
  browserUserId?: string | undefined;
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

function conditionsOf(
  orm: Orm,
  { apiFailures: f, signIns: s }: Tables,
  filter: FailureFilter,
): (SQL | undefined)[] {
  const { text, appId, endpoint, errcode, browserUserId, from, to } = filter;
  const guessed = () =>
    orm
      .select({ id: s.id })
      .from(s)
      .where(and(eq(s.browserUserId, browserUserId ?? ""), isAbsent(s.userId), isAbsent(s.openid)));
  return [
    browserUserId ? and(isAbsent(f.openid), inArray(f.signInId, guessed())) : undefined,
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
      .where(and(...conditionsOf(orm, t, filter), olderThan(columns, page.after)))
      .orderBy(...newestFirst(columns))
      .limit(page.limit);
  });
}

/**
 * Failures by (app, endpoint, errcode), the most frequent first. People are counted by openid; where a call failed
 * before it was known, by the user of the browser, else by browser. `unnamed` counts those failures.
 */
export function groupFailures(db: Database, filter: FailureFilter, limit: number) {
  return db.consoleQuery((orm, t) => {
    const { apiFailures: f, signIns: s } = t;
    const events = count();
    // The prefixes keep an id of one kind from being taken for one of another.
    const who = sql`case
      when ${f.openid} is not null then 'o' || ${f.openid}
      when ${s.browserUserId} is not null then 'u' || ${s.browserUserId}
      when ${s.browserHash} is not null then 'b' || ${s.browserHash}
    end`;
    return orm
      .select({
        appId: f.appId,
        endpoint: f.endpoint,
        errcode: f.errcode,
        events,
        people: countDistinct(who),
        unnamed: sql<number>`count(*) - count(${f.openid})`.mapWith(Number),
        firstSeenAt: min(f.at),
        lastSeenAt: max(f.at),
      })
      .from(f)
      .leftJoin(s, and(isNull(f.openid), eq(s.id, f.signInId)))
      .where(and(...conditionsOf(orm, t, filter)))
      .groupBy(f.appId, f.endpoint, f.errcode)
      .orderBy(desc(events), desc(max(f.at)))
      .limit(limit);
  });
}

export const findFailure = statement("find_failure", (orm, t, p: Params<{ id: string }>) =>
  orm.select(columnsOf(t)).from(t.apiFailures).where(eq(t.apiFailures.id, p.id)),
);
