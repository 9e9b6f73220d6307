import {
  and,
  desc,
  eq,
  exists,
  gt,
  inArray,
  isNull,
  lt,
  lte,
  ne,
  notExists,
  notInArray,
  or,
  type Placeholder,
  type SQL,
  sql,
} from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { isAbsent } from "./keyset.js";
import type { AuthorizationRequestOutcome, SignInOutcome, SignInPurpose, Tables } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

interface SignInValues {
  id: string;
  purpose: SignInPurpose;
  appId: string;
  returnTo: string;
  browserHash: string;
  ip: string | null;
  userAgent: string | null;
  /** The user who is signed in in this browser, if there is one. */
  sessionUserId: string | null;
  /** The session that alone can finish it; null unless the purpose is `bind`. */
  sessionId: string | null;
  clientId: string | null;
  nonceHash: string | null;
  bindLinkId: string | null;
  now: Date;
  expiresAt: Date;
}

/** How many earlier sign-ins of a browser say whose browser it is: enough for a guess, and a bound for the query. */
const rememberedSignIns = 20;

/** The user of a browser's latest sign-ins. Null where they name several, as on a shared computer. */
function userOfBrowser({ signIns: s }: Tables, browserHash: Placeholder): SQL {
  return sql`(
    select case when min(recent.who) = max(recent.who) then min(recent.who) end
    from (
      select coalesce(${s.userId}, ${s.browserUserId}) as who from ${s}
      where ${s.browserHash} = ${browserHash} order by ${s.createdAt} desc limit ${sql.raw(String(rememberedSignIns))}
    ) as recent
  )`;
}

export const insertSignIn = statement("insert_sign_in", (orm, t, p: Params<SignInValues>) =>
  orm
    .insert(t.signIns)
    .values({
      id: p.id,
      purpose: p.purpose,
      appId: p.appId,
      returnTo: p.returnTo,
      browserHash: p.browserHash,
      ip: p.ip,
      userAgent: p.userAgent,
      browserUserId: sql`coalesce(${p.sessionUserId}, ${userOfBrowser(t, p.browserHash)})`,
      sessionId: p.sessionId,
      clientId: p.clientId,
      nonceHash: p.nonceHash,
      bindLinkId: p.bindLinkId,
      createdAt: p.now,
      expiresAt: p.expiresAt,
    })
    .returning({ id: t.signIns.id }),
);

/**
 * Once a browser's first user is known: its latest sign-ins were probably theirs too. Nothing changes if this sign-in began
 * with a guess already, or if one of them names another user.
 */
export const attributeEarlierSignIns = statement(
  "attribute_earlier_sign_ins",
  (orm, t, p: Params<{ id: string; userId: string }>) => {
    const s = t.signIns;
    const browser = orm
      .select({ hash: s.browserHash })
      .from(s)
      .where(and(eq(s.id, p.id), isNull(s.browserUserId)));
    const recent = orm
      .select({ id: s.id, who: sql<string | null>`coalesce(${s.userId}, ${s.browserUserId})`.as("who") })
      .from(s)
      .where(sql`${s.browserHash} = ${browser}`)
      .orderBy(desc(s.createdAt))
      .limit(rememberedSignIns)
      .as("recent");
    const ofAnother = orm.select({ id: recent.id }).from(recent).where(ne(recent.who, p.userId));
    return orm
      .update(s)
      .set({ browserUserId: sql`${p.userId}` })
      .where(
        and(
          inArray(s.id, orm.select({ id: recent.id }).from(recent)),
          isAbsent(s.browserUserId),
          notExists(ofAnother),
        ),
      )
      .returning({ id: s.id });
  },
);

export const insertAuthorizationRequest = statement(
  "insert_authorization_request",
  (orm, t, p: Params<{ stateHash: string; signInId: string; scope: string; now: Date; expiresAt: Date }>) =>
    orm
      .insert(t.authorizationRequests)
      .values({
        stateHash: p.stateHash,
        signInId: p.signInId,
        scope: p.scope,
        createdAt: p.now,
        expiresAt: p.expiresAt,
      })
      .returning({ signInId: t.authorizationRequests.signInId }),
);

/** A second authorization request extends the life of its sign-in, and tells which notice the person was shown before it. */
export const extendSignIn = statement(
  "extend_sign_in",
  (orm, t, p: Params<{ id: string; noticeVersion: string | null; expiresAt: Date }>) =>
    orm
      .update(t.signIns)
      .set({
        noticeVersion: sql`${p.noticeVersion}`,
        expiresAt: sql`${encoded(t.signIns.expiresAt, p.expiresAt)}`,
      })
      .where(eq(t.signIns.id, p.id))
      .returning({ id: t.signIns.id }),
);

/**
 * Claims an authorization request for one callback request of the browser that began it. One statement, so of any
 * number of requests at the same time exactly one gets the row. It may be expired: see `expiresAt`.
 */
export const claimAuthorizationRequest = statement(
  "claim_authorization_request",
  (orm, t, p: Params<{ stateHash: string; browserHash: string; now: Date }>) =>
    orm
      .update(t.authorizationRequests)
      .set({ claimedAt: sql`${encoded(t.authorizationRequests.claimedAt, p.now)}` })
      .where(
        and(
          eq(t.authorizationRequests.stateHash, p.stateHash),
          isNull(t.authorizationRequests.claimedAt),
          exists(
            orm
              .select({ id: t.signIns.id })
              .from(t.signIns)
              .where(
                and(
                  eq(t.signIns.id, t.authorizationRequests.signInId),
                  eq(t.signIns.browserHash, p.browserHash),
                ),
              ),
          ),
        ),
      )
      .returning({
        scope: t.authorizationRequests.scope,
        expiresAt: t.authorizationRequests.expiresAt,
      }),
);

/** Any other sign-in of the same browser; null without one. */
const otherSignInOfBrowser = ({ signIns: s }: Tables) => sql<string | null>`(
    select other.id from ${s} as other where other.browser_hash = ${s.browserHash} and other.id <> ${s.id} limit 1
  )`;

export const findAuthorizationRequest = statement(
  "find_authorization_request",
  (orm, t, p: Params<{ stateHash: string }>) =>
    orm
      .select({
        signInId: t.authorizationRequests.signInId,
        expiresAt: t.authorizationRequests.expiresAt,
        claimedAt: t.authorizationRequests.claimedAt,
        outcome: t.authorizationRequests.outcome,
        page: t.authorizationRequests.page,
        errcode: t.authorizationRequests.errcode,
        purpose: t.signIns.purpose,
        appId: t.signIns.appId,
        returnTo: t.signIns.returnTo,
        browserHash: t.signIns.browserHash,
        noticeVersion: t.signIns.noticeVersion,
        signInOutcome: t.signIns.outcome,
        sessionId: t.signIns.sessionId,
        clientId: t.signIns.clientId,
        nonceHash: t.signIns.nonceHash,
        bindLinkId: t.signIns.bindLinkId,
        browserUserId: t.signIns.browserUserId,
        otherSignInId: otherSignInOfBrowser(t),
      })
      .from(t.authorizationRequests)
      .innerJoin(t.signIns, eq(t.signIns.id, t.authorizationRequests.signInId))
      .where(eq(t.authorizationRequests.stateHash, p.stateHash)),
);

/** What a repeated callback and a reload show from now on; the outcome stays. */
export const setFailurePage = statement(
  "set_failure_page",
  (orm, t, p: Params<{ stateHash: string; page: string }>) =>
    orm
      .update(t.authorizationRequests)
      .set({ page: sql`${p.page}` })
      .where(eq(t.authorizationRequests.stateHash, p.stateHash))
      .returning({ stateHash: t.authorizationRequests.stateHash }),
);

export const findSignIn = statement("find_sign_in", (orm, t, p: Params<{ id: string }>) =>
  orm
    .select({
      id: t.signIns.id,
      purpose: t.signIns.purpose,
      appId: t.signIns.appId,
      returnTo: t.signIns.returnTo,
      browserHash: t.signIns.browserHash,
      expiresAt: t.signIns.expiresAt,
      outcome: t.signIns.outcome,
      clientId: t.signIns.clientId,
      nonceHash: t.signIns.nonceHash,
      bindLinkId: t.signIns.bindLinkId,
    })
    .from(t.signIns)
    .where(eq(t.signIns.id, p.id)),
);

export const findLastAuthorizationRequest = statement(
  "find_last_authorization_request",
  (orm, t, p: Params<{ signInId: string }>) =>
    orm
      .select({
        outcome: t.authorizationRequests.outcome,
        page: t.authorizationRequests.page,
        errcode: t.authorizationRequests.errcode,
      })
      .from(t.authorizationRequests)
      .where(eq(t.authorizationRequests.signInId, p.signInId))
      .orderBy(sql`${t.authorizationRequests.createdAt} desc`)
      .limit(1),
);

/** How a sign-in ended well. It is final: a later error, or another authorization request that fails, does not undo it. */
const finalOutcomes: ("signed_in" | "bound")[] = ["signed_in", "bound"];

/** Ends an authorization request, unless it ended well: a later error does not change where repeats are answered. */
export const finishAuthorizationRequest = statement(
  "finish_authorization_request",
  (
    orm,
    t,
    p: Params<{
      stateHash: string;
      outcome: AuthorizationRequestOutcome;
      page: string | null;
      errcode: string | null;
    }>,
  ) =>
    orm
      .update(t.authorizationRequests)
      .set({ outcome: sql`${p.outcome}`, page: sql`${p.page}`, errcode: sql`${p.errcode}` })
      .where(
        and(
          eq(t.authorizationRequests.stateHash, p.stateHash),
          or(
            isNull(t.authorizationRequests.outcome),
            notInArray(t.authorizationRequests.outcome, finalOutcomes),
          ),
        ),
      )
      .returning({ signInId: t.authorizationRequests.signInId }),
);

/** Ends an authorization request whose process died before it wrote an outcome; of several callers one gets the row. */
export const abandonAuthorizationRequest = statement(
  "abandon_authorization_request",
  (orm, t, p: Params<{ stateHash: string; claimedBefore: Date }>) =>
    orm
      .update(t.authorizationRequests)
      .set({ outcome: "failed", page: "used" })
      .where(
        and(
          eq(t.authorizationRequests.stateHash, p.stateHash),
          isNull(t.authorizationRequests.outcome),
          lt(t.authorizationRequests.claimedAt, encoded(t.authorizationRequests.claimedAt, p.claimedBefore)),
        ),
      )
      .returning({ signInId: t.authorizationRequests.signInId }),
);

/**
 * Ends a sign-in, unless it ended well.
 *
 * @param browserUserId whose browser it was, where that is not known already and no other sign-in says anything of it.
 */
export const finishSignIn = statement(
  "finish_sign_in",
  (
    orm,
    t,
    p: Params<{
      id: string;
      outcome: SignInOutcome;
      openid: string | null;
      userId: string | null;
      browserUserId: string | null;
      now: Date;
    }>,
  ) =>
    orm
      .update(t.signIns)
      .set({
        outcome: sql`${p.outcome}`,
        openid: sql`${p.openid}`,
        userId: sql`${p.userId}`,
        browserUserId: sql`coalesce(${t.signIns.browserUserId}, ${p.browserUserId})`,
        outcomeAt: sql`${encoded(t.signIns.outcomeAt, p.now)}`,
      })
      .where(
        and(
          eq(t.signIns.id, p.id),
          or(isNull(t.signIns.outcome), notInArray(t.signIns.outcome, finalOutcomes)),
        ),
      )
      .returning({ id: t.signIns.id }),
);

export const insertEvent = statement(
  "insert_event",
  (
    orm,
    t,
    p: Params<{
      id: string;
      signInId: string;
      at: Date;
      kind: string;
      durationMs: number | null;
      detail: string | null;
    }>,
  ) =>
    orm
      .insert(t.signInEvents)
      .values({
        id: p.id,
        signInId: p.signInId,
        at: p.at,
        kind: p.kind,
        durationMs: p.durationMs,
        detail: p.detail,
      })
      .returning({ id: t.signInEvents.id }),
);

/**
 * Marks sign-ins from which no callback came, one batch at a time. They take less room from now on, because anyone can begin
 * one: a long user agent is cut, behind the names of WeChat and of the platform, and a destination of more than 512
 * characters is forgotten.
 */
export const abandonSignIns = statement(
  "abandon_sign_ins",
  (orm, t, p: Params<{ now: Date; defaultReturnTo: string }>) => {
    const s = t.signIns;
    const isOpen = isNull(s.outcome);
    const over = orm
      .select({ id: s.id })
      .from(s)
      .where(and(isOpen, lt(s.expiresAt, encoded(s.expiresAt, p.now))))
      .limit(deleteBatchSize);
    // Checked again: while the statement waited for a row, a callback may have ended that sign-in.
    return orm
      .update(s)
      .set({
        outcome: "abandoned",
        outcomeAt: sql`${s.expiresAt}`,
        userAgent: sql`substr(${s.userAgent}, 1, 256)`,
        returnTo: sql`case when length(${s.returnTo}) > 512 then ${p.defaultReturnTo} else ${s.returnTo} end`,
      })
      .where(and(isOpen, inArray(s.id, over)))
      .returning({ id: s.id, appId: s.appId, createdAt: s.createdAt });
  },
);

/** Ends one sign-in whose time is over, so that it stays over when the clock is set back. */
export const abandonSignIn = statement("abandon_sign_in", (orm, t, p: Params<{ id: string; now: Date }>) =>
  orm
    .update(t.signIns)
    .set({ outcome: "abandoned", outcomeAt: sql`${t.signIns.expiresAt}` })
    .where(
      and(
        eq(t.signIns.id, p.id),
        isNull(t.signIns.outcome),
        lte(t.signIns.expiresAt, encoded(t.signIns.expiresAt, p.now)),
      ),
    )
    .returning({ appId: t.signIns.appId, createdAt: t.signIns.createdAt }),
);

/**
 * Deletes sign-ins that anyone can make any number of: those from which no callback came, and those that were refused or
 * whose callback came too late in a browser that is not known to be a user's.
 *
 * @param after bounds how many of the others are read each time.
 */
export const deleteUnfinishedSignIns = statement(
  "delete_unfinished_sign_ins",
  (orm, t, p: Params<{ after: Date; before: Date }>) => {
    const s = t.signIns;
    const isOfNoUser = and(
      inArray(s.outcome, ["refused", "expired"]),
      gt(s.expiresAt, encoded(s.expiresAt, p.after)),
      isAbsent(s.browserUserId),
    );
    const unfinished = orm
      .select({ id: s.id })
      .from(s)
      .where(and(or(eq(s.outcome, "abandoned"), isOfNoUser), lt(s.expiresAt, encoded(s.expiresAt, p.before))))
      .limit(deleteBatchSize);
    return orm.delete(s).where(inArray(s.id, unfinished)).returning({ id: s.id });
  },
);

export const deleteSignInsBefore = statement(
  "delete_sign_ins_before",
  (orm, t, p: Params<{ before: Date }>) =>
    orm
      .delete(t.signIns)
      .where(
        inArray(
          t.signIns.id,
          orm
            .select({ id: t.signIns.id })
            .from(t.signIns)
            .where(lt(t.signIns.createdAt, encoded(t.signIns.createdAt, p.before)))
            .limit(deleteBatchSize),
        ),
      )
      .returning({ id: t.signIns.id }),
);
