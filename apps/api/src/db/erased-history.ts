import { and, eq, inArray, isNotNull, isNull, notExists, or, sql } from "drizzle-orm";
import type { Tables } from "./schema.js";
import type { Orm } from "./statement.js";
import { type Params, statement } from "./statement.js";

// Sign-ins and failures stay after their person was erased, until they expire: with pseudonyms, one batch at a time.

/** SQLite blocks the main thread, and each row is one statement: other requests get their turn between batches. */
export const historyBatchSize = 50;

const identifyingColumns = ({ signIns: s }: Tables) => ({
  id: s.id,
  appId: s.appId,
  openid: s.openid,
  userId: s.userId,
  ip: s.ip,
  browserHash: s.browserHash,
});

const signInsOf = (orm: Orm, t: Tables) => orm.select(identifyingColumns(t)).from(t.signIns);

export const listSignInsOfUser = statement("list_sign_ins_of_user", (orm, t, p: Params<{ userId: string }>) =>
  signInsOf(orm, t).where(eq(t.signIns.userId, p.userId)).limit(historyBatchSize),
);

/** Sign-ins of a person who is known by openid only: without a session, or in that of another person who tried to add it. */
export const listSignInsOfOpenid = statement(
  "list_sign_ins_of_openid",
  (orm, t, p: Params<{ appId: string; openid: string }>) =>
    signInsOf(orm, t)
      .where(
        and(
          eq(t.signIns.openid, p.openid),
          eq(t.signIns.appId, p.appId),
          or(isNull(t.signIns.userId), eq(t.signIns.outcome, "bound_elsewhere")),
        ),
      )
      .limit(historyBatchSize),
);

/** Sign-ins that began in the browser of this user, as far as that was known. */
export const listGuessedSignIns = statement(
  "list_guessed_sign_ins",
  (orm, t, p: Params<{ userId: string }>) =>
    signInsOf(orm, t).where(eq(t.signIns.browserUserId, p.userId)).limit(historyBatchSize),
);

interface Pseudonyms {
  id: string;
  openid: string | null;
  ip: string | null;
  browserHash: string;
  returnTo: string;
}

export const pseudonymizeSignIn = statement("pseudonymize_sign_in", (orm, t, p: Params<Pseudonyms>) =>
  orm
    .update(t.signIns)
    .set({
      openid: sql`${p.openid}`,
      ip: sql`${p.ip}`,
      browserHash: sql`${p.browserHash}`,
      returnTo: sql`${p.returnTo}`,
      userAgent: null,
      userId: null,
      browserUserId: null,
      sessionId: null,
    })
    .where(eq(t.signIns.id, p.id))
    .returning({ id: t.signIns.id }),
);

/** The sign-in was another person's, in a browser that was this one's too. */
export const forgetBrowserUser = statement("forget_browser_user", (orm, t, p: Params<{ id: string }>) =>
  orm
    .update(t.signIns)
    .set({ browserUserId: null })
    .where(eq(t.signIns.id, p.id))
    .returning({ id: t.signIns.id }),
);

/** WeChat's words may name the person, and its request id leads to them there. */
export const pseudonymizeFailures = statement(
  "pseudonymize_failures",
  (orm, t, p: Params<{ appId: string; openid: string; pseudonym: string }>) =>
    orm
      .update(t.apiFailures)
      .set({ openid: sql`${p.pseudonym}`, errmsg: "", rid: null, request: null, answer: null })
      .where(
        inArray(
          t.apiFailures.id,
          orm
            .select({ id: t.apiFailures.id })
            .from(t.apiFailures)
            .where(and(eq(t.apiFailures.openid, p.openid), eq(t.apiFailures.appId, p.appId)))
            .limit(historyBatchSize),
        ),
      )
      .returning({ id: t.apiFailures.id }),
);

/** After a row about a known person was written: takes the openid out again if they were erased or unbound meanwhile. */
export const forgetUnboundSignIn = statement("forget_unbound_sign_in", (orm, t, p: Params<{ id: string }>) =>
  orm
    .update(t.signIns)
    .set({ openid: null })
    .where(
      and(
        eq(t.signIns.id, p.id),
        isNotNull(t.signIns.openid),
        notExists(
          orm
            .select({ id: t.bindings.id })
            .from(t.bindings)
            .where(and(eq(t.bindings.appId, t.signIns.appId), eq(t.bindings.openid, t.signIns.openid))),
        ),
      ),
    )
    .returning({ id: t.signIns.id }),
);

export const forgetUnboundFailure = statement("forget_unbound_failure", (orm, t, p: Params<{ id: string }>) =>
  orm
    .update(t.apiFailures)
    .set({ openid: null, errmsg: "", rid: null, request: null, answer: null })
    .where(
      and(
        eq(t.apiFailures.id, p.id),
        isNotNull(t.apiFailures.openid),
        notExists(
          orm
            .select({ id: t.bindings.id })
            .from(t.bindings)
            .where(
              and(eq(t.bindings.appId, t.apiFailures.appId), eq(t.bindings.openid, t.apiFailures.openid)),
            ),
        ),
      ),
    )
    .returning({ id: t.apiFailures.id }),
);
