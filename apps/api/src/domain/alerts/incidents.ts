import { listAlertChannels } from "../../db/alert-channels.js";
import {
  insertDeliveries,
  insertIncident,
  insertRecoveries,
  listIncidentsAbout,
  listOpenIncidents,
  recoverIncident,
  repeatIncident,
  touchIncident,
} from "../../db/alert-incidents.js";
import { jsonRows } from "../../db/json-rows.js";
import type { AlertKind } from "../../db/schema.js";
import { required } from "../../db/statement.js";
import { writeAct } from "../audit.js";
import { type Deps, later } from "../deps.js";
import { newId } from "../ids.js";
import { type Condition, readConditions } from "./conditions.js";

/** What happens within this time is told in one message. */
export const groupingSeconds = 30;

/** An incident that goes on is told again after this time. */
const repeatSeconds = 4 * 3600;

/** It has recovered once it was not so for this time: what comes and goes is one incident. */
const recoverySeconds = 10 * 60;

/** They are told once for each group, or each time that it was resolved, and not again when it pauses for a while. */
const onlyOnce: ReadonlySet<AlertKind> = new Set(["group_new", "group_regressed"]);

type Incident = (typeof listOpenIncidents)["row"] & {};

const keyOf = ({ kind, subject }: { kind: AlertKind; subject: string }) => `${kind} ${subject}`;

/**
 * Opens an incident for what is wrong, tells of it again while it goes on, and closes it once it is over. Each of these is a
 * compare-and-set together with what the channels are told, so that of several processes one tells. Without a channel that is
 * enabled nothing is looked at.
 *
 * @throws {DatabaseError}
 */
export async function updateIncidents(deps: Deps): Promise<void> {
  const channels = await deps.db.run(listAlertChannels, {});
  if (channels.every(({ disabledAt }) => disabledAt !== null)) return;
  const open = await deps.db.run(listOpenIncidents, {});
  const conditions = await readConditions(deps, open);
  const current = new Map(conditions.map((condition) => [keyOf(condition), condition]));
  const openKeys = new Set(open.map(keyOf));

  const begun = conditions.filter((condition) => !openKeys.has(keyOf(condition)));
  for (const condition of await withoutTold(deps, begun)) await openIncident(deps, condition);
  for (const incident of open) {
    const condition = current.get(keyOf(incident));
    if (condition) await goOn(deps, incident, condition);
    else await close(deps, incident);
  }
}

/** Leaves out what is told only once, and was. */
async function withoutTold(deps: Deps, conditions: Condition[]): Promise<Condition[]> {
  const once = conditions.filter(({ kind }) => onlyOnce.has(kind));
  if (once.length === 0) return conditions;
  const rows = jsonRows(once.map(({ kind, subject }) => ({ kind, subject })));
  const told = new Set((await deps.db.run(listIncidentsAbout, { rows })).map(keyOf));
  return conditions.filter((condition) => !told.has(keyOf(condition)));
}

const countsOf = ({ people, events, percent }: Condition) => ({
  people: people ?? null,
  events: events ?? null,
  percent: percent ?? null,
});

async function openIncident(deps: Deps, condition: Condition): Promise<void> {
  const now = deps.now();
  const id = newId(now);
  const { kind, subject, appId = null, endpoint = null, errcode = null } = condition;
  const isOpened = await writeAct(deps, [
    required(
      insertIncident.with({ id, kind, subject, appId, endpoint, errcode, ...countsOf(condition), now }),
    ),
    insertDeliveries.with({ incidentId: id, change: "opened", dueAt: later(now, groupingSeconds) }),
  ]);
  if (!isOpened) return; // by another process
  deps.log.warn({ event: "incident_opened", incidentId: id, kind, appId, endpoint, errcode }, "an alert");
}

/** People and failures are those of the whole incident, so they never become less. */
const mostOf = (before: number | null, now: number | null) =>
  now === null ? null : Math.max(before ?? 0, now);

async function goOn(deps: Deps, incident: Incident, condition: Condition): Promise<void> {
  const now = deps.now();
  const { id, toldAt } = incident;
  const counts = countsOf(condition);
  await deps.db.run(touchIncident, {
    id,
    now,
    people: mostOf(incident.people, counts.people),
    events: mostOf(incident.events, counts.events),
    percent: counts.percent,
  });
  if (condition.isQuiet || later(toldAt, repeatSeconds) > now) return;
  await writeAct(deps, [
    required(repeatIncident.with({ id, toldAt, now })),
    insertDeliveries.with({ incidentId: id, change: "repeated", dueAt: later(now, groupingSeconds) }),
  ]);
}

async function close(deps: Deps, { id, kind, lastAt }: Incident): Promise<void> {
  const now = deps.now();
  if (later(lastAt, recoverySeconds) > now) return;
  const isClosed = await writeAct(deps, [
    required(recoverIncident.with({ id, lastAt, now })),
    insertRecoveries.with({ incidentId: id, change: "recovered", dueAt: later(now, groupingSeconds) }),
  ]);
  if (isClosed) deps.log.info({ event: "incident_recovered", incidentId: id, kind }, "an alert is over");
}
