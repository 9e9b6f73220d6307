import { count, eq, isNull, max, sql } from "drizzle-orm";
import type { Database } from "../database.js";
import { unindexed } from "../json-rows.js";
import { newestFirst } from "../keyset.js";
import type { DeliveryState, Tables } from "../schema.js";
import { type Params, statement } from "../statement.js";
import { type PageRequest, readBounded } from "./bounded.js";

/** One host application, disabled or not. */
export const findAnyHostClient = statement("find_any_host_client", (orm, t, p: Params<{ id: string }>) =>
  orm.select().from(t.hostClients).where(eq(t.hostClients.id, p.id)),
);

/** For each host application with keys, how many are not revoked, and when one was last used. */
export const countKeys = statement("count_keys", (orm, { apiKeys: k }) =>
  orm
    .select({
      clientId: k.clientId,
      keys: sql<number>`count(case when ${isNull(k.revokedAt)} then 1 end)`.mapWith(Number),
      lastUsedAt: max(k.lastUsedAt),
    })
    .from(k)
    .groupBy(k.clientId),
);

/** For each host application with webhooks, how many, and how many this system disabled. */
export const countEndpoints = statement("count_endpoints", (orm, { webhookEndpoints: e }) =>
  orm
    .select({ clientId: e.clientId, webhooks: count(), disabled: count(e.disabledAt) })
    .from(e)
    .groupBy(e.clientId),
);

const order = ({ webhookDeliveries: d }: Tables) => ({ at: d.createdAt, id: d.id });

/** The deliveries of an endpoint, newest first. */
export function listDeliveryRows(
  db: Database,
  { endpointId, state }: { endpointId: string; state?: DeliveryState | undefined },
  page: PageRequest,
) {
  return readBounded(db, page, {
    table: "webhookDeliveries",
    columns: order,
    served: ({ webhookDeliveries: d }) => eq(d.endpointId, endpointId),
    isFiltered: state !== undefined,
    checked: (_orm, { webhookDeliveries: d }) => state && sql`${unindexed(d.state)} = ${state}`,
    read: (orm, t, condition) => {
      const { webhookDeliveries: d, outbox: o } = t;
      return orm
        .select({
          id: d.id,
          eventId: o.id,
          type: o.type,
          state: d.state,
          attempts: d.attempts,
          createdAt: d.createdAt,
          nextAttemptAt: d.nextAttemptAt,
          lastAttemptAt: d.lastAttemptAt,
          status: d.lastStatus,
          error: d.lastError,
          durationMs: d.durationMs,
        })
        .from(d)
        .innerJoin(o, eq(o.number, d.eventNumber))
        .where(condition)
        .orderBy(...newestFirst(order(t)))
        .limit(page.limit);
    },
  });
}
