import type { Columns } from "../columns.js";
import type { HostTables } from "./hosts.js";

/** What a webhook delivery waits for, or how it ended. */
export type DeliveryState = "pending" | "delivered" | "failed";

/** What changed, and how host applications are told. */
export function eventTables(c: Columns, { hostClients }: Pick<HostTables, "hostClients">) {
  /** What changed, written in the batch that changed it. */
  const outbox = c.table(
    "outbox",
    {
      /** Also the webhook-id. */
      id: c.text("id").primaryKey(),
      /** Its place in the feed, without gaps; null until the publisher gives it one. */
      number: c.integer("number"),
      type: c.text("type").notNull(),
      at: c.time("at").notNull(),
      userId: c.text("user_id"),
      /** The host alone that may read it; null: every host. */
      clientId: c.text("client_id"),
      /** Ids of what changed, as JSON: no openid, unionid, nickname or external id. */
      data: c.text("data").notNull(),
    },
    (t) => [
      c.uniqueIndex("outbox_number").on(t.number),
      c.index("outbox_user").on(t.userId),
      c.index("outbox_at").on(t.at),
    ],
  );

  const webhookEndpoints = c.table(
    "webhook_endpoints",
    {
      id: c.text("id").primaryKey(),
      clientId: c
        .text("client_id")
        .notNull()
        .references(() => hostClients.id, { onDelete: "cascade" }),
      url: c.text("url").notNull(),
      /** JSON list of event types; empty: all. */
      types: c.text("types").notNull(),
      /** Encrypted: see KeyRing.encrypt. */
      secret: c.text("secret").notNull(),
      /** Signs as well until `previousUntil`, while a host changes to the new one. */
      previousSecret: c.text("previous_secret"),
      previousUntil: c.time("previous_until"),
      createdAt: c.time("created_at").notNull(),
      /** Since when each try has failed; null while tries succeed. */
      failingSince: c.time("failing_since"),
      disabledAt: c.time("disabled_at"),
      disabledReason: c.text("disabled_reason"),
    },
    (t) => [c.index("webhook_endpoints_client").on(t.clientId)],
  );

  /** One event on its way to one endpoint. */
  const webhookDeliveries = c.table(
    "webhook_deliveries",
    {
      id: c.text("id").primaryKey(),
      endpointId: c
        .text("endpoint_id")
        .notNull()
        .references(() => webhookEndpoints.id, { onDelete: "cascade" }),
      /** Null for a test delivery. */
      eventNumber: c.integer("event_number"),
      state: c.text("state").$type<DeliveryState>().notNull(),
      attempts: c.integer("attempts").notNull(),
      createdAt: c.time("created_at").notNull(),
      /** When it is tried next; null once it is delivered or has failed for good. */
      nextAttemptAt: c.time("next_attempt_at"),
      /** Until when one process is trying it. */
      leaseUntil: c.time("lease_until"),
      lastAttemptAt: c.time("last_attempt_at"),
      /** The HTTP status of the last answer; null without one. */
      lastStatus: c.integer("last_status"),
      /** Why the last try failed, in a few words of this system's own. */
      lastError: c.text("last_error"),
      durationMs: c.integer("duration_ms"),
    },
    (t) => [
      c.uniqueIndex("webhook_deliveries_event").on(t.endpointId, t.eventNumber),
      c.index("webhook_deliveries_next").on(t.nextAttemptAt),
      c.index("webhook_deliveries_endpoint_next").on(t.endpointId, t.nextAttemptAt),
      c.index("webhook_deliveries_endpoint_created").on(t.endpointId, t.createdAt, t.id),
      c.index("webhook_deliveries_created").on(t.createdAt),
    ],
  );

  return {
    outbox,
    webhookEndpoints,
    webhookDeliveries,
  };
}
