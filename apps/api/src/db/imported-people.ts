import { and, eq, inArray, sql } from "drizzle-orm";
import { columnsFor } from "./insert-select.js";
import { jsonRows, placeOf, rowsIn, textOf, unindexed } from "./json-rows.js";
import { type Params, statement } from "./statement.js";

// What an import reads and writes of people, many rows at a time. Rows that are written are in the order of
// db/identities.ts, unions before bindings, and sorted, so that an import and a sign-in, or two imports, cannot deadlock.

type Rows = Params<{ rows: string }>;

/** Rows of { appId, openid }. */
export const listKnownBindings = statement("list_known_bindings", (orm, t, p: Rows) =>
  orm
    .select({
      place: placeOf,
      bindingId: t.bindings.id,
      unionid: t.bindings.unionid,
      userId: t.users.id,
      mergedInto: t.users.mergedInto,
    })
    .from(rowsIn(p.rows))
    .innerJoin(
      t.bindings,
      and(eq(t.bindings.appId, textOf("appId")), eq(t.bindings.openid, textOf("openid"))),
    )
    .innerJoin(t.users, eq(t.users.id, t.bindings.userId)),
);

/** Rows of { group, unionid }. */
export const listKnownUnions = statement("list_known_unions", (orm, t, p: Rows) =>
  orm
    .select({ place: placeOf, userId: t.users.id, mergedInto: t.users.mergedInto })
    .from(rowsIn(p.rows))
    .innerJoin(t.unions, and(eq(t.unions.group, textOf("group")), eq(t.unions.unionid, textOf("unionid"))))
    .innerJoin(t.users, eq(t.users.id, t.unions.userId)),
);

/** Rows of { appId, unionid }: bindings that hold a unionid and may not have joined their app's group yet. */
export const listBindingsWithUnionid = statement("list_bindings_with_unionid", (orm, t, p: Rows) =>
  orm
    .select({ place: placeOf, userId: t.users.id, mergedInto: t.users.mergedInto })
    .from(rowsIn(p.rows))
    .innerJoin(
      t.bindings,
      and(eq(t.bindings.unionid, textOf("unionid")), eq(t.bindings.appId, textOf("appId"))),
    )
    .innerJoin(t.users, eq(t.users.id, t.bindings.userId)),
);

/** Rows of { userId }. */
export const listMergedUsers = statement("list_merged_users", (orm, t, p: Rows) =>
  orm
    .select({ userId: t.users.id, mergedInto: t.users.mergedInto })
    .from(rowsIn(p.rows))
    .innerJoin(t.users, eq(t.users.id, textOf("userId"))),
);

const sorted = <Row extends object>(rows: readonly Row[], keyOf: (row: Row) => string): string =>
  jsonRows([...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)));

const bindingKey = ({ appId, openid }: { appId: string; openid: string }) => `${appId} ${openid}`;

const lockRows = statement("lock_users", (orm, t, p: Rows) =>
  orm
    .update(t.users)
    .set({ status: sql`${t.users.status}` })
    .from(rowsIn(p.rows))
    .where(and(eq(t.users.id, textOf("userId")), eq(unindexed(t.users.mergedInto), "")))
    .returning({ id: t.users.id }),
);

/** Keeps the users as they are until the batch is committed. Leaves out one that is merged into another, or is gone. */
export const lockUsers = (rows: readonly { userId: string }[]) =>
  lockRows.with({ rows: sorted(rows, ({ userId }) => userId) });

const insertUnionRows = statement("insert_unions", (orm, t, p: Params<{ rows: string; now: Date }>) =>
  orm
    .insert(t.unions)
    .select(
      orm
        .select(
          columnsFor(t.unions, {
            group: textOf("group"),
            unionid: textOf("unionid"),
            userId: textOf("userId"),
            createdAt: p.now,
          }),
        )
        .from(rowsIn(p.rows))
        // SQLite takes ON CONFLICT after a SELECT without WHERE for a join.
        .where(sql`true`),
    )
    .onConflictDoNothing()
    .returning({ userId: t.unions.userId }),
);

export const insertUnions = (
  rows: readonly { group: string; unionid: string; userId: string }[],
  now: Date,
) => insertUnionRows.with({ rows: sorted(rows, ({ group, unionid }) => `${group} ${unionid}`), now });

const insertBindingRows = statement("insert_bindings", (orm, t, p: Params<{ rows: string; now: Date }>) =>
  orm
    .insert(t.bindings)
    .select(
      orm
        .select(
          columnsFor(t.bindings, {
            id: textOf("id"),
            appId: textOf("appId"),
            openid: textOf("openid"),
            userId: textOf("userId"),
            unionid: textOf("unionid"),
            scope: sql`''`,
            createdAt: p.now,
            lastSignInAt: p.now,
          }),
        )
        .from(rowsIn(p.rows))
        .where(sql`true`),
    )
    .onConflictDoNothing()
    .returning({ id: t.bindings.id }),
);

export interface NewBinding {
  id: string;
  appId: string;
  openid: string;
  userId: string;
  unionid: string | undefined;
}

export const insertBindings = (rows: readonly NewBinding[], now: Date) =>
  insertBindingRows.with({ rows: sorted(rows, bindingKey), now });

const setUnionidRows = statement("set_unionids", (orm, t, p: Rows) =>
  orm
    .update(t.bindings)
    .set({ unionid: textOf("unionid") })
    .from(rowsIn(p.rows))
    .where(
      and(
        eq(t.bindings.appId, textOf("appId")),
        eq(t.bindings.openid, textOf("openid")),
        eq(unindexed(t.bindings.unionid), ""),
      ),
    )
    .returning({ id: t.bindings.id }),
);

/** Completes bindings; leaves out one that has a unionid by now. */
export const setUnionids = (rows: readonly { appId: string; openid: string; unionid: string }[]) =>
  setUnionidRows.with({ rows: sorted(rows, bindingKey) });

const insertUserRows = statement("insert_users", (orm, t, p: Params<{ rows: string; now: Date }>) =>
  orm
    .insert(t.users)
    .select(
      orm
        .select(columnsFor(t.users, { id: textOf("userId"), createdAt: p.now }))
        .from(rowsIn(p.rows))
        .where(sql`true`),
    )
    .returning({ id: t.users.id }),
);

/** People who have not signed in yet. */
export const insertUsers = (rows: readonly { userId: string }[], now: Date) =>
  insertUserRows.with({ rows: jsonRows(rows), now });

const renameRows = statement("rename_openids", (orm, t, p: Rows) =>
  orm
    .update(t.bindings)
    .set({ appId: textOf("appId"), openid: textOf("openid") })
    .from(rowsIn(p.rows))
    .where(
      and(
        eq(t.bindings.id, textOf("bindingId")),
        eq(t.bindings.appId, textOf("fromAppId")),
        eq(t.bindings.openid, textOf("fromOpenid")),
      ),
    )
    .returning({ id: t.bindings.id }),
);

export interface Rename {
  bindingId: string;
  fromAppId: string;
  fromOpenid: string;
  appId: string;
  openid: string;
}

/** Leaves out a binding that has another openid by now. Refused by the database if a new openid is bound already. */
export const renameOpenids = (rows: readonly Rename[]) => renameRows.with({ rows: sorted(rows, bindingKey) });

const deleteTokenRows = statement("delete_user_tokens_of", (orm, t, p: Rows) =>
  orm
    .delete(t.userTokens)
    .where(
      inArray(t.userTokens.bindingId, orm.select({ bindingId: textOf("bindingId") }).from(rowsIn(p.rows))),
    )
    .returning({ bindingId: t.userTokens.bindingId }),
);

export const deleteUserTokensOf = (rows: readonly { bindingId: string }[]) =>
  deleteTokenRows.with({ rows: jsonRows(rows) });
