import { and, asc, eq, exists, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import { typedValue } from "./insert-select.js";
import type { AlertChannelKind, Tables } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

// Where alerts are sent. They are few: no list of them needs pages.

interface ChannelValues {
  id: string;
  kind: AlertChannelKind;
  name: string;
  url: string;
  host: string;
  secret: string | null;
  language: "zh" | "en";
  timeZone: string;
  quietFrom: number | null;
  quietTo: number | null;
  now: Date;
}

export const listAlertChannels = statement("list_alert_channels", (orm, t) =>
  orm.select().from(t.alertChannels).orderBy(asc(t.alertChannels.createdAt), asc(t.alertChannels.id)),
);

export const findAlertChannel = statement("find_alert_channel", (orm, t, p: Params<{ id: string }>) =>
  orm.select().from(t.alertChannels).where(eq(t.alertChannels.id, p.id)),
);

export const insertAlertChannel = statement("insert_alert_channel", (orm, t, p: Params<ChannelValues>) =>
  orm
    .insert(t.alertChannels)
    .values({
      id: p.id,
      kind: p.kind,
      name: p.name,
      url: p.url,
      host: p.host,
      secret: p.secret,
      language: p.language,
      timeZone: p.timeZone,
      quietFrom: p.quietFrom,
      quietTo: p.quietTo,
      createdAt: p.now,
    })
    .returning({ id: t.alertChannels.id }),
);

type ChannelChange = Omit<ChannelValues, "kind" | "now" | "url" | "host"> & {
  /** Null: as it is, and so is the secret. */
  url: string | null;
  host: string | null;
};

/** Its next message is tried at once: what failed may be what was changed. */
export const updateAlertChannel = statement("update_alert_channel", (orm, t, p: Params<ChannelChange>) => {
  const { alertChannels: c } = t;
  return orm
    .update(c)
    .set({
      name: sql`${p.name}`,
      url: sql`coalesce(${typedValue(c.url, p.url)}, ${c.url})`,
      host: sql`coalesce(${typedValue(c.host, p.host)}, ${c.host})`,
      secret: sql`coalesce(${typedValue(c.secret, p.secret)}, ${c.secret})`,
      language: sql`${p.language}`,
      timeZone: sql`${p.timeZone}`,
      quietFrom: sql`${encoded(c.quietFrom, p.quietFrom)}`,
      quietTo: sql`${encoded(c.quietTo, p.quietTo)}`,
      retryAt: null,
    })
    .where(eq(c.id, p.id))
    .returning({ id: c.id });
});

/** It touches no row if the channel is disabled already. */
export const disableAlertChannel = statement(
  "disable_alert_channel",
  (orm, t, p: Params<{ id: string; now: Date }>) =>
    orm
      .update(t.alertChannels)
      .set({ disabledAt: sql`${encoded(t.alertChannels.disabledAt, p.now)}` })
      .where(and(eq(t.alertChannels.id, p.id), isNull(t.alertChannels.disabledAt)))
      .returning({ id: t.alertChannels.id }),
);

/** It touches no row if the channel is enabled already. */
export const enableAlertChannel = statement("enable_alert_channel", (orm, t, p: Params<{ id: string }>) =>
  orm
    .update(t.alertChannels)
    .set({ disabledAt: null, failingSince: null, lastError: null, failures: 0, retryAt: null })
    .where(and(eq(t.alertChannels.id, p.id), isNotNull(t.alertChannels.disabledAt)))
    .returning({ id: t.alertChannels.id }),
);

export const deleteAlertChannel = statement("delete_alert_channel", (orm, t, p: Params<{ id: string }>) =>
  orm.delete(t.alertChannels).where(eq(t.alertChannels.id, p.id)).returning({ id: t.alertChannels.id }),
);

const isFree = ({ alertChannels: c }: Tables, now: Parameters<typeof encoded>[1]) =>
  and(
    isNull(c.disabledAt),
    or(isNull(c.leaseUntil), lte(c.leaseUntil, encoded(c.leaseUntil, now))),
    or(isNull(c.retryAt), lte(c.retryAt, encoded(c.retryAt, now))),
  );

/** Channels that something is due for and that no process is sending to. */
export const listDueAlertChannels = statement(
  "list_due_alert_channels",
  (orm, t, p: Params<{ now: Date }>) => {
    const { alertChannels: c, alertDeliveries: d } = t;
    const due = orm
      .select({ one: sql`1` })
      .from(d)
      .where(and(eq(d.channelId, c.id), lte(d.dueAt, encoded(d.dueAt, p.now))));
    return orm
      .select({ id: c.id })
      .from(c)
      .where(and(isFree(t, p.now), exists(due)))
      .orderBy(asc(c.createdAt), asc(c.id));
  },
);

/** It touches no row if another process took the channel first. */
export const claimAlertChannel = statement(
  "claim_alert_channel",
  (orm, t, p: Params<{ id: string; now: Date; leaseUntil: Date }>) => {
    const { alertChannels: c } = t;
    return orm
      .update(c)
      .set({ leaseUntil: sql`${encoded(c.leaseUntil, p.leaseUntil)}` })
      .where(and(eq(c.id, p.id), isFree(t, p.now)))
      .returning();
  },
);

/** What came of a message, or of the look for one. For the holder of the lease alone. */
export const releaseAlertChannel = statement(
  "release_alert_channel",
  (
    orm,
    t,
    p: Params<{
      id: string;
      leaseUntil: Date;
      lastSentAt: Date | null;
      failingSince: Date | null;
      lastError: string | null;
      failures: number;
      retryAt: Date | null;
    }>,
  ) => {
    const { alertChannels: c } = t;
    return orm
      .update(c)
      .set({
        leaseUntil: null,
        lastSentAt: sql`${encoded(c.lastSentAt, p.lastSentAt)}`,
        failingSince: sql`${encoded(c.failingSince, p.failingSince)}`,
        lastError: sql`${p.lastError}`,
        failures: sql`${p.failures}`,
        retryAt: sql`${encoded(c.retryAt, p.retryAt)}`,
      })
      .where(and(eq(c.id, p.id), eq(c.leaseUntil, encoded(c.leaseUntil, p.leaseUntil))))
      .returning({ id: c.id });
  },
);
