import { and, eq, gte, isNull, lte, or } from "drizzle-orm";
import type { Database } from "../database.js";
import { newestFirst, olderThan } from "../keyset.js";
import type { SignInOutcome, Tables } from "../schema.js";
import { type Params, statement } from "../statement.js";

export interface SignInFilter {
  /** A sign-in id, openid, user id or IP address, compared exactly. */
  text?: string | undefined;
  outcome?: SignInOutcome | "in_progress" | undefined;
  appId?: string | undefined;
  userId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

const columnsOf = (t: Tables) => ({
  id: t.signIns.id,
  appId: t.signIns.appId,
  returnTo: t.signIns.returnTo,
  createdAt: t.signIns.createdAt,
  outcome: t.signIns.outcome,
  outcomeAt: t.signIns.outcomeAt,
  openid: t.signIns.openid,
  userId: t.signIns.userId,
  ip: t.signIns.ip,
  userAgent: t.signIns.userAgent,
});

/** A text with dots or colons is an IP address; any other may be one of three ids. Each column has an index. */
const matching = ({ signIns: s }: Tables, text: string) =>
  /[.:]/.test(text) ? eq(s.ip, text) : or(eq(s.id, text), eq(s.openid, text), eq(s.userId, text));

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
          userId ? eq(s.userId, userId) : undefined,
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
