import { isNull } from "drizzle-orm";
import type { Columns } from "../columns.js";

/** Where alerts are sent: the robot of a group chat, or a webhook. */
export type AlertChannelKind = "wecom" | "feishu" | "dingtalk" | "slack" | "webhook";
export type AlertKind =
  | "group_new"
  | "group_regressed"
  | "people_spike"
  | "token_failing"
  | "token_clash"
  | "ip_refused"
  | "quota"
  | "success_share"
  | "webhook_disabled";
/** `repeated`: it goes on for hours. */
export type AlertChange = "opened" | "repeated" | "recovered";
export type AlertDeliveryState = "pending" | "sent" | "dropped";

/** What goes wrong, and who is told. */
export function alertTables(c: Columns) {
  const alertChannels = c.table("alert_channels", {
    id: c.text("id").primaryKey(),
    kind: c.text("kind").$type<AlertChannelKind>().notNull(),
    name: c.text("name").notNull(),
    /** Encrypted: the address of a robot is its password. */
    url: c.text("url").notNull(),
    /** The host of that address, for the console. */
    host: c.text("host").notNull(),
    /** Encrypted; signs the messages. Null for one that does not sign. */
    secret: c.text("secret"),
    language: c.text("language").$type<"zh" | "en">().notNull(),
    /** Of times in messages and of the quiet hours: a name such as Asia/Shanghai. */
    timeZone: c.text("time_zone").notNull(),
    /** Minutes after midnight; null without quiet hours. */
    quietFrom: c.integer("quiet_from"),
    quietTo: c.integer("quiet_to"),
    createdAt: c.time("created_at").notNull(),
    disabledAt: c.time("disabled_at"),
    /** Until when one process is sending to it. */
    leaseUntil: c.time("lease_until"),
    lastSentAt: c.time("last_sent_at"),
    /** Since when each try has failed, why, and when it is tried again; null while messages arrive. */
    failingSince: c.time("failing_since"),
    lastError: c.text("last_error"),
    failures: c.integer("failures").notNull().default(0),
    retryAt: c.time("retry_at"),
  });

  const alertIncidents = c.table(
    "alert_incidents",
    {
      id: c.text("id").primaryKey(),
      kind: c.text("kind").$type<AlertKind>().notNull(),
      /** What it is about: an error group, a token, an app or a host application. */
      subject: c.text("subject").notNull(),
      appId: c.text("app_id"),
      endpoint: c.text("endpoint"),
      errcode: c.text("errcode"),
      /** People and failures at their most; null where they are not counted. */
      people: c.integer("people"),
      events: c.integer("events"),
      /** A share in percent, of a quota or of sign-ins. */
      percent: c.integer("percent"),
      openedAt: c.time("opened_at").notNull(),
      /** When it was still so. */
      lastAt: c.time("last_at").notNull(),
      /** When it was told of last. */
      toldAt: c.time("told_at").notNull(),
      recoveredAt: c.time("recovered_at"),
    },
    (t) => [
      // One at a time: of two processes that notice the same one writes it.
      c.uniqueIndex("alert_incidents_open").on(t.kind, t.subject).where(isNull(t.recoveredAt)),
      c.index("alert_incidents_subject").on(t.kind, t.subject),
      c.index("alert_incidents_recovered").on(t.recoveredAt),
    ],
  );

  /** What a channel is told of an incident. */
  const alertDeliveries = c.table(
    "alert_deliveries",
    {
      channelId: c
        .text("channel_id")
        .notNull()
        .references(() => alertChannels.id, { onDelete: "cascade" }),
      incidentId: c
        .text("incident_id")
        .notNull()
        .references(() => alertIncidents.id, { onDelete: "cascade" }),
      change: c.text("change").$type<AlertChange>().notNull(),
      state: c.text("state").$type<AlertDeliveryState>().notNull(),
      /** When it is sent, with what else the channel is told by then; null once it is. */
      dueAt: c.time("due_at"),
      sentAt: c.time("sent_at"),
    },
    (t) => [
      c.primaryKey({ columns: [t.channelId, t.incidentId, t.change] }),
      c.index("alert_deliveries_due").on(t.channelId, t.dueAt),
      c.index("alert_deliveries_incident").on(t.incidentId),
    ],
  );

  return { alertChannels, alertIncidents, alertDeliveries };
}
