import { and, eq, gt, inArray, isNull, lt, ne, or, sql } from "drizzle-orm";
import type { SignInOutcome, TripOutcome } from "./schema.js";
import { slice } from "./slices.js";
import { encoded, type Params, statement } from "./statement.js";

interface SignInValues {
  id: string;
  appId: string;
  returnTo: string;
  browserHash: string;
  ip: string | null;
  userAgent: string | null;
  now: Date;
  expiresAt: Date;
}

export const insertSignIn = statement("insert_sign_in", (orm, t, p: Params<SignInValues>) =>
  orm
    .insert(t.signIns)
    .values({
      id: p.id,
      purpose: "sign_in",
      appId: p.appId,
      returnTo: p.returnTo,
      browserHash: p.browserHash,
      ip: p.ip,
      userAgent: p.userAgent,
      createdAt: p.now,
      expiresAt: p.expiresAt,
    })
    .returning({ id: t.signIns.id }),
);

export const insertTrip = statement(
  "insert_trip",
  (orm, t, p: Params<{ stateHash: string; signInId: string; scope: string; now: Date; expiresAt: Date }>) =>
    orm
      .insert(t.signInTrips)
      .values({
        stateHash: p.stateHash,
        signInId: p.signInId,
        scope: p.scope,
        createdAt: p.now,
        expiresAt: p.expiresAt,
      })
      .returning({ signInId: t.signInTrips.signInId }),
);

/** A second trip keeps the journey it belongs to alive. */
export const extendSignIn = statement(
  "extend_sign_in",
  (orm, t, p: Params<{ id: string; expiresAt: Date }>) =>
    orm
      .update(t.signIns)
      .set({ expiresAt: sql`${encoded(t.signIns.expiresAt, p.expiresAt)}` })
      .where(eq(t.signIns.id, p.id))
      .returning({ id: t.signIns.id }),
);

/**
 * Claims a trip for one delivery of its callback: once, alive, and only for the browser that began it. One
 * statement, so of any number of deliveries at once exactly one gets the row.
 */
export const claimTrip = statement(
  "claim_trip",
  (orm, t, p: Params<{ stateHash: string; browserHash: string; now: Date }>) =>
    orm
      .update(t.signInTrips)
      .set({ claimedAt: sql`${encoded(t.signInTrips.claimedAt, p.now)}` })
      .where(
        and(
          eq(t.signInTrips.stateHash, p.stateHash),
          isNull(t.signInTrips.claimedAt),
          gt(t.signInTrips.expiresAt, encoded(t.signInTrips.expiresAt, p.now)),
          inArray(
            t.signInTrips.signInId,
            orm
              .select({ id: t.signIns.id })
              .from(t.signIns)
              .where(and(eq(t.signIns.id, t.signInTrips.signInId), eq(t.signIns.browserHash, p.browserHash))),
          ),
        ),
      )
      .returning({ signInId: t.signInTrips.signInId, scope: t.signInTrips.scope }),
);

export const findTrip = statement("find_trip", (orm, t, p: Params<{ stateHash: string }>) =>
  orm
    .select({
      signInId: t.signInTrips.signInId,
      expiresAt: t.signInTrips.expiresAt,
      claimedAt: t.signInTrips.claimedAt,
      outcome: t.signInTrips.outcome,
      page: t.signInTrips.page,
      errcode: t.signInTrips.errcode,
      appId: t.signIns.appId,
      returnTo: t.signIns.returnTo,
      browserHash: t.signIns.browserHash,
    })
    .from(t.signInTrips)
    .innerJoin(t.signIns, eq(t.signIns.id, t.signInTrips.signInId))
    .where(eq(t.signInTrips.stateHash, p.stateHash)),
);

export const findSignIn = statement("find_sign_in", (orm, t, p: Params<{ id: string }>) =>
  orm
    .select({
      id: t.signIns.id,
      appId: t.signIns.appId,
      returnTo: t.signIns.returnTo,
      browserHash: t.signIns.browserHash,
      expiresAt: t.signIns.expiresAt,
      outcome: t.signIns.outcome,
    })
    .from(t.signIns)
    .where(eq(t.signIns.id, p.id)),
);

export const findLastTrip = statement("find_last_trip", (orm, t, p: Params<{ signInId: string }>) =>
  orm
    .select({ outcome: t.signInTrips.outcome, page: t.signInTrips.page, errcode: t.signInTrips.errcode })
    .from(t.signInTrips)
    .where(eq(t.signInTrips.signInId, p.signInId))
    .orderBy(sql`${t.signInTrips.createdAt} desc`)
    .limit(1),
);

/** Ends a trip. Signed in is final here, too: an error after it does not send repeats elsewhere. */
export const finishTrip = statement(
  "finish_trip",
  (
    orm,
    t,
    p: Params<{ stateHash: string; outcome: TripOutcome; page: string | null; errcode: string | null }>,
  ) =>
    orm
      .update(t.signInTrips)
      .set({ outcome: sql`${p.outcome}`, page: sql`${p.page}`, errcode: sql`${p.errcode}` })
      .where(
        and(
          eq(t.signInTrips.stateHash, p.stateHash),
          or(isNull(t.signInTrips.outcome), ne(t.signInTrips.outcome, "signed_in")),
        ),
      )
      .returning({ signInId: t.signInTrips.signInId }),
);

/** Takes over a trip whose claimer died before it wrote an outcome; of several waiters one gets the row. */
export const abandonTrip = statement(
  "abandon_trip",
  (orm, t, p: Params<{ stateHash: string; claimedBefore: Date }>) =>
    orm
      .update(t.signInTrips)
      .set({ outcome: "failed", page: "used" })
      .where(
        and(
          eq(t.signInTrips.stateHash, p.stateHash),
          isNull(t.signInTrips.outcome),
          lt(t.signInTrips.claimedAt, encoded(t.signInTrips.claimedAt, p.claimedBefore)),
        ),
      )
      .returning({ signInId: t.signInTrips.signInId }),
);

/** Ends a journey. Signed in is final: a later trip of the same journey that fails does not undo it. */
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
      now: Date;
    }>,
  ) =>
    orm
      .update(t.signIns)
      .set({
        outcome: sql`${p.outcome}`,
        openid: sql`${p.openid}`,
        userId: sql`${p.userId}`,
        outcomeAt: sql`${encoded(t.signIns.outcomeAt, p.now)}`,
      })
      .where(and(eq(t.signIns.id, p.id), or(isNull(t.signIns.outcome), ne(t.signIns.outcome, "signed_in"))))
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

/** Journeys that nobody came back from, so many at a time. */
export const abandonSignIns = statement("abandon_sign_ins", (orm, t, p: Params<{ now: Date }>) =>
  orm
    .update(t.signIns)
    .set({ outcome: "abandoned", outcomeAt: sql`${t.signIns.expiresAt}` })
    .where(
      and(
        // Once more: while it waited for a row, somebody may have ended that journey.
        isNull(t.signIns.outcome),
        inArray(
          t.signIns.id,
          orm
            .select({ id: t.signIns.id })
            .from(t.signIns)
            .where(
              and(isNull(t.signIns.outcome), lt(t.signIns.expiresAt, encoded(t.signIns.expiresAt, p.now))),
            )
            .limit(slice),
        ),
      ),
    )
    .returning({ id: t.signIns.id }),
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
            .limit(slice),
        ),
      )
      .returning({ id: t.signIns.id }),
);
