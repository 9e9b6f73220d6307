import { and, asc, eq, gt, inArray, isNull, lt, lte, or, type Placeholder, type SQL, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { externalIdAt } from "./external-users.js";
import { columnsFor } from "./insert-select.js";
import type { Tables } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

// The feed: committed rows of the outbox get the next numbers, and only numbered ones are read.

/** The most events that one batch numbers. */
export const publishBatchSize = 500;

/**
 * Gives the oldest events without a number the next ones. Of two processes that do this at the same time one gets the numbers: the
 * other finds its rows numbered, or is refused by the unique index. Neither leaves a gap.
 */
export const numberEvents = statement("number_events", (orm, t) => {
  const { outbox: o } = t;
  const next = orm
    .select({
      id: o.id,
      // Counted in a subquery: SQLite would read the highest number again while it writes.
      number: sql<number>`row_number() over (order by ${o.at}, ${o.id})
        + coalesce((select max(${o.number}) from ${o}), 0)`.as("next_number"),
    })
    .from(o)
    .where(isNull(o.number))
    // An expression, so that SQLite finds them by the number and sorts them, instead of reading the whole outbox in order.
    .orderBy(asc(sql`coalesce(${o.at}, ${o.at})`), asc(o.id))
    .limit(publishBatchSize)
    .as("next");
  // As an expression, too: for each event SQLite would otherwise go through all that have no number.
  const isWaiting = sql`coalesce(${o.number}, 0) = 0`;
  return orm
    .update(o)
    .set({ number: sql`${next.number}` })
    .from(next)
    .where(and(eq(o.id, next.id), isWaiting))
    .returning({ number: o.number });
});

/** A row if there are events without a number; with the last number so far, 0 before the first one. */
export const findUnnumbered = statement("find_unnumbered", (orm, t) =>
  orm
    .select({ last: sql`coalesce((select max(${t.outbox.number}) from ${t.outbox}), 0)`.mapWith(Number) })
    .from(sql`${t.outbox} as waiting`)
    .where(sql`waiting.number is null`)
    .limit(1),
);

/** A condition: the type is one of a JSON list, or the list is empty. */
const typeIn = (type: SQL | Tables["outbox"]["type"], types: SQL): SQL =>
  sql`(${types} = '[]' or ${types} like '%"' || ${type} || '"%')`;

/** A delivery of each event after this number to each enabled endpoint that wants it; none twice. */
export const insertDeliveries = statement(
  "insert_deliveries",
  (orm, t, p: Params<{ after: number; now: Date }>) => {
    const { outbox: o, webhookEndpoints: e, hostClients: c } = t;
    return orm
      .insert(t.webhookDeliveries)
      .select(
        orm
          .select(
            columnsFor(t.webhookDeliveries, {
              id: sql`${e.id} || '-' || ${o.number}`,
              endpointId: e.id,
              eventNumber: o.number,
              state: sql`'pending'`,
              attempts: sql`0`,
              createdAt: p.now,
              nextAttemptAt: p.now,
            }),
          )
          .from(o)
          .innerJoin(e, and(isNull(e.disabledAt), typeIn(o.type, sql`${e.types}`)))
          .innerJoin(c, and(eq(c.id, e.clientId), isNull(c.disabledAt)))
          .where(and(gt(o.number, p.after), or(isNull(o.clientId), eq(o.clientId, e.clientId)))),
      )
      .onConflictDoNothing()
      .returning({ id: t.webhookDeliveries.id });
  },
);

/** The first and the last number in the feed; null for an empty one. */
export const findFeedRange = statement("find_feed_range", (orm, t) =>
  orm
    .select({
      // Two subqueries, so that SQLite reads the two ends of the index and not all of it.
      first: sql<number | null>`(select min(${t.outbox.number}) from ${t.outbox})`.mapWith(Number),
      last: sql<number | null>`(select max(${t.outbox.number}) from ${t.outbox})`.mapWith(Number),
    })
    .from(sql`(select 1) as one`),
);

/** What a host reads of an event, with its own id of the user as it is now. */
const eventColumns = (t: Tables, clientId: Placeholder) => ({
  id: t.outbox.id,
  number: t.outbox.number,
  type: t.outbox.type,
  at: t.outbox.at,
  userId: t.outbox.userId,
  data: t.outbox.data,
  externalId: externalIdAt(t, t.outbox.userId, clientId),
});

interface FeedValues {
  clientId: string;
  after: number;
  upTo: number;
  /** JSON list; empty: all. */
  types: string;
  limit: number;
}

/** Events that a client may read, in the order of their numbers. */
export const listFeed = statement("list_feed", (orm, t, p: Params<FeedValues>) =>
  orm
    .select(eventColumns(t, p.clientId))
    .from(t.outbox)
    .where(
      and(
        gt(t.outbox.number, p.after),
        lte(t.outbox.number, p.upTo),
        or(isNull(t.outbox.clientId), eq(t.outbox.clientId, p.clientId)),
        typeIn(t.outbox.type, sql`cast(${p.types} as text)`),
      ),
    )
    .orderBy(asc(t.outbox.number))
    .limit(p.limit),
);

/** One event as the client of an endpoint reads it. */
export const findEvent = statement("find_event", (orm, t, p: Params<{ number: number; clientId: string }>) =>
  orm.select(eventColumns(t, p.clientId)).from(t.outbox).where(eq(t.outbox.number, p.number)),
);

/**
 * Old events, except those that are still to be delivered and the last one: its number is where the next ones go on.
 */
export const deleteEventsBefore = statement("delete_events_before", (orm, t, p: Params<{ before: Date }>) => {
  const { outbox: o, webhookDeliveries: d } = t;
  const old = orm
    .select({ id: o.id })
    .from(o)
    .where(
      and(
        lt(o.at, encoded(o.at, p.before)),
        // Not true of an event without a number yet.
        sql`${o.number} < (select max(${o.number}) from ${o})`,
        sql`${o.number} < coalesce((select min(${d.eventNumber}) from ${d} where ${d.nextAttemptAt} is not null), ${o.number} + 1)`,
      ),
    )
    .limit(deleteBatchSize);
  return orm.delete(o).where(inArray(o.id, old)).returning({ id: o.id });
});
