import {
  and,
  type Column,
  eq,
  isNull,
  ne,
  notExists,
  or,
  type Placeholder,
  type SQL,
  sql,
} from "drizzle-orm";
import { columnsFor, typedValue } from "./insert-select.js";
import type { Tables } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

// Bindings, unions and users. The statements that resolve one identity run as one batch, in the order of this file, and
// give the same result however many sign-ins of one person run at the same time.

const personColumns = ({ bindings, users }: Tables) => ({
  bindingId: bindings.id,
  userId: bindings.userId,
  unionid: bindings.unionid,
  unionidCheckedAt: bindings.unionidCheckedAt,
  profileAt: bindings.profileAt,
  profileCheckedAt: bindings.profileCheckedAt,
  userStatus: users.status,
});

export const findBinding = statement("find_binding", (orm, t, p: Params<{ appId: string; openid: string }>) =>
  orm
    .select(personColumns(t))
    .from(t.bindings)
    .innerJoin(t.users, eq(t.users.id, t.bindings.userId))
    .where(and(eq(t.bindings.appId, p.appId), eq(t.bindings.openid, p.openid))),
);

/** Also whose the binding's unionid is in this group. */
export const findJoinedBinding = statement(
  "find_joined_binding",
  (orm, t, p: Params<{ appId: string; openid: string; group: string }>) =>
    orm
      .select({ ...personColumns(t), unionUserId: t.unions.userId })
      .from(t.bindings)
      .innerJoin(t.users, eq(t.users.id, t.bindings.userId))
      .leftJoin(t.unions, and(eq(t.unions.group, p.group), eq(t.unions.unionid, t.bindings.unionid)))
      .where(and(eq(t.bindings.appId, p.appId), eq(t.bindings.openid, p.openid))),
);

export const findUnionUser = statement(
  "find_union_user",
  (orm, t, p: Params<{ group: string; unionid: string }>) =>
    orm
      .select({ userId: t.users.id, userStatus: t.users.status })
      .from(t.unions)
      .innerJoin(t.users, eq(t.users.id, t.unions.userId))
      .where(and(eq(t.unions.group, p.group), eq(t.unions.unionid, p.unionid))),
);

/** First: a unionid belongs to the user who already has this openid, else to the candidate. */
export const insertUnion = statement(
  "insert_union",
  (
    orm,
    t,
    p: Params<{
      group: string;
      unionid: string;
      appId: string;
      openid: string;
      candidate: string;
      now: Date;
    }>,
  ) =>
    orm
      .insert(t.unions)
      .values({
        group: p.group,
        unionid: p.unionid,
        userId: sql`coalesce((select ${t.bindings.userId} from ${t.bindings} where ${and(
          eq(t.bindings.appId, p.appId),
          eq(t.bindings.openid, p.openid),
        )}), ${p.candidate})`,
        createdAt: p.now,
      })
      .onConflictDoNothing()
      .returning({ userId: t.unions.userId }),
);

interface BindingValues {
  id: string;
  appId: string;
  openid: string;
  unionid: string | null;
  scope: string;
  nickname: string | null;
  nicknameFolded: string | null;
  avatarUrl: string | null;
  profileAt: Date | null;
  now: Date;
}

/** What an answer of WeChat says of a binding, apart from its user. */
const answeredValues = (p: Params<BindingValues>) => ({
  id: p.id,
  appId: p.appId,
  openid: p.openid,
  unionid: p.unionid,
  scope: p.scope,
  nickname: p.nickname,
  nicknameFolded: p.nicknameFolded,
  avatarUrl: p.avatarUrl,
  profileAt: p.profileAt,
  createdAt: p.now,
  lastSignInAt: p.now,
});

/** A silent sign-in has the narrower scope, and an incomplete answer none: neither replaces what is stored. */
const completedScope = ({ bindings: b }: Tables, given: SQL) =>
  sql`case when ${given} = 'snsapi_base' and ${b.scope} <> '' or ${given} = '' then ${b.scope} else ${given} end`;

/** What a later answer changes in a binding: it keeps its user. `given` is what the answer says. */
function completionOf(t: Tables, given: (column: Column) => SQL) {
  const { bindings: b } = t;
  return {
    // Completed once, and never overwritten: a changed unionid is a conflict for an operator.
    unionid: sql`coalesce(${b.unionid}, ${given(b.unionid)})`,
    scope: completedScope(t, given(b.scope)),
    // A silent sign-in has no profile, and the stored one stays. Without a nickname, a missing avatar does not mean that the
    // person has none.
    nickname: sql`coalesce(${given(b.nickname)}, ${b.nickname})`,
    nicknameFolded: sql`coalesce(${given(b.nicknameFolded)}, ${b.nicknameFolded})`,
    avatarUrl: sql`case when ${given(b.nickname)} is null then coalesce(${given(b.avatarUrl)}, ${b.avatarUrl}) else ${given(b.avatarUrl)} end`,
    profileAt: sql`coalesce(${given(b.profileAt)}, ${b.profileAt})`,
    lastSignInAt: given(b.lastSignInAt),
  };
}

/** As an upsert reads what it would have inserted. */
const excluded = (column: Column): SQL => sql`excluded.${sql.identifier(column.name)}`;

/** Second: the binding of the unionid's user, else of the candidate. It touches no row if the openid is bound already. */
export const insertBinding = statement(
  "insert_binding",
  (orm, t, p: Params<BindingValues & { candidate: string; group: string | null }>) =>
    orm
      .insert(t.bindings)
      .values({
        ...answeredValues(p),
        // Only of a user who is there, or of whom they became: an erasure or a merge may be committed between two statements of
        // this batch.
        userId: sql`coalesce((select coalesce(${t.users.mergedInto}, ${t.users.id}) from ${t.unions} join ${t.users} on ${eq(
          t.users.id,
          t.unions.userId,
        )} where ${and(eq(t.unions.group, p.group), eq(t.unions.unionid, p.unionid))}), ${p.candidate})`,
      })
      .onConflictDoNothing({ target: [t.bindings.appId, t.bindings.openid] })
      .returning({ id: t.bindings.id, userId: t.bindings.userId }),
);

/** Second, in place of it, for a known person: it touches no row if the openid is not bound any more. */
export const completeBinding = statement("complete_binding", (orm, t, p: Params<BindingValues>) => {
  const { bindings: b } = t;
  const values = new Map<Column, Placeholder>([
    [b.unionid, p.unionid],
    [b.scope, p.scope],
    [b.nickname, p.nickname],
    [b.nicknameFolded, p.nicknameFolded],
    [b.avatarUrl, p.avatarUrl],
    [b.profileAt, p.profileAt],
    [b.lastSignInAt, p.now],
  ]);
  return orm
    .update(b)
    .set(completionOf(t, (column) => typedValue(column, values.get(column) as Placeholder)))
    .where(and(eq(b.appId, p.appId), eq(b.openid, p.openid)))
    .returning({ id: b.id, userId: b.userId });
});

/**
 * The same where the answer names no unionid or profile that is not stored already. It sets no column of an index, whose entries
 * SQLite would write again.
 */
export const touchBinding = statement(
  "touch_binding",
  (orm, t, p: Params<Pick<BindingValues, "appId" | "openid" | "scope" | "now">>) =>
    orm
      .update(t.bindings)
      .set({
        scope: completedScope(t, typedValue(t.bindings.scope, p.scope)),
        lastSignInAt: sql`${encoded(t.bindings.lastSignInAt, p.now)}`,
      })
      .where(and(eq(t.bindings.appId, p.appId), eq(t.bindings.openid, p.openid)))
      .returning({ id: t.bindings.id }),
);

/** Keeps a binding as it is until the batch is written, so that what the batch reads of it is what it changes. */
export const lockBinding = statement("lock_binding", (orm, t, p: Params<{ appId: string; openid: string }>) =>
  orm
    .update(t.bindings)
    .set({ scope: sql`${t.bindings.scope}` })
    .where(and(eq(t.bindings.appId, p.appId), eq(t.bindings.openid, p.openid)))
    .returning({ id: t.bindings.id }),
);

/** The binding of a user who is signed in already. It touches no row if the openid belongs to another user. */
export const upsertBindingOfUser = statement(
  "upsert_binding_of_user",
  (orm, t, p: Params<BindingValues & { userId: string }>) =>
    orm
      .insert(t.bindings)
      .values({ ...answeredValues(p), userId: p.userId })
      .onConflictDoUpdate({
        target: [t.bindings.appId, t.bindings.openid],
        set: completionOf(t, excluded),
        setWhere: eq(t.bindings.userId, p.userId),
      })
      .returning({ id: t.bindings.id }),
);

/** A step that a batch requires: it finds no row if the unionid belongs to another user. */
export const confirmUnion = statement(
  "confirm_union",
  (orm, t, p: Params<{ group: string; unionid: string; userId: string }>) =>
    orm
      .select({ userId: t.unions.userId })
      .from(t.unions)
      .where(
        and(eq(t.unions.group, p.group), eq(t.unions.unionid, p.unionid), eq(t.unions.userId, p.userId)),
      ),
);

/**
 * Third: a union that this batch gave to its candidate, while another sign-in was making the binding, follows
 * the binding. A candidate id is new, so this never touches a row of another sign-in. So does a union whose user was erased
 * meanwhile, or merged into the binding's.
 */
export const settleUnion = statement(
  "settle_union",
  (
    orm,
    t,
    p: Params<{ group: string; unionid: string; appId: string; openid: string; candidate: string }>,
  ) => {
    const ofBinding = sql`(select ${t.bindings.userId} from ${t.bindings} where ${and(
      eq(t.bindings.appId, p.appId),
      eq(t.bindings.openid, p.openid),
    )})`;
    const isOther = or(isNull(t.users.mergedInto), ne(t.users.mergedInto, ofBinding));
    const otherOwner = orm
      .select({ id: t.users.id })
      .from(t.users)
      .where(and(eq(t.users.id, t.unions.userId), isOther));
    return orm
      .update(t.unions)
      .set({ userId: ofBinding })
      .where(
        and(
          eq(t.unions.group, p.group),
          eq(t.unions.unionid, p.unionid),
          or(eq(t.unions.userId, p.candidate), notExists(otherOwner)),
        ),
      )
      .returning({ userId: t.unions.userId });
  },
);

/** Fourth: the user row, written by the winner only: the one whose candidate the binding now carries. */
export const insertUserOfBinding = statement(
  "insert_user_of_binding",
  (orm, t, p: Params<{ appId: string; openid: string; candidate: string }>) =>
    orm
      .insert(t.users)
      .select(
        orm
          .select(
            columnsFor(t.users, {
              id: t.bindings.userId,
              createdAt: t.bindings.createdAt,
              lastSignInAt: t.bindings.lastSignInAt,
            }),
          )
          .from(t.bindings)
          .where(
            and(
              eq(t.bindings.appId, p.appId),
              eq(t.bindings.openid, p.openid),
              eq(t.bindings.userId, p.candidate),
            ),
          ),
      )
      .returning({ id: t.users.id }),
);

/**
 * Fifth: a conflict, if two users have the same unionid, unless one of them was merged into the other meanwhile. Nothing is
 * moved; an operator decides.
 */
export const insertConflictOfBinding = statement(
  "insert_conflict_of_binding",
  (orm, t, p: Params<{ id: string; group: string; unionid: string; appId: string; openid: string }>) =>
    orm
      .insert(t.identityConflicts)
      .select(
        orm
          .select(
            columnsFor(t.identityConflicts, {
              id: p.id,
              group: t.unions.group,
              unionid: t.unions.unionid,
              userId: t.bindings.userId,
              otherUserId: t.unions.userId,
              createdAt: t.bindings.lastSignInAt,
            }),
          )
          .from(t.bindings)
          .innerJoin(t.unions, and(eq(t.unions.group, p.group), eq(t.unions.unionid, p.unionid)))
          .where(
            and(
              eq(t.bindings.appId, p.appId),
              eq(t.bindings.openid, p.openid),
              ne(t.unions.userId, t.bindings.userId),
              notExists(
                orm
                  .select({ id: t.users.id })
                  .from(t.users)
                  .where(
                    or(
                      and(eq(t.users.id, t.unions.userId), eq(t.users.mergedInto, t.bindings.userId)),
                      and(eq(t.users.id, t.bindings.userId), eq(t.users.mergedInto, t.unions.userId)),
                    ),
                  ),
              ),
            ),
          ),
      )
      .onConflictDoNothing()
      .returning({ id: t.identityConflicts.id }),
);

/** A known binding has another unionid than before: its app was moved to another group, or WeChat changed it. */
export const insertUnionidChange = statement(
  "insert_unionid_change",
  (
    orm,
    t,
    p: Params<{ id: string; group: string; unionid: string; userId: string; otherUserId: string; now: Date }>,
  ) =>
    orm
      .insert(t.identityConflicts)
      .values({
        id: p.id,
        group: p.group,
        unionid: p.unionid,
        userId: p.userId,
        otherUserId: p.otherUserId,
        createdAt: p.now,
      })
      .onConflictDoNothing()
      .returning({ id: t.identityConflicts.id }),
);
