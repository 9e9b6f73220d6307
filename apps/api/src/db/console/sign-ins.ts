import { and, type Column, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { Database } from "../database.js";
import { unindexed } from "../json-rows.js";
import { isAbsent, newestFirst } from "../keyset.js";
import type { SignInOutcome, Tables } from "../schema.js";
import { type Orm, type Params, statement } from "../statement.js";
import {
  countBounded,
  mostReadRows,
  type PageRequest,
  readBounded,
  type Total,
  type TotalBound,
} from "./bounded.js";

export interface SignInFilter {
  id?: string | undefined;
  openid?: string | undefined;
  ip?: string | undefined;
  /** Sign-ins that began in the browser of this one. */
  sameBrowserAs?: string | undefined;
  /** Sign-ins that ended as this user's. */
  signedInUserId?: string | undefined;
  /** Sign-ins of this user: known to be, or begun in their browser. */
  userId?: string | undefined;
  outcome?: SignInOutcome | "in_progress" | undefined;
  appId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

const order = (t: Tables) => ({ at: t.signIns.createdAt, id: t.signIns.id });

/** A guess counts only for as long as the openid is not known. */
const guessedUser = ({ signIns: s }: Tables): SQL<string | null> =>
  sql<string | null>`case when ${s.userId} is null and ${s.openid} is null then ${s.browserUserId} end`;

const columnsOf = (t: Tables) => ({
  id: t.signIns.id,
  appId: t.signIns.appId,
  returnTo: t.signIns.returnTo,
  createdAt: t.signIns.createdAt,
  outcome: t.signIns.outcome,
  outcomeAt: t.signIns.outcomeAt,
  openid: t.signIns.openid,
  userId: t.signIns.userId,
  browserUserId: guessedUser(t),
  ip: t.signIns.ip,
  userAgent: t.signIns.userAgent,
});

/**
 * Sign-ins that ended as this user's, those that ended before a session but with one of their openids, and guesses. One list
 * of ids, each part read by its own index: beside `or`, PostgreSQL checks a subquery on each sign-in that it reads by the
 * list's order, which are all of them.
 */
function ofUser(orm: Orm, t: Tables, userId: string, condition: SQL | undefined, limit: number): SQL {
  const { signIns: s, bindings: b } = t;
  const newest = (theirs: SQL | undefined) => {
    const some = orm
      .select({ id: s.id })
      .from(s)
      .where(and(theirs, condition))
      .orderBy(...newestFirst(order(t)))
      .limit(limit)
      .as("some");
    return orm.select({ id: some.id }).from(some);
  };
  const signedIn = newest(eq(s.userId, userId));
  const guessed = newest(and(eq(s.browserUserId, userId), isAbsent(s.userId), isAbsent(s.openid)));
  const before = orm
    .select({ id: s.id })
    .from(b)
    .innerJoin(s, and(eq(s.openid, b.openid), eq(s.appId, b.appId)))
    .where(and(eq(b.userId, userId), isAbsent(s.userId), condition));
  return inArray(s.id, signedIn.unionAll(before).unionAll(guessed));
}

/** Each has an index; a list is read by the first that is given, the most selective one. */
const indexed = ["id", "openid", "sameBrowserAs", "ip", "signedInUserId", "outcome"] as const;

function signInList(filter: SignInFilter) {
  const { userId } = filter;
  const given = [...indexed, "appId" as const].flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [{ name, value }];
  });
  // Those of a person are read by three indexes, and all of them.
  const first = userId ? undefined : given.find(({ name }) => name !== "appId");
  const others = given.filter((condition) => condition !== first);
  return {
    table: "signIns",
    columns: order,
    times: filter,
    served: first && ((t: Tables) => conditionOf(t, first, (column) => column)),
    isFiltered: others.length > 0 && !userId,
    isNarrow: userId !== undefined,
    checked: (_orm: Orm, t: Tables) => and(...others.map((other) => conditionOf(t, other, unindexed))),
    where: (orm: Orm, t: Tables, condition: SQL | undefined, limit: number) =>
      userId ? ofUser(orm, t, userId, condition, limit) : condition,
  } as const;
}

export function listSignIns(db: Database, filter: SignInFilter, page: PageRequest) {
  const list = signInList(filter);
  return readBounded(db, page, {
    ...list,
    read: (orm, t, condition) =>
      orm
        .select(columnsOf(t))
        .from(t.signIns)
        .where(list.where(orm, t, condition, page.limit))
        .orderBy(...newestFirst(order(t)))
        .limit(page.limit),
  });
}

export function countSignIns(db: Database, filter: SignInFilter, bound?: TotalBound): Promise<Total> {
  const list = signInList(filter);
  return countBounded(db, bound, {
    ...list,
    matching: (orm, t, condition, limit) =>
      orm
        .select({ id: t.signIns.id })
        .from(t.signIns)
        .where(list.where(orm, t, condition, limit))
        .limit(limit)
        .as("matching"),
  });
}

function conditionOf(
  { signIns: s }: Tables,
  { name, value }: { name: (typeof indexed)[number] | "appId"; value: string },
  read: <Name extends Column>(column: Name) => Name | SQL,
): SQL {
  // In an index, null is a value like the others.
  if (name === "outcome" && value === "in_progress") {
    return read(s.outcome) === s.outcome ? isNull(s.outcome) : isAbsent(s.outcome);
  }
  if (name === "sameBrowserAs") {
    return sql`${read(s.browserHash)} = (select browser.browser_hash from ${s} browser where browser.id = ${value})`;
  }
  const column = name === "signedInUserId" ? s.userId : s[name];
  return sql`${read(column)} = ${value}`;
}

export const findSignInDetail = statement("find_sign_in_detail", (orm, t, p: Params<{ id: string }>) =>
  orm.select(columnsOf(t)).from(t.signIns).where(eq(t.signIns.id, p.id)),
);

export const listEvents = statement("list_events", (orm, t, p: Params<{ signInId: string }>) =>
  orm
    .select({
      id: t.signInEvents.id,
      at: t.signInEvents.at,
      kind: t.signInEvents.kind,
      durationMs: t.signInEvents.durationMs,
      detail: t.signInEvents.detail,
    })
    .from(t.signInEvents)
    .where(eq(t.signInEvents.signInId, p.signInId))
    .orderBy(t.signInEvents.id)
    .limit(200),
);

/** The outcomes that a person may read a number for, the likeliest first. Null: not finished yet. */
const numberedOutcomes = [
  ...(["failed", "refused", "expired", "snapshot", "blocked", "bound_elsewhere"] as const),
  ...(["abandoned", null, "signed_in", "bound"] as const),
];

/**
 * Sign-ins of whose id only the end is known, newest first. No index serves that: of each outcome the newest are looked at, in
 * an index that holds the id, so that a service with many sign-ins finds a failed one of days ago.
 */
export async function findSignInsByTail(db: Database, tail: string, limit: number) {
  const found: string[] = [];
  for (const outcome of numberedOutcomes) {
    const ids = await db.consoleQuery((orm, { signIns: s }) => {
      const newest = orm
        .select({ id: s.id })
        .from(s)
        .where(outcome === null ? isNull(s.outcome) : eq(s.outcome, outcome))
        .orderBy(...newestFirst({ at: s.createdAt, id: s.id }))
        .limit(mostReadRows)
        .as("newest");
      return orm
        .select({ id: newest.id })
        .from(newest)
        .where(sql`${newest.id} like ${`%${tail}`}`)
        .limit(limit);
    });
    found.push(...ids.map(({ id }) => id));
  }
  if (found.length === 0) return [];
  return db.consoleQuery((orm, { signIns: s }) =>
    orm
      .select({ id: s.id, createdAt: s.createdAt, outcome: s.outcome, appId: s.appId })
      .from(s)
      .where(inArray(s.id, found))
      .orderBy(...newestFirst({ at: s.createdAt, id: s.id }))
      .limit(limit),
  );
}
