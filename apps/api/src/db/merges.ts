import {
  and,
  type Column,
  eq,
  exists,
  gt,
  inArray,
  isNull,
  lt,
  not,
  notExists,
  or,
  type Placeholder,
  type SQL,
  sql,
} from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { columnsFor } from "./insert-select.js";
import type { MergeMoveKind, Tables } from "./schema.js";
import { encoded, type Orm, type Params, statement } from "./statement.js";

// A merge runs as one batch, after the rows of both users are locked (db/users.ts). What moves is first noted in merge_moves,
// so that an undo moves back these rows and no others.

type TwoUsers = { fromUserId: string; intoUserId: string };

/**
 * No row unless both have the same status: a merge neither blocks nor unblocks a person. No row either once the erasure of one
 * of them has begun: it would take the other along, or miss what moved away.
 */
export const setMergedInto = statement("set_merged_into", (orm, t, p: Params<TwoUsers>) =>
  orm
    .update(t.users)
    .set({ mergedInto: sql`${p.intoUserId}` })
    .where(
      and(
        eq(t.users.id, p.fromUserId),
        isNull(t.users.mergedInto),
        sql`${t.users.status} = (select other.status from ${t.users} other where other.id = ${p.intoUserId})`,
        notExists(
          orm
            .select({ userId: t.erasures.userId })
            .from(t.erasures)
            .where(sql`${t.erasures.userId} in (${p.fromUserId}, ${p.intoUserId})`),
        ),
      ),
    )
    .returning({ id: t.users.id }),
);

/** The user has the status of the one whom they were: a block since the merge was for both, and so was its end. */
export const clearMergedInto = statement("clear_merged_into", (orm, t, p: Params<TwoUsers>) =>
  orm
    .update(t.users)
    .set({
      mergedInto: null,
      status: sql`(select other.status from ${t.users} other where other.id = ${p.intoUserId})`,
    })
    .where(and(eq(t.users.id, p.fromUserId), eq(t.users.mergedInto, p.intoUserId)))
    .returning({ id: t.users.id }),
);

interface MergeValues extends TwoUsers {
  id: string;
  conflictId: string | null;
  operatorId: string;
  now: Date;
}

export const insertMerge = statement("insert_merge", (orm, t, p: Params<MergeValues>) =>
  orm
    .insert(t.merges)
    .values({
      id: p.id,
      conflictId: p.conflictId,
      fromUserId: p.fromUserId,
      intoUserId: p.intoUserId,
      operatorId: p.operatorId,
      createdAt: p.now,
    })
    .returning({ id: t.merges.id }),
);

export const findMerge = statement("find_merge", (orm, t, p: Params<{ id: string }>) =>
  orm.select().from(t.merges).where(eq(t.merges.id, p.id)),
);

/** Of a merge that is not undone and was made after a moment. */
export const setMergeUndone = statement(
  "set_merge_undone",
  (orm, t, p: Params<{ id: string; madeAfter: Date; operatorId: string; now: Date }>) =>
    orm
      .update(t.merges)
      .set({ undoneAt: sql`${encoded(t.merges.undoneAt, p.now)}`, undoneBy: sql`${p.operatorId}` })
      .where(
        and(
          eq(t.merges.id, p.id),
          isNull(t.merges.undoneAt),
          gt(t.merges.createdAt, encoded(t.merges.createdAt, p.madeAfter)),
        ),
      )
      .returning({ id: t.merges.id }),
);

/** A table whose rows belong to a user. */
type OwnedTable = Tables["sessions"];

/** Notes the rows of one table that are the user's. */
const noteMoved = (
  name: string,
  kind: MergeMoveKind,
  of: (t: Tables) => { table: { userId: Column }; key: SQL | Column },
) =>
  statement(name, (orm, t, p: Params<{ mergeId: string; fromUserId: string }>) => {
    const { table, key } = of(t);
    const row = columnsFor(t.mergeMoves, { mergeId: p.mergeId, kind: sql.raw(`'${kind}'`), key });
    return orm
      .insert(t.mergeMoves)
      .select(
        orm
          .select(row)
          .from(table as OwnedTable)
          .where(eq(table.userId, p.fromUserId)),
      )
      .returning({ key: t.mergeMoves.key });
  });

/** Gives all rows of one table that are the user's to the other user. */
const moveAll = (name: string, of: (t: Tables) => { userId: Column }) =>
  statement(name, (orm, t, p: Params<TwoUsers>) => {
    const table = of(t) as OwnedTable;
    return orm
      .update(table)
      .set({ userId: sql`${p.intoUserId}` })
      .where(eq(table.userId, p.fromUserId))
      .returning({ userId: table.userId });
  });

export const noteMovedBindings = noteMoved("note_moved_bindings", "binding", ({ bindings }) => ({
  ...{ table: bindings, key: bindings.id },
}));
export const moveBindings = moveAll("move_bindings", ({ bindings }) => bindings);

export const noteMovedSessions = noteMoved("note_moved_sessions", "session", ({ sessions }) => ({
  ...{ table: sessions, key: sessions.id },
}));
export const moveSessions = moveAll("move_sessions", ({ sessions }) => sessions);

export const noteMovedSignIns = noteMoved("note_moved_sign_ins", "sign_in", ({ signIns }) => ({
  ...{ table: signIns, key: signIns.id },
}));
export const moveSignIns = moveAll("move_sign_ins", ({ signIns }) => signIns);

/** As a key, both parts of the row's own key: a client's id has no slash. */
export const noteMovedExternalUsers = noteMoved(
  "note_moved_external_users",
  "external_user",
  ({ externalUsers: e }) => ({ table: e, key: sql`${e.clientId} || '/' || ${e.externalId}` }),
);
export const moveExternalUsers = moveAll("move_external_users", ({ externalUsers }) => externalUsers);

export const moveConsents = moveAll("move_consents", ({ consents }) => consents);

/** The unionids of one group that are the user's. An index finds them by the user's bindings, which must not have moved yet. */
const unionsOf = (orm: Orm, { bindings, unions }: Tables, group: Placeholder, userId: Placeholder) =>
  and(
    eq(unions.group, group),
    inArray(
      unions.unionid,
      orm.select({ unionid: bindings.unionid }).from(bindings).where(eq(bindings.userId, userId)),
    ),
    eq(unions.userId, userId),
  );

export const noteMovedUnions = statement(
  "note_moved_unions",
  (orm, t, p: Params<{ mergeId: string; fromUserId: string; group: string }>) =>
    orm
      .insert(t.mergeMoves)
      .select(
        orm
          .select(
            columnsFor(t.mergeMoves, {
              mergeId: p.mergeId,
              kind: sql`'union'`,
              key: sql`${t.unions.group} || '/' || ${t.unions.unionid}`,
            }),
          )
          .from(t.unions)
          .where(unionsOf(orm, t, p.group, p.fromUserId)),
      )
      .returning({ key: t.mergeMoves.key }),
);

export const moveUnions = statement("move_unions", (orm, t, p: Params<TwoUsers & { group: string }>) =>
  orm
    .update(t.unions)
    .set({ userId: sql`${p.intoUserId}` })
    .where(unionsOf(orm, t, p.group, p.fromUserId))
    .returning({ unionid: t.unions.unionid }),
);

/** What an undo moves one by one: the keys of unions and external users, of which a person has few. */
export const listMoves = statement(
  "list_moves",
  (orm, t, p: Params<{ mergeId: string; kind: MergeMoveKind }>) =>
    orm
      .select({ key: t.mergeMoves.key })
      .from(t.mergeMoves)
      .where(and(eq(t.mergeMoves.mergeId, p.mergeId), eq(t.mergeMoves.kind, p.kind))),
);

/** One batch of what merges moved whose ids sort before this one. */
export const deleteMovesBefore = statement(
  "delete_moves_before",
  (orm, { mergeMoves: m }, p: Params<{ mergeId: string }>) =>
    orm
      .delete(m)
      .where(
        inArray(
          sql`(${m.mergeId}, ${m.kind}, ${m.key})`,
          orm
            .select({ mergeId: m.mergeId, kind: m.kind, key: m.key })
            .from(m)
            .where(lt(m.mergeId, p.mergeId))
            .limit(deleteBatchSize),
        ),
      )
      .returning({ key: m.key }),
);

type BackParams = Params<TwoUsers & { mergeId: string }>;

const movedKeys = (orm: Orm, { mergeMoves: m }: Tables, mergeId: Placeholder, kind: MergeMoveKind) =>
  orm
    .select({ key: m.key })
    .from(m)
    .where(and(eq(m.mergeId, mergeId), eq(m.kind, kind)));

export const moveBackBindings = statement("move_back_bindings", (orm, t, p: BackParams) =>
  orm
    .update(t.bindings)
    .set({ userId: sql`${p.fromUserId}` })
    .where(
      and(
        eq(t.bindings.userId, p.intoUserId),
        inArray(t.bindings.id, movedKeys(orm, t, p.mergeId, "binding")),
      ),
    )
    .returning({ id: t.bindings.id, appId: t.bindings.appId, openid: t.bindings.openid }),
);

export const moveBackSessions = statement("move_back_sessions", (orm, t, p: BackParams) =>
  orm
    .update(t.sessions)
    .set({ userId: sql`${p.fromUserId}` })
    .where(
      and(
        eq(t.sessions.userId, p.intoUserId),
        inArray(t.sessions.id, movedKeys(orm, t, p.mergeId, "session")),
      ),
    )
    .returning({ id: t.sessions.id }),
);

/**
 * The sign-ins that moved, and the later ones of the bindings that went back: they are of the same WeChat account. The
 * bindings must have moved back already.
 */
export const moveBackSignIns = statement("move_back_sign_ins", (orm, t, p: BackParams) =>
  orm
    .update(t.signIns)
    .set({ userId: sql`${p.fromUserId}` })
    .where(
      and(
        eq(t.signIns.userId, p.intoUserId),
        or(
          inArray(t.signIns.id, movedKeys(orm, t, p.mergeId, "sign_in")),
          inArray(
            sql`(${t.signIns.appId}, ${t.signIns.openid})`,
            orm
              .select({ appId: t.bindings.appId, openid: t.bindings.openid })
              .from(t.bindings)
              .where(eq(t.bindings.userId, p.fromUserId)),
          ),
        ),
      ),
    )
    .returning({ id: t.signIns.id }),
);

/**
 * Sessions of the survivor that a binding which went back has opened since: undone, the two are different people. The
 * sign-ins must have moved back already, and the sessions that had moved.
 */
export const deleteSessionsOfOthersSignIns = statement(
  "delete_sessions_of_others_sign_ins",
  (orm, t, p: Params<TwoUsers>) =>
    orm
      .delete(t.sessions)
      .where(
        and(
          eq(t.sessions.userId, p.intoUserId),
          inArray(
            t.sessions.signInId,
            orm.select({ id: t.signIns.id }).from(t.signIns).where(eq(t.signIns.userId, p.fromUserId)),
          ),
        ),
      )
      .returning({ id: t.sessions.id }),
);

export const moveBackConsents = statement("move_back_consents", (orm, t, p: Params<TwoUsers>) =>
  orm
    .update(t.consents)
    .set({ userId: sql`${p.fromUserId}` })
    .where(
      and(
        eq(t.consents.userId, p.intoUserId),
        inArray(
          t.consents.bindingId,
          orm.select({ id: t.bindings.id }).from(t.bindings).where(eq(t.bindings.userId, p.fromUserId)),
        ),
      ),
    )
    .returning({ id: t.consents.id }),
);

/** The user has a binding with the unionid of this union: what a merge and an erasure find the unions of a user by. */
const isHeldBy = (orm: Orm, { bindings: b, unions }: Tables, userId: Placeholder) =>
  exists(
    orm
      .select({ id: b.id })
      .from(b)
      .where(and(eq(b.userId, userId), eq(b.unionid, unions.unionid))),
  );

/** A unionid that moved, if one of the bindings that have it went back. The bindings must have moved back already. */
export const moveBackUnion = statement(
  "move_back_union",
  (orm, t, p: Params<TwoUsers & { group: string; unionid: string }>) =>
    orm
      .update(t.unions)
      .set({ userId: sql`${p.fromUserId}` })
      .where(
        and(
          eq(t.unions.group, p.group),
          eq(t.unions.unionid, p.unionid),
          eq(t.unions.userId, p.intoUserId),
          isHeldBy(orm, t, p.fromUserId),
        ),
      )
      .returning({ unionid: t.unions.unionid }),
);

/** The unionids of one group that came since, and that only bindings which went back have. */
export const moveBackLateUnions = statement(
  "move_back_late_unions",
  (orm, t, p: Params<TwoUsers & { group: string }>) =>
    orm
      .update(t.unions)
      .set({ userId: sql`${p.fromUserId}` })
      .where(
        and(
          eq(t.unions.group, p.group),
          inArray(
            t.unions.unionid,
            orm
              .select({ unionid: t.bindings.unionid })
              .from(t.bindings)
              .where(eq(t.bindings.userId, p.fromUserId)),
          ),
          eq(t.unions.userId, p.intoUserId),
          not(isHeldBy(orm, t, p.intoUserId)),
        ),
      )
      .returning({ unionid: t.unions.unionid }),
);

export const moveBackExternalUser = statement(
  "move_back_external_user",
  (orm, t, p: Params<TwoUsers & { clientId: string; externalId: string }>) =>
    orm
      .update(t.externalUsers)
      .set({ userId: sql`${p.fromUserId}` })
      .where(
        and(
          eq(t.externalUsers.clientId, p.clientId),
          eq(t.externalUsers.externalId, p.externalId),
          eq(t.externalUsers.userId, p.intoUserId),
        ),
      )
      .returning({ clientId: t.externalUsers.clientId }),
);

/** A binding that a sign-in made for a user while that user was being merged follows to the survivor. */
export const followMerge = statement(
  "follow_merge",
  (orm, t, p: Params<{ bindingId: string; fromUserId: string; intoUserId: string }>) =>
    orm
      .update(t.bindings)
      .set({ userId: sql`${p.intoUserId}` })
      .where(and(eq(t.bindings.id, p.bindingId), eq(t.bindings.userId, p.fromUserId)))
      .returning({ id: t.bindings.id }),
);
