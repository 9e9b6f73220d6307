import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, lte, ne, or, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { columnsFor, typedValue } from "./insert-select.js";
import { rowsIn, textOf } from "./json-rows.js";
import type { DeliveryState } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

// Webhook endpoints of host applications, and one delivery for each event and endpoint.

interface EndpointValues {
  id: string;
  clientId: string;
  url: string;
  types: string;
  secret: string;
  now: Date;
  max: number;
}

/** It touches no row if the client has `max` endpoints. For a batch that holds the client's row: else two could count the same. */
export const insertEndpoint = statement("insert_endpoint", (orm, t, p: Params<EndpointValues>) => {
  const { webhookEndpoints: e, hostClients: c } = t;
  return orm
    .insert(e)
    .select(
      orm
        .select(
          columnsFor(e, {
            id: p.id,
            clientId: c.id,
            url: p.url,
            types: p.types,
            secret: p.secret,
            createdAt: p.now,
          }),
        )
        .from(c)
        .where(
          and(
            eq(c.id, p.clientId),
            sql`(select count(*) from ${e} where ${e.clientId} = ${p.clientId}) < ${p.max}`,
          ),
        ),
    )
    .returning();
});

export const listEndpoints = statement("list_endpoints", (orm, t, p: Params<{ clientId: string }>) =>
  orm
    .select()
    .from(t.webhookEndpoints)
    .where(eq(t.webhookEndpoints.clientId, p.clientId))
    .orderBy(asc(t.webhookEndpoints.createdAt), asc(t.webhookEndpoints.id)),
);

type OfClient = { id: string; clientId: string };

export const findEndpoint = statement("find_endpoint", (orm, t, p: Params<OfClient>) =>
  orm
    .select()
    .from(t.webhookEndpoints)
    .where(and(eq(t.webhookEndpoints.id, p.id), eq(t.webhookEndpoints.clientId, p.clientId))),
);

interface EndpointChange extends OfClient {
  /** Null: as it is. */
  url: string | null;
  types: string | null;
  /** 0 or 1. */
  enabled: number | null;
  now: Date;
}

/** Enabling it begins its three days anew. */
export const updateEndpoint = statement("update_endpoint", (orm, t, p: Params<EndpointChange>) => {
  const { webhookEndpoints: e } = t;
  const isEnabled = sql`cast(${p.enabled} as integer)`;
  return orm
    .update(e)
    .set({
      url: sql`coalesce(${typedValue(e.url, p.url)}, ${e.url})`,
      types: sql`coalesce(${typedValue(e.types, p.types)}, ${e.types})`,
      failingSince: sql`case ${isEnabled} when 1 then null else ${e.failingSince} end`,
      disabledAt: sql`case ${isEnabled} when 1 then null when 0 then coalesce(${e.disabledAt}, ${typedValue(e.disabledAt, p.now)}) else ${e.disabledAt} end`,
      disabledReason: sql`case ${isEnabled} when 1 then null when 0 then coalesce(${e.disabledReason}, 'host') else ${e.disabledReason} end`,
    })
    .where(and(eq(e.id, p.id), eq(e.clientId, p.clientId)))
    .returning();
});

/** The secret that signed so far signs as well until `previousUntil`. */
export const rotateEndpointSecret = statement(
  "rotate_endpoint_secret",
  (orm, t, p: Params<OfClient & { secret: string; previousUntil: Date }>) => {
    const { webhookEndpoints: e } = t;
    return orm
      .update(e)
      .set({
        previousSecret: sql`${e.secret}`,
        previousUntil: sql`${encoded(e.previousUntil, p.previousUntil)}`,
        secret: sql`${p.secret}`,
      })
      .where(and(eq(e.id, p.id), eq(e.clientId, p.clientId)))
      .returning({ id: e.id });
  },
);

export const deleteEndpoint = statement("delete_endpoint", (orm, t, p: Params<OfClient>) =>
  orm
    .delete(t.webhookEndpoints)
    .where(and(eq(t.webhookEndpoints.id, p.id), eq(t.webhookEndpoints.clientId, p.clientId)))
    .returning({ id: t.webhookEndpoints.id }),
);

/** One batch: an endpoint may have very many. */
export const deleteDeliveriesOf = statement(
  "delete_deliveries_of",
  (orm, t, p: Params<{ endpointId: string }>) => {
    const { webhookDeliveries: d } = t;
    const some = orm
      .select({ id: d.id })
      .from(d)
      .where(eq(d.endpointId, p.endpointId))
      .limit(deleteBatchSize);
    return orm.delete(d).where(inArray(d.id, some)).returning({ id: d.id });
  },
);

/** It touches no row if the endpoint is disabled already. */
export const disableEndpoint = statement(
  "disable_endpoint",
  (orm, t, p: Params<{ id: string; reason: string; now: Date }>) => {
    const { webhookEndpoints: e } = t;
    return orm
      .update(e)
      .set({ disabledAt: sql`${encoded(e.disabledAt, p.now)}`, disabledReason: sql`${p.reason}` })
      .where(and(eq(e.id, p.id), isNull(e.disabledAt)))
      .returning({ id: e.id, clientId: e.clientId });
  },
);

/** It touches no row if the endpoint is failing already. */
export const setEndpointFailing = statement(
  "set_endpoint_failing",
  (orm, t, p: Params<{ id: string; now: Date }>) => {
    const { webhookEndpoints: e } = t;
    return orm
      .update(e)
      .set({ failingSince: sql`${encoded(e.failingSince, p.now)}` })
      .where(and(eq(e.id, p.id), isNull(e.failingSince)))
      .returning({ id: e.id, clientId: e.clientId });
  },
);

export const clearEndpointFailing = statement("clear_endpoint_failing", (orm, t, p: Params<{ id: string }>) =>
  orm
    .update(t.webhookEndpoints)
    .set({ failingSince: null })
    .where(and(eq(t.webhookEndpoints.id, p.id), isNotNull(t.webhookEndpoints.failingSince)))
    .returning({ id: t.webhookEndpoints.id }),
);

/** Those that this system disabled, and not their host; the oldest first. One that is not disabled has no reason. */
export const listDisabledEndpoints = statement("list_disabled_endpoints", (orm, t) =>
  orm
    .select({ clientId: t.webhookEndpoints.clientId, disabledAt: t.webhookEndpoints.disabledAt })
    .from(t.webhookEndpoints)
    .where(ne(t.webhookEndpoints.disabledReason, "host"))
    .orderBy(asc(t.webhookEndpoints.disabledAt))
    .limit(20),
);

interface DuePage {
  now: Date;
  limit: number;
}

/** Deliveries that are due and that no process is making, the longest due first; `disabledAt` of the endpoint or its host. */
export const listDueDeliveries = statement("list_due_deliveries", (orm, t, p: Params<DuePage>) => {
  const { webhookDeliveries: d, webhookEndpoints: e, hostClients: c } = t;
  const now = encoded(d.nextAttemptAt, p.now);
  return orm
    .select({
      id: d.id,
      endpointId: d.endpointId,
      failingSince: e.failingSince,
      disabledAt: sql<Date | null>`coalesce(${e.disabledAt}, ${c.disabledAt})`.mapWith(e.disabledAt),
    })
    .from(d)
    .innerJoin(e, eq(e.id, d.endpointId))
    .innerJoin(c, eq(c.id, e.clientId))
    .where(and(lte(d.nextAttemptAt, now), or(isNull(d.leaseUntil), lte(d.leaseUntil, now))))
    .orderBy(asc(d.nextAttemptAt), asc(d.eventNumber))
    .limit(p.limit);
});

/** Rows of { id }. Leaves out those that another process took first. */
export const claimDeliveries = statement(
  "claim_deliveries",
  (orm, t, p: Params<{ rows: string; now: Date; leaseUntil: Date }>) => {
    const { webhookDeliveries: d } = t;
    const now = encoded(d.nextAttemptAt, p.now);
    return orm
      .update(d)
      .set({ leaseUntil: sql`${encoded(d.leaseUntil, p.leaseUntil)}` })
      .from(rowsIn(p.rows))
      .where(
        and(
          eq(d.id, textOf("id")),
          lte(d.nextAttemptAt, now),
          or(isNull(d.leaseUntil), lte(d.leaseUntil, now)),
        ),
      )
      .returning({
        id: d.id,
        endpointId: d.endpointId,
        eventNumber: d.eventNumber,
        attempts: d.attempts,
      });
  },
);

/** Rows of { id }: others come first. */
export const deferDeliveries = statement(
  "defer_deliveries",
  (orm, t, p: Params<{ rows: string; until: Date }>) =>
    orm
      .update(t.webhookDeliveries)
      .set({ nextAttemptAt: sql`${encoded(t.webhookDeliveries.nextAttemptAt, p.until)}` })
      .from(rowsIn(p.rows))
      .where(and(eq(t.webhookDeliveries.id, textOf("id")), isNotNull(t.webhookDeliveries.nextAttemptAt)))
      .returning({ id: t.webhookDeliveries.id }),
);

/** Rows of { id }: they are not tried any more. */
export const failDeliveries = statement(
  "fail_deliveries",
  (orm, t, p: Params<{ rows: string; error: string }>) =>
    orm
      .update(t.webhookDeliveries)
      .set({ state: "failed", nextAttemptAt: null, lastError: sql`${p.error}` })
      .from(rowsIn(p.rows))
      .where(and(eq(t.webhookDeliveries.id, textOf("id")), eq(t.webhookDeliveries.state, "pending")))
      .returning({ id: t.webhookDeliveries.id }),
);

export const findEndpointOfDelivery = statement(
  "find_endpoint_of_delivery",
  (orm, t, p: Params<{ id: string }>) =>
    orm.select().from(t.webhookEndpoints).where(eq(t.webhookEndpoints.id, p.id)),
);

interface AttemptValues {
  id: string;
  /** As it was claimed. */
  leaseUntil: Date;
  state: DeliveryState;
  now: Date;
  nextAttemptAt: Date | null;
  status: number | null;
  error: string | null;
  durationMs: number;
}

/** It touches no row if the lease ran out and another process has the delivery by now. */
export const finishAttempt = statement("finish_attempt", (orm, t, p: Params<AttemptValues>) => {
  const { webhookDeliveries: d } = t;
  return orm
    .update(d)
    .set({
      state: sql`${p.state}`,
      attempts: sql`${d.attempts} + 1`,
      nextAttemptAt: sql`${encoded(d.nextAttemptAt, p.nextAttemptAt)}`,
      leaseUntil: null,
      lastAttemptAt: sql`${encoded(d.lastAttemptAt, p.now)}`,
      lastStatus: sql`${p.status}`,
      lastError: sql`${p.error}`,
      durationMs: sql`${p.durationMs}`,
    })
    .where(and(eq(d.id, p.id), eq(d.leaseUntil, encoded(d.leaseUntil, p.leaseUntil))))
    .returning({ id: d.id });
});

/** A page, the newest event first. */
export const listDeliveries = statement(
  "list_deliveries",
  (orm, t, p: Params<{ endpointId: string; before: number; limit: number }>) => {
    const { webhookDeliveries: d, outbox: o } = t;
    return orm
      .select({ delivery: d, eventId: o.id, type: o.type })
      .from(d)
      .innerJoin(o, eq(o.number, d.eventNumber))
      .where(and(eq(d.endpointId, p.endpointId), lt(d.eventNumber, p.before)))
      .orderBy(desc(d.eventNumber))
      .limit(p.limit);
  },
);

/** Due at once, with all its tries. */
export const resendDelivery = statement(
  "resend_delivery",
  (orm, t, p: Params<{ id: string; endpointId: string; now: Date }>) => {
    const { webhookDeliveries: d } = t;
    return orm
      .update(d)
      .set({
        state: "pending",
        attempts: 0,
        nextAttemptAt: sql`${encoded(d.nextAttemptAt, p.now)}`,
      })
      .where(and(eq(d.id, p.id), eq(d.endpointId, p.endpointId)))
      .returning({ eventNumber: d.eventNumber });
  },
);

/** Old ones that were delivered or have failed. */
export const deleteDeliveriesBefore = statement(
  "delete_deliveries_before",
  (orm, t, p: Params<{ before: Date }>) => {
    const { webhookDeliveries: d } = t;
    const old = orm
      .select({ id: d.id })
      .from(d)
      .where(and(lt(d.createdAt, encoded(d.createdAt, p.before)), isNull(d.nextAttemptAt)))
      .limit(deleteBatchSize);
    return orm.delete(d).where(inArray(d.id, old)).returning({ id: d.id });
  },
);
