import { and, eq, exists, gte, inArray, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "../database.js";
import { isAbsent, newestFirst, olderThan } from "../keyset.js";
import type { SignInOutcome, Tables } from "../schema.js";
import { type Orm, type Params, statement } from "../statement.js";

export interface SignInFilter {
  /** A sign-in id, openid, user id or IP address, compared exactly. */
  text?: string | undefined;
  outcome?: SignInOutcome | "in_progress" | undefined;
  appId?: string | undefined;
  /** Sign-ins of this user: known to be, or begun in their browser. */
  userId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

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

/** A text with dots or colons is an IP address; any other may be one of three ids. Each column has an index. */
const matching = ({ signIns: s }: Tables, text: string) =>
  /[.:]/.test(text) ? eq(s.ip, text) : or(eq(s.id, text), eq(s.openid, text), eq(s.userId, text));

/** Sign-ins that ended as this user's, those that ended before a session but with one of their openids, and guesses. */
function ofUser(orm: Orm, { signIns: s, bindings: b }: Tables, userId: string): SQL | undefined {
  const openids = orm.select({ openid: b.openid }).from(b).where(eq(b.userId, userId));
  const inTheirApp = orm
    .select({ id: b.id })
    .from(b)
    .where(and(eq(b.appId, s.appId), eq(b.openid, s.openid), eq(b.userId, userId)));
  return or(
    eq(s.userId, userId),
    and(inArray(s.openid, openids), isAbsent(s.userId), exists(inTheirApp)),
    and(eq(s.browserUserId, userId), isAbsent(s.userId), isAbsent(s.openid)),
  );
}

export function listSignIns(
  db: Database,
  { text, outcome, appId, userId, from, to }: SignInFilter,
  page: { after?: { at: Date; id: string } | undefined; limit: number },
) {
  return db.consoleQuery((orm, t) => {
    const s = t.signIns;
    const columns = { at: s.createdAt, id: s.id };
    const byOutcome =
      outcome === undefined
        ? undefined
        : outcome === "in_progress"
          ? isNull(s.outcome)
          : eq(s.outcome, outcome);
    return orm
      .select(columnsOf(t))
      .from(s)
      .where(
        and(
          byOutcome,
          appId ? eq(s.appId, appId) : undefined,
          userId ? ofUser(orm, t, userId) : undefined,
          from ? gte(s.createdAt, from) : undefined,
          to ? lte(s.createdAt, to) : undefined,
          text ? matching(t, text) : undefined,
          olderThan(columns, page.after),
        ),
      )
      .orderBy(...newestFirst(columns))
      .limit(page.limit);
  });
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
