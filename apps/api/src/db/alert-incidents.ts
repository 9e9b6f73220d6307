import { and, asc, eq, inArray, isNull, lt, lte, ne, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { columnsFor } from "./insert-select.js";
import { rowsIn, textOf } from "./json-rows.js";
import type { AlertChange, AlertKind, Tables } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

// What goes wrong, and what each channel is told of it.

export const listOpenIncidents = statement("list_open_incidents", (orm, t) =>
  orm
    .select()
    .from(t.alertIncidents)
    .where(isNull(t.alertIncidents.recoveredAt))
    .orderBy(asc(t.alertIncidents.id)),
);

/** Rows of { kind, subject }: which of them there was ever an incident of. */
export const listIncidentsAbout = statement("list_incidents_about", (orm, t, p: Params<{ rows: string }>) => {
  const { alertIncidents: i } = t;
  return orm
    .select({ kind: i.kind, subject: i.subject })
    .from(rowsIn(p.rows))
    .innerJoin(i, and(eq(i.kind, textOf("kind")), eq(i.subject, textOf("subject"))));
});

interface IncidentValues {
  id: string;
  kind: AlertKind;
  subject: string;
  appId: string | null;
  endpoint: string | null;
  errcode: string | null;
  people: number | null;
  events: number | null;
  percent: number | null;
  now: Date;
}

/** It touches no row if there is an open one already. */
export const insertIncident = statement("insert_incident", (orm, t, p: Params<IncidentValues>) =>
  orm
    .insert(t.alertIncidents)
    .values({
      id: p.id,
      kind: p.kind,
      subject: p.subject,
      appId: p.appId,
      endpoint: p.endpoint,
      errcode: p.errcode,
      people: p.people,
      events: p.events,
      percent: p.percent,
      openedAt: p.now,
      lastAt: p.now,
      toldAt: p.now,
    })
    .onConflictDoNothing()
    .returning({ id: t.alertIncidents.id }),
);

/** It goes on: when it was so, and with how many people and failures by now. It touches no row once it has recovered. */
export const touchIncident = statement(
  "touch_incident",
  (
    orm,
    t,
    p: Params<{
      id: string;
      people: number | null;
      events: number | null;
      percent: number | null;
      now: Date;
    }>,
  ) => {
    const { alertIncidents: i } = t;
    return orm
      .update(i)
      .set({
        lastAt: sql`${encoded(i.lastAt, p.now)}`,
        people: sql`${encoded(i.people, p.people)}`,
        events: sql`${encoded(i.events, p.events)}`,
        percent: sql`${encoded(i.percent, p.percent)}`,
      })
      .where(and(eq(i.id, p.id), isNull(i.recoveredAt)))
      .returning({ id: i.id });
  },
);

/** It touches no row if another process has told of it since `toldAt`, or it has recovered. */
export const repeatIncident = statement(
  "repeat_incident",
  (orm, t, p: Params<{ id: string; toldAt: Date; now: Date }>) => {
    const { alertIncidents: i } = t;
    return orm
      .update(i)
      .set({ toldAt: sql`${encoded(i.toldAt, p.now)}` })
      .where(and(eq(i.id, p.id), isNull(i.recoveredAt), eq(i.toldAt, encoded(i.toldAt, p.toldAt))))
      .returning({ id: i.id });
  },
);

/** It touches no row if it was so again since `lastAt`, or has recovered already. */
export const recoverIncident = statement(
  "recover_incident",
  (orm, t, p: Params<{ id: string; lastAt: Date; now: Date }>) => {
    const { alertIncidents: i } = t;
    return orm
      .update(i)
      .set({ recoveredAt: sql`${encoded(i.recoveredAt, p.now)}` })
      .where(and(eq(i.id, p.id), isNull(i.recoveredAt), eq(i.lastAt, encoded(i.lastAt, p.lastAt))))
      .returning({ id: i.id });
  },
);

interface Telling {
  incidentId: string;
  change: AlertChange;
  dueAt: Date;
}

/** What every channel that is enabled is told. A repetition takes the place of the one before. */
export const insertDeliveries = statement("insert_alert_deliveries", (orm, t, p: Params<Telling>) => {
  const { alertDeliveries: d, alertChannels: c } = t;
  return orm
    .insert(d)
    .select(
      orm
        .select(
          columnsFor(d, {
            channelId: c.id,
            incidentId: p.incidentId,
            change: p.change,
            state: sql`'pending'`,
            dueAt: p.dueAt,
          }),
        )
        .from(c)
        .where(isNull(c.disabledAt)),
    )
    .onConflictDoUpdate({
      target: [d.channelId, d.incidentId, d.change],
      set: { state: sql`excluded.state`, dueAt: sql`excluded.due_at`, sentAt: null },
    })
    .returning({ channelId: d.channelId });
});

/** The end of an incident, for each channel that was told of its beginning. */
export const insertRecoveries = statement("insert_alert_recoveries", (orm, t, p: Params<Telling>) => {
  const { alertDeliveries: d, alertChannels: c } = t;
  return orm
    .insert(d)
    .select(
      orm
        .select(
          columnsFor(d, {
            channelId: d.channelId,
            incidentId: d.incidentId,
            change: p.change,
            state: sql`'pending'`,
            dueAt: p.dueAt,
          }),
        )
        .from(d)
        .innerJoin(c, eq(c.id, d.channelId))
        .where(
          and(
            eq(d.incidentId, p.incidentId),
            eq(d.change, "opened"),
            ne(d.state, "dropped"),
            isNull(c.disabledAt),
          ),
        ),
    )
    .onConflictDoNothing()
    .returning({ channelId: d.channelId });
});

/** What a channel is told by a moment, with its incident; the oldest first. */
export const listPendingDeliveries = statement(
  "list_pending_alert_deliveries",
  (orm, t, p: Params<{ channelId: string; until: Date; limit: number }>) => {
    const { alertDeliveries: d, alertIncidents: i } = t;
    return orm
      .select({ change: d.change, incident: i })
      .from(d)
      .innerJoin(i, eq(i.id, d.incidentId))
      .where(and(eq(d.channelId, p.channelId), lte(d.dueAt, encoded(d.dueAt, p.until))))
      .orderBy(asc(i.id), asc(d.change))
      .limit(p.limit);
  },
);

/** Deliveries of the rows of { incidentId, change } that a statement is given. */
const isInRows = (d: Tables["alertDeliveries"]) =>
  and(eq(d.incidentId, textOf("incidentId")), eq(d.change, textOf("change")));

/** Rows of { incidentId, change } that were in a message. */
export const finishDeliveries = statement(
  "finish_alert_deliveries",
  (orm, t, p: Params<{ channelId: string; rows: string; now: Date }>) => {
    const { alertDeliveries: d } = t;
    return orm
      .update(d)
      .set({ state: "sent", dueAt: null, sentAt: sql`${encoded(d.sentAt, p.now)}` })
      .from(rowsIn(p.rows))
      .where(and(eq(d.channelId, p.channelId), isInRows(d)))
      .returning({ incidentId: d.incidentId });
  },
);

/** Rows of { incidentId, change } that wait until the quiet hours are over. */
export const postponeDeliveries = statement(
  "postpone_alert_deliveries",
  (orm, t, p: Params<{ channelId: string; rows: string; until: Date }>) => {
    const { alertDeliveries: d } = t;
    return orm
      .update(d)
      .set({ dueAt: sql`${encoded(d.dueAt, p.until)}` })
      .from(rowsIn(p.rows))
      .where(and(eq(d.channelId, p.channelId), isInRows(d)))
      .returning({ incidentId: d.incidentId });
  },
);

/** What a disabled channel was not told of: it begins anew when it is enabled. */
export const dropDeliveriesOf = statement(
  "drop_alert_deliveries_of",
  (orm, t, p: Params<{ channelId: string }>) =>
    orm
      .update(t.alertDeliveries)
      .set({ state: "dropped", dueAt: null })
      .where(and(eq(t.alertDeliveries.channelId, p.channelId), eq(t.alertDeliveries.state, "pending")))
      .returning({ incidentId: t.alertDeliveries.incidentId }),
);

/** Old ones that are over, with what was told of them. */
export const deleteIncidentsBefore = statement(
  "delete_incidents_before",
  (orm, t, p: Params<{ before: Date }>) => {
    const { alertIncidents: i } = t;
    const old = orm
      .select({ id: i.id })
      .from(i)
      .where(lt(i.recoveredAt, encoded(i.recoveredAt, p.before)))
      .limit(deleteBatchSize);
    return orm.delete(i).where(inArray(i.id, old)).returning({ id: i.id });
  },
);
