import { and, type Column, eq, gte, inArray, lte, type SQL, sql } from "drizzle-orm";
import type { Database } from "../database.js";
import { unindexed } from "../json-rows.js";
import { isAbsent, newestFirst } from "../keyset.js";
import type { Tables } from "../schema.js";
import { encoded, type Orm, type Params, statement } from "../statement.js";
import { countBounded, type PageRequest, readBounded, type Total, type TotalBound } from "./bounded.js";

export interface FailureFilter {
  /** The id of a failure, or of a sign-in. */
  id?: string | undefined;
  openid?: string | undefined;
  rid?: string | undefined;
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

export const failureOrder = (t: Tables) => ({ at: t.apiFailures.at, id: t.apiFailures.id });

/** Each has an index; a list is read by the first that is given, the most selective one. */
const indexed = ["id", "rid", "openid", "errcode", "appId"] as const;

/** What is served by an index, and what is checked on each row. */
export function failureConditions(filter: FailureFilter) {
  const given = [...indexed, "endpoint" as const].flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [{ name, value }];
  });
  const first = given.find(({ name }) => name !== "endpoint");
  const others = given.filter((condition) => condition !== first);
  return {
    served: first && ((t: Tables) => conditionOf(t, first, (column) => column)),
    checked: (t: Tables) => and(...others.map((other) => conditionOf(t, other, unindexed))),
    isFiltered: others.length > 0,
  };
}

function conditionOf(
  { apiFailures: f }: Tables,
  { name, value }: { name: (typeof indexed)[number] | "endpoint"; value: string },
  read: (column: Column) => Column | SQL,
): SQL | undefined {
  if (name !== "id") return sql`${read(f[name])} = ${value}`;
  return sql`(${read(f.id)} = ${value} or ${read(f.signInId)} = ${value})`;
}

function failureList(filter: FailureFilter) {
  const { checked, ...conditions } = failureConditions(filter);
  return {
    table: "apiFailures",
    columns: failureOrder,
    times: filter,
    ...conditions,
    checked: (_orm: Orm, t: Tables) => checked(t),
  } as const;
}

export function listFailures(db: Database, filter: FailureFilter, page: PageRequest) {
  const list = failureList(filter);
  return readBounded(db, page, {
    ...list,
    read: (orm, t, condition) =>
      orm
        .select(columnsOf(t))
        .from(t.apiFailures)
        .where(condition)
        .orderBy(...newestFirst(failureOrder(t)))
        .limit(page.limit),
  });
}

export function countFailures(db: Database, filter: FailureFilter, bound?: TotalBound): Promise<Total> {
  const list = failureList(filter);
  return countBounded(db, bound, {
    ...list,
    matching: (orm, t, condition, limit) =>
      orm.select({ id: t.apiFailures.id }).from(t.apiFailures).where(condition).limit(limit).as("matching"),
  });
}

/** How many sign-ins of a browser are looked at for failures. */
const browserSignIns = 200;

/** The latest failures before an openid was known, in the latest sign-ins that began in this user's browser. */
export async function listFailuresInBrowserOf(db: Database, browserUserId: string, limit: number) {
  const signIns = await db.consoleQuery((orm, { signIns: s }) =>
    orm
      .select({ id: s.id })
      .from(s)
      .where(and(eq(s.browserUserId, browserUserId), isAbsent(s.userId), isAbsent(s.openid)))
      .orderBy(...newestFirst({ at: s.createdAt, id: s.id }))
      .limit(browserSignIns),
  );
  if (signIns.length === 0) return [];
  const ids = signIns.map(({ id }) => id);
  return db.consoleQuery((orm, t) =>
    orm
      .select(columnsOf(t))
      .from(t.apiFailures)
      .where(and(inArray(t.apiFailures.signInId, ids), isAbsent(t.apiFailures.openid)))
      .orderBy(...newestFirst(failureOrder(t)))
      .limit(limit),
  );
}

export const findFailure = statement("find_failure", (orm, t, p: Params<{ id: string }>) =>
  orm
    .select({ ...columnsOf(t), request: t.apiFailures.request, answer: t.apiFailures.answer })
    .from(t.apiFailures)
    .where(eq(t.apiFailures.id, p.id)),
);

/** What WeChat said at the last of an app's failures of one kind between two moments. */
export const findLastErrmsg = statement(
  "find_last_errmsg",
  (
    orm,
    { apiFailures: f },
    p: Params<{ appId: string; endpoint: string; errcode: string; from: Date; to: Date }>,
  ) =>
    orm
      .select({ errmsg: f.errmsg })
      .from(f)
      .where(
        and(
          eq(f.appId, p.appId),
          gte(f.at, encoded(f.at, p.from)),
          lte(f.at, encoded(f.at, p.to)),
          sql`${unindexed(f.endpoint)} = ${p.endpoint}`,
          sql`${unindexed(f.errcode)} = ${p.errcode}`,
        ),
      )
      .orderBy(...newestFirst(failureOrder({ apiFailures: f } as Tables)))
      .limit(1),
);
