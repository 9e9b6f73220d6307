import { and, asc, eq, exists, gt, inArray, lt, notExists, or, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { columnsFor } from "./insert-select.js";
import { placeOf, rowsIn, textOf } from "./json-rows.js";
import { encoded, type Params, statement } from "./statement.js";

// What erases a person. What names them in rows that stay, such as sign-ins, is in erased-history.ts.

export const insertErasure = statement(
  "insert_erasure",
  (orm, t, p: Params<{ userId: string; operatorId: string | null; at: Date }>) =>
    orm
      .insert(t.erasures)
      .values({ userId: p.userId, operatorId: p.operatorId, at: p.at })
      .onConflictDoNothing()
      .returning({ userId: t.erasures.userId }),
);

/** Whether the erasure of a user has begun. */
export const findErasure = statement("find_erasure", (orm, t, p: Params<{ userId: string }>) =>
  orm.select({ userId: t.erasures.userId }).from(t.erasures).where(eq(t.erasures.userId, p.userId)),
);

/** A page of the ledger, in the order of the ids. */
export const listErasures = statement("list_erasures", (orm, t, p: Params<{ after: string }>) =>
  orm
    .select({ userId: t.erasures.userId, operatorId: t.erasures.operatorId, at: t.erasures.at })
    .from(t.erasures)
    .where(gt(t.erasures.userId, p.after))
    .orderBy(asc(t.erasures.userId))
    .limit(deleteBatchSize),
);

/** Erasures that a process began and did not finish: something still has the user's id. */
export const listOpenErasures = statement(
  "list_open_erasures",
  (orm, t, p: Params<{ after: Date; before: Date }>) =>
    orm
      .select({ userId: t.erasures.userId })
      .from(t.erasures)
      .where(
        and(
          gt(t.erasures.at, encoded(t.erasures.at, p.after)),
          lt(t.erasures.at, encoded(t.erasures.at, p.before)),
          or(
            exists(orm.select({ id: t.users.id }).from(t.users).where(eq(t.users.id, t.erasures.userId))),
            exists(
              orm.select({ id: t.signIns.id }).from(t.signIns).where(eq(t.signIns.userId, t.erasures.userId)),
            ),
          ),
        ),
      )
      .limit(20),
);

export const listUsersMergedInto = statement("list_users_merged_into", (orm, t, p: Params<{ id: string }>) =>
  orm.select({ id: t.users.id, status: t.users.status }).from(t.users).where(eq(t.users.mergedInto, p.id)),
);

/** As `lockUser`, also for a user who was merged into another. */
export const lockErasedUser = statement("lock_erased_user", (orm, t, p: Params<{ id: string }>) =>
  orm
    .update(t.users)
    .set({ status: sql`${t.users.status}` })
    .where(eq(t.users.id, p.id))
    .returning({ id: t.users.id }),
);

/** Only if the user is blocked. */
export const insertBlockedIdentity = statement(
  "insert_blocked_identity",
  (orm, t, p: Params<{ hash: string; userId: string; at: Date }>) =>
    orm
      .insert(t.blockedIdentities)
      .select(
        orm
          .select(columnsFor(t.blockedIdentities, { hash: p.hash, at: p.at }))
          .from(t.users)
          .where(and(eq(t.users.id, p.userId), eq(t.users.status, "blocked"))),
      )
      .onConflictDoNothing()
      .returning({ hash: t.blockedIdentities.hash }),
);

/** Only if the user is blocked and the unionid is theirs. */
export const insertBlockedUnion = statement(
  "insert_blocked_union",
  (orm, t, p: Params<{ hash: string; group: string; unionid: string; userId: string; at: Date }>) =>
    orm
      .insert(t.blockedIdentities)
      .select(
        orm
          .select(columnsFor(t.blockedIdentities, { hash: p.hash, at: p.at }))
          .from(t.unions)
          .innerJoin(t.users, eq(t.users.id, t.unions.userId))
          .where(
            and(
              eq(t.unions.group, p.group),
              eq(t.unions.unionid, p.unionid),
              eq(t.unions.userId, p.userId),
              eq(t.users.status, "blocked"),
            ),
          ),
      )
      .onConflictDoNothing()
      .returning({ hash: t.blockedIdentities.hash }),
);

export const findBlockedIdentity = statement("find_blocked_identity", (orm, t, p: Params<{ hash: string }>) =>
  orm
    .select({ hash: t.blockedIdentities.hash })
    .from(t.blockedIdentities)
    .where(eq(t.blockedIdentities.hash, p.hash)),
);

/** Rows of { hash }. */
export const listBlockedIdentities = statement(
  "list_blocked_identities",
  (orm, t, p: Params<{ rows: string }>) =>
    orm
      .select({ place: placeOf })
      .from(rowsIn(p.rows))
      .innerJoin(t.blockedIdentities, eq(t.blockedIdentities.hash, textOf("hash"))),
);

export const deleteUnion = statement(
  "delete_union",
  (orm, t, p: Params<{ group: string; unionid: string; userId: string }>) =>
    orm
      .delete(t.unions)
      .where(and(eq(t.unions.group, p.group), eq(t.unions.unionid, p.unionid), eq(t.unions.userId, p.userId)))
      .returning({ unionid: t.unions.unionid }),
);

/** A job that joins a group keeps the openid where it goes on: the one before does as well. */
export const stepBackGroupJoin = statement(
  "step_back_group_join",
  (orm, t, p: Params<{ appId: string; openid: string }>) =>
    orm
      .update(t.groupJoins)
      .set({
        after: sql`coalesce((select max(${t.bindings.openid}) from ${t.bindings} where ${and(
          eq(t.bindings.appId, p.appId),
          lt(t.bindings.openid, p.openid),
        )}), '')`,
      })
      .where(and(eq(t.groupJoins.appId, p.appId), eq(t.groupJoins.after, p.openid)))
      .returning({ appId: t.groupJoins.appId }),
);

export const deleteExternalUsers = statement(
  "delete_external_users",
  (orm, t, p: Params<{ userId: string }>) =>
    orm
      .delete(t.externalUsers)
      .where(eq(t.externalUsers.userId, p.userId))
      .returning({ userId: t.externalUsers.userId }),
);

export const deleteTickets = statement("delete_tickets", (orm, t, p: Params<{ userId: string }>) =>
  orm.delete(t.tickets).where(eq(t.tickets.userId, p.userId)).returning({ ticketHash: t.tickets.ticketHash }),
);

/** Those that the user used, and those made for what hosts call them: while the external ids are there. */
export const deleteBindLinks = statement("delete_bind_links", (orm, t, p: Params<{ userId: string }>) => {
  const { bindLinks, externalUsers } = t;
  const isForUser = exists(
    orm
      .select({ userId: externalUsers.userId })
      .from(externalUsers)
      .where(
        and(
          eq(externalUsers.userId, p.userId),
          eq(externalUsers.clientId, bindLinks.clientId),
          eq(externalUsers.externalId, bindLinks.externalId),
        ),
      ),
  );
  return orm
    .delete(bindLinks)
    .where(or(eq(bindLinks.userId, p.userId), isForUser))
    .returning({ id: bindLinks.id });
});

/** The row stays: what it made must not be made again. */
export const blankIdempotencyKeys = statement(
  "blank_idempotency_keys",
  (orm, t, p: Params<{ userId: string }>) =>
    orm
      .update(t.idempotencyKeys)
      .set({ answer: null, userId: null })
      .where(eq(t.idempotencyKeys.userId, p.userId))
      .returning({ key: t.idempotencyKeys.key }),
);

export const deleteConsents = statement("delete_consents", (orm, t, p: Params<{ userId: string }>) =>
  orm.delete(t.consents).where(eq(t.consents.userId, p.userId)).returning({ id: t.consents.id }),
);

export const deleteConflicts = statement("delete_conflicts", (orm, t, p: Params<{ userId: string }>) =>
  orm
    .delete(t.identityConflicts)
    .where(or(eq(t.identityConflicts.userId, p.userId), eq(t.identityConflicts.otherUserId, p.userId)))
    .returning({ id: t.identityConflicts.id }),
);

export const deleteAuditDetails = statement("delete_audit_details", (orm, t, p: Params<{ userId: string }>) =>
  orm
    .delete(t.auditDetails)
    .where(eq(t.auditDetails.userId, p.userId))
    .returning({ auditId: t.auditDetails.auditId }),
);

export const listMergesOfUser = statement("list_merges_of_user", (orm, t, p: Params<{ userId: string }>) =>
  orm
    .select({ id: t.merges.id })
    .from(t.merges)
    .where(or(eq(t.merges.fromUserId, p.userId), eq(t.merges.intoUserId, p.userId))),
);

/** One batch of what a merge moved. */
export const deleteMergeMoves = statement("delete_merge_moves", (orm, t, p: Params<{ mergeId: string }>) =>
  orm
    .delete(t.mergeMoves)
    .where(
      and(
        eq(t.mergeMoves.mergeId, p.mergeId),
        inArray(
          t.mergeMoves.key,
          orm
            .select({ key: t.mergeMoves.key })
            .from(t.mergeMoves)
            .where(eq(t.mergeMoves.mergeId, p.mergeId))
            .limit(deleteBatchSize),
        ),
      ),
    )
    .returning({ key: t.mergeMoves.key }),
);

export const deleteMerge = statement("delete_merge", (orm, t, p: Params<{ id: string }>) =>
  orm.delete(t.merges).where(eq(t.merges.id, p.id)).returning({ id: t.merges.id }),
);

/** Last: no row while the user has a binding, which a sign-in may have made meanwhile. */
export const deleteErasedUser = statement("delete_erased_user", (orm, t, p: Params<{ id: string }>) =>
  orm
    .delete(t.users)
    .where(
      and(
        eq(t.users.id, p.id),
        notExists(orm.select({ id: t.bindings.id }).from(t.bindings).where(eq(t.bindings.userId, p.id))),
      ),
    )
    .returning({ id: t.users.id }),
);
