import { and, type Column, eq, type Placeholder, type SQL, sql } from "drizzle-orm";
import { columnsFor, typedValue } from "./insert-select.js";
import { rowsIn, textOf } from "./json-rows.js";
import { type Params, statement } from "./statement.js";

// Events for host applications, each written in one batch with the change that it tells of: both or neither. The publisher
// numbers them later (db/events.ts).

interface OutboxValues {
  id: string;
  type: string;
  at: Date;
  userId: string | null;
  clientId: string | null;
  data: string;
}

export const insertOutbox = statement("insert_outbox", (orm, t, p: Params<OutboxValues>) =>
  orm
    .insert(t.outbox)
    .values({ id: p.id, type: p.type, at: p.at, userId: p.userId, clientId: p.clientId, data: p.data })
    .returning({ id: t.outbox.id }),
);

/** Rows of { id, type, userId, clientId, data }. */
export const insertOutboxRows = statement(
  "insert_outbox_rows",
  (orm, t, p: Params<{ rows: string; at: Date }>) =>
    orm
      .insert(t.outbox)
      .select(
        orm
          .select(
            columnsFor(t.outbox, {
              id: textOf("id"),
              type: textOf("type"),
              at: p.at,
              userId: textOf("userId"),
              clientId: textOf("clientId"),
              data: textOf("data"),
            }),
          )
          .from(rowsIn(p.rows)),
      )
      .returning({ id: t.outbox.id }),
);

interface EventValues {
  id: string;
  at: Date;
}

/**
 * Rows of { id, type, onlyOf, data }: the events of a binding, if this batch wrote the one with this id. One with `onlyOf` is
 * left out unless that is the binding's user: the batch alone knows whom a unionid joined.
 */
export const insertBindingEvents = statement(
  "insert_binding_events",
  (orm, t, p: Params<{ rows: string; at: Date; bindingId: string }>) => {
    const { bindings: b } = t;
    return orm
      .insert(t.outbox)
      .select(
        orm
          .select(
            columnsFor(t.outbox, {
              id: textOf("id"),
              type: textOf("type"),
              at: p.at,
              userId: b.userId,
              data: textOf("data"),
            }),
          )
          .from(rowsIn(p.rows))
          .innerJoin(b, eq(b.id, p.bindingId))
          .where(sql`coalesce(${textOf("onlyOf")}, ${b.userId}) = ${b.userId}`),
      )
      .returning({ id: t.outbox.id });
  },
);

/** `conflict.opened`, if this batch wrote the conflict with this id. */
export const insertConflictOpened = statement(
  "insert_conflict_opened",
  (orm, t, p: Params<EventValues & { conflictId: string }>) => {
    const { identityConflicts: c } = t;
    return orm
      .insert(t.outbox)
      .select(
        orm
          .select(
            columnsFor(t.outbox, {
              id: p.id,
              type: sql`'conflict.opened'`,
              at: p.at,
              userId: c.userId,
              data: jsonOf({ conflictId: c.id, otherUserId: c.otherUserId }),
            }),
          )
          .from(c)
          .where(eq(c.id, p.conflictId)),
      )
      .returning({ id: t.outbox.id });
  },
);

/** What an answer of WeChat says of a binding that is there. */
export interface Completion {
  appId: string;
  openid: string;
  unionid: string | null;
  nickname: string | null;
  avatarUrl: string | null;
}

/** `user.updated`, before the binding is completed and if that changes what hosts see of it: its unionid or its profile. */
export const insertBindingCompleted = statement(
  "insert_binding_completed",
  (orm, t, p: Params<EventValues & Completion>) => {
    const { bindings: b } = t;
    const given = (column: Column, placeholder: Placeholder) => typedValue(column, placeholder);
    const differs = (before: Column, after: SQL) =>
      sql`coalesce(${after}, ${before}, '') <> coalesce(${before}, '')`;
    return orm
      .insert(t.outbox)
      .select(
        orm
          .select(
            columnsFor(t.outbox, {
              id: p.id,
              type: sql`'user.updated'`,
              at: p.at,
              userId: b.userId,
              data: jsonOf({ bindingId: b.id }),
            }),
          )
          .from(b)
          .where(
            and(
              eq(b.appId, p.appId),
              eq(b.openid, p.openid),
              sql`(${b.unionid} is null and ${given(b.unionid, p.unionid)} is not null
                or ${differs(b.nickname, given(b.nickname, p.nickname))}
                or ${given(b.nickname, p.nickname)} is not null and coalesce(${given(b.avatarUrl, p.avatarUrl)}, '') <> coalesce(${b.avatarUrl}, '')
                or ${given(b.nickname, p.nickname)} is null and ${differs(b.avatarUrl, given(b.avatarUrl, p.avatarUrl))})`,
            ),
          ),
      )
      .returning({ id: t.outbox.id });
  },
);

/** Of an erased person: that something happened stays, with its number, and not whom or what it was about. */
export const blankOutbox = statement("blank_outbox", (orm, t, p: Params<{ userId: string }>) =>
  orm
    .update(t.outbox)
    .set({ userId: null, data: "{}" })
    .where(eq(t.outbox.userId, p.userId))
    .returning({ id: t.outbox.id }),
);

/** JSON of columns that hold ids of this system: nothing in them needs an escape. */
const jsonOf = (fields: Record<string, Column>): SQL => {
  const parts = Object.entries(fields).map(
    ([name, column], n) => sql`${sql.raw(`'${n === 0 ? "{" : ","}"${name}":"'`)} || ${column} || '"'`,
  );
  return sql`${sql.join(parts, sql` || `)} || '}'`;
};
