import { describe, expect, it } from "vitest";
import {
  deleteIncidentsBefore,
  dropDeliveriesOf,
  finishDeliveries,
  insertDeliveries,
  insertIncident,
  insertRecoveries,
  listIncidentsAbout,
  listOpenIncidents,
  listPendingDeliveries,
  postponeDeliveries,
  recoverIncident,
  repeatIncident,
  touchIncident,
} from "../../src/db/alert-incidents.js";
import type { Database } from "../../src/db/database.js";
import { deleteBatchSize } from "../../src/db/delete-batch.js";
import { jsonRows } from "../../src/db/json-rows.js";
import type { AlertChange, Tables } from "../../src/db/schema.js";
import { emptyTables } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

type Incident = Tables["alertIncidents"]["$inferSelect"];
type Delivery = Tables["alertDeliveries"]["$inferSelect"];

const incident = (id: string, about: Partial<Incident> = {}): Incident => ({
  ...{ id, kind: "group_new", subject: `of ${id}`, appId: "wx0", endpoint: "sns/auth", errcode: "40003" },
  ...{ people: 3, events: 4, percent: 5, openedAt: at(0), lastAt: at(10), toldAt: at(20) },
  ...{ recoveredAt: null, ...about },
});

const incidents = [
  incident("1 on", { kind: "token_failing", subject: "wx0" }),
  incident("2 on", { kind: "quota", subject: "wx1" }),
  incident("3 on", { kind: "group_new", subject: "wx0" }),
  incident("4 over", { kind: "quota", subject: "wx2", recoveredAt: at(40) }),
  incident("5 over", { kind: "group_new", subject: "wx1", recoveredAt: at(50) }),
];

const delivery = (channelId: string, incidentId: string, about: Partial<Delivery> = {}): Delivery => ({
  ...{ channelId, incidentId, change: "opened", state: "pending", dueAt: at(60), sentAt: null, ...about },
});

const sent = { state: "sent", dueAt: null, sentAt: at(30) } as const;

const deliveries = [
  delivery("on", "1 on"),
  delivery("on", "2 on", { dueAt: at(50) }),
  delivery("on", "2 on", { change: "repeated", dueAt: at(40) }),
  delivery("on", "3 on", { dueAt: at(61) }),
  delivery("on", "4 over", sent),
  delivery("on", "4 over", { change: "recovered", state: "dropped", dueAt: null }),
  delivery("also on", "1 on", sent),
  delivery("also on", "1 on", { change: "repeated", ...sent }),
  delivery("also on", "2 on", { change: "repeated" }),
  delivery("not told", "1 on", { state: "dropped", dueAt: null }),
  delivery("off", "1 on", sent),
  delivery("off", "2 on"),
];

const channel = (id: string) => ({
  ...{ id, kind: "wecom" as const, name: id, url: "-", host: "-", language: "zh" as const },
  ...{ timeZone: "Asia/Shanghai", createdAt: at(0), disabledAt: id === "off" ? at(5) : null },
});

async function seed(db: Database): Promise<void> {
  await addRows(db, "alertChannels", ["on", "also on", "not told", "off"].map(channel));
  await addRows(db, "alertIncidents", incidents.toReversed());
  await addRows(db, "alertDeliveries", deliveries);
}

const { changed, found, seeded } = seededStatements(seed);

describe("incidents", () => {
  it("that go on are listed as they began, with all that is known of them", async () => {
    expect(await found(listOpenIncidents, {})).toEqual(incidents.slice(0, 3));
  });

  it("are known by what they are about, whether they go on or not", async () => {
    const rows = [
      { kind: "quota", subject: "wx1" },
      { kind: "quota", subject: "wx2" },
      { kind: "quota", subject: "wx0" },
      { kind: "people_spike", subject: "wx1" },
    ];
    const known = await found(listIncidentsAbout, { rows: jsonRows(rows) });
    expect(known.sort((a, b) => a.subject.localeCompare(b.subject))).toEqual(rows.slice(0, 2));
  });

  it("begin once while they go on, with all that was noticed", async () => {
    const noticed = {
      ...{ id: "new", kind: "group_new" as const, subject: "wx1", appId: "wx1", endpoint: "sns/userinfo" },
      ...{ errcode: "48001", people: 6, events: 7, percent: 8 },
    };
    expect(await changed(insertIncident, { ...noticed, now: at(60) }), "over, so it begins anew").toEqual({
      "alertIncidents new": {
        ...{ ...noticed, openedAt: at(60), lastAt: at(60), toldAt: at(60), recoveredAt: null },
      },
    });
    expect(await changed(insertIncident, { ...noticed, subject: "wx0", now: at(60) })).toEqual({});
  });

  it("are touched, told of again and ended one by one, while they go on and are as they were read", async () => {
    const counts = { people: 6, events: null, percent: 8 };
    expect(await changed(touchIncident, { id: "1 on", ...counts, now: at(60) })).toEqual({
      "alertIncidents 1 on": { ...counts, lastAt: at(60) },
    });
    expect(await changed(touchIncident, { id: "4 over", ...counts, now: at(60) })).toEqual({});

    expect(await changed(repeatIncident, { id: "1 on", toldAt: at(20), now: at(60) })).toEqual({
      "alertIncidents 1 on": { toldAt: at(60) },
    });
    expect(await changed(repeatIncident, { id: "1 on", toldAt: at(19), now: at(60) })).toEqual({});
    expect(await changed(repeatIncident, { id: "4 over", toldAt: at(20), now: at(60) })).toEqual({});

    expect(await changed(recoverIncident, { id: "1 on", lastAt: at(10), now: at(60) })).toEqual({
      "alertIncidents 1 on": { recoveredAt: at(60) },
    });
    expect(await changed(recoverIncident, { id: "1 on", lastAt: at(9), now: at(60) })).toEqual({});
    expect(await changed(recoverIncident, { id: "4 over", lastAt: at(10), now: at(60) })).toEqual({});
  });

  it("are deleted with what was told of them once they have been over for long, and never while they go on", async () => {
    expect(await changed(deleteIncidentsBefore, { before: at(50) })).toEqual({
      "alertIncidents 4 over": "deleted",
      "alertDeliveries on 4 over opened": "deleted",
      "alertDeliveries on 4 over recovered": "deleted",
    });
    const db = await emptyTables(await seeded());
    const several = (name: string, recoveredAt: Date | null) =>
      Array.from({ length: deleteBatchSize + 1 }, (_, n) => incident(`${name} ${n}`, { recoveredAt }));
    await addRows(db, "alertIncidents", [...several("a new one", at(50)), ...several("on", null)]);
    await addRows(db, "alertIncidents", several("over", at(49)));
    const deleted = await db.run(deleteIncidentsBefore, { before: at(50) });
    expect(deleted).toHaveLength(deleteBatchSize);
    expect(deleted.every(({ id }) => id.startsWith("over"))).toBe(true);
  });
});

describe("what a channel is told", () => {
  const told = (channelId: string, incidentId: string, change: AlertChange) =>
    `alertDeliveries ${channelId} ${incidentId} ${change}`;

  it("of an incident waits for every channel that is not off, a repetition in the place of the one before", async () => {
    const repeated = { incidentId: "1 on", change: "repeated" as const, dueAt: at(70) };
    const pending = { state: "pending" as const, dueAt: at(70), sentAt: null };
    expect(await changed(insertDeliveries, repeated)).toEqual({
      [told("on", "1 on", "repeated")]: delivery("on", "1 on", { change: "repeated", ...pending }),
      [told("also on", "1 on", "repeated")]: pending,
      [told("not told", "1 on", "repeated")]: delivery("not told", "1 on", {
        change: "repeated",
        ...pending,
      }),
    });
  });

  it("of its end waits for each channel that was told of its beginning, or will be, and is not off", async () => {
    const ended = (incidentId: string) =>
      changed(insertRecoveries, { incidentId, change: "recovered", dueAt: at(70) });
    const recovered = { change: "recovered", dueAt: at(70) } as const;
    expect(await ended("1 on")).toEqual({
      [told("on", "1 on", "recovered")]: delivery("on", "1 on", recovered),
      [told("also on", "1 on", "recovered")]: delivery("also on", "1 on", recovered),
    });
    expect(await ended("2 on"), "one channel has only the repetition").toEqual({
      [told("on", "2 on", "recovered")]: delivery("on", "2 on", recovered),
    });
    expect(await ended("4 over"), "told of its end already").toEqual({});
  });

  it("by a moment is listed incident by incident, the oldest first, as many as a message holds", async () => {
    const listed = async (limit: number) =>
      (await found(listPendingDeliveries, { channelId: "on", until: at(60), limit })).map(
        ({ change, incident }) => `${incident.id} ${change}`,
      );
    expect(await listed(10)).toEqual(["1 on opened", "2 on opened", "2 on repeated"]);
    expect(await listed(2)).toEqual(["1 on opened", "2 on opened"]);
    const [first] = await found(listPendingDeliveries, { channelId: "on", until: at(60), limit: 1 });
    expect(first).toEqual({ change: "opened", incident: incidents[0] });
  });

  it("is sent or waits until the quiet hours are over: what was in the message, and of that channel alone", async () => {
    const rows = jsonRows([
      { incidentId: "1 on", change: "opened" },
      { incidentId: "2 on", change: "repeated" },
    ]);
    const inMessage = [told("on", "1 on", "opened"), told("on", "2 on", "repeated")];
    expect(await changed(finishDeliveries, { channelId: "on", rows, now: at(70) })).toEqual(
      Object.fromEntries(inMessage.map((key) => [key, { state: "sent", dueAt: null, sentAt: at(70) }])),
    );
    expect(await changed(postponeDeliveries, { channelId: "on", rows, until: at(90) })).toEqual(
      Object.fromEntries(inMessage.map((key) => [key, { dueAt: at(90) }])),
    );
  });

  it("is dropped for one channel where it still waits", async () => {
    const dropped = { state: "dropped", dueAt: null };
    expect(await changed(dropDeliveriesOf, { channelId: "on" })).toEqual({
      [told("on", "1 on", "opened")]: dropped,
      [told("on", "2 on", "opened")]: dropped,
      [told("on", "2 on", "repeated")]: dropped,
      [told("on", "3 on", "opened")]: dropped,
    });
  });
});
