import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import { jsonRows } from "../../src/db/json-rows.js";
import type { Tables } from "../../src/db/schema.js";
import {
  claimDeliveries,
  clearEndpointFailing,
  deferDeliveries,
  deleteDeliveriesBefore,
  deleteDeliveriesOf,
  deleteEndpoint,
  disableEndpoint,
  failDeliveries,
  findEndpoint,
  findEndpointOfDelivery,
  finishAttempt,
  insertEndpoint,
  listDeliveries,
  listDisabledEndpoints,
  listDueDeliveries,
  listEndpoints,
  resendDelivery,
  rotateEndpointSecret,
  setEndpointFailing,
  updateEndpoint,
} from "../../src/db/webhooks.js";
import { addRows } from "../support/rows.js";
import { nothing, seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

type Endpoint = Tables["webhookEndpoints"]["$inferSelect"];
type Delivery = Tables["webhookDeliveries"]["$inferSelect"];

const endpoint = (id: string, about: Partial<Endpoint>): Endpoint => ({
  ...{ id, clientId: "shop", url: `https://${id}.example/`, types: `["${id}"]`, secret: `of ${id}` },
  ...{ previousSecret: null, previousUntil: null, createdAt: at(0) },
  ...{ failingSince: null, disabledAt: null, disabledReason: null, ...about },
});

/** Neither by their ids nor as they are written are they in the order of their times. */
const endpoints = {
  hook: endpoint("hook", { createdAt: at(2) }),
  failing: endpoint("failing", { createdAt: at(2), failingSince: at(3) }),
  off: endpoint("off", {
    ...{ createdAt: at(1), failingSince: at(3), disabledAt: at(5), disabledReason: "failing" },
  }),
  foreign: endpoint("foreign", { clientId: "forum" }),
};

const delivery = (id: string, about: Partial<Delivery>): Delivery => ({
  ...{ id, endpointId: "hook", eventNumber: null, state: "pending", attempts: 1, createdAt: at(0) },
  ...{ nextAttemptAt: at(50), leaseUntil: null, lastAttemptAt: at(4), lastStatus: 500 },
  ...{ lastError: "HTTP 500", durationMs: 9, ...about },
});

const ended = { state: "delivered", nextAttemptAt: null } as const;
const deliveries = [
  delivery("due", { eventNumber: 3 }),
  delivery("due first", { eventNumber: 2 }),
  delivery("due longest", { eventNumber: 4, nextAttemptAt: at(40) }),
  delivery("not yet due", { eventNumber: 5, nextAttemptAt: at(51) }),
  delivery("being tried", { eventNumber: 6, leaseUntil: at(51) }),
  delivery("given up", { eventNumber: 7, leaseUntil: at(50), nextAttemptAt: at(50) }),
  delivery("done", { eventNumber: 1, ...ended }),
  delivery("test", { ...ended, createdAt: at(7) }),
  delivery("of off", { endpointId: "off", eventNumber: 3, nextAttemptAt: at(41) }),
  delivery("of foreign", { endpointId: "foreign", eventNumber: 8 }),
];

const event = (number: number) => ({
  ...{ id: `evt ${number}`, number, type: `type ${number}`, at: at(number), data: "{}" },
});

async function seed(db: Database): Promise<void> {
  const client = (id: string) => ({ id, name: id, origins: "[]", redirectPaths: "[]", createdAt: at(0) });
  await addRows(db, "hostClients", [{ ...client("shop") }, { ...client("forum"), disabledAt: at(6) }]);
  await addRows(db, "webhookEndpoints", Object.values(endpoints));
  await addRows(db, "webhookDeliveries", deliveries);
  await addRows(db, "outbox", [1, 2, 3, 4, 5, 6, 7].map(event));
}

const { seeded, done, changed, found } = seededStatements(seed);

const rowsOfIds = (...ids: string[]) => jsonRows(ids.map((id) => ({ id })));

const hook = { id: "hook", clientId: "shop" };

describe("a statement about webhook endpoints", () => {
  it("adds one to its host while that has fewer than the most, whatever others have", async () => {
    const { clientId, ...values } = { clientId: "shop", id: "new", url: "https://new/", types: "[]" };
    const added = { ...values, secret: "sealed", now: at(9) };
    const row = endpoint("new", { ...values, clientId, secret: "sealed", createdAt: at(9) });
    expect(await done(insertEndpoint, { ...added, clientId, max: 4 })).toEqual({
      ...{ rows: [row], changes: { "webhookEndpoints new": row } },
    });
    expect(await done(insertEndpoint, { ...added, clientId, max: 3 })).toEqual(nothing);
    expect(await changed(insertEndpoint, { ...added, clientId: "unknown", max: 4 })).toEqual({});
  });

  it("reads those of one host, the oldest first and of the same time by id", async () => {
    const { off, failing } = endpoints;
    expect(await found(listEndpoints, { clientId: "shop" })).toEqual([off, failing, endpoints.hook]);
    expect(await found(findEndpoint, hook)).toEqual([endpoints.hook]);
    expect(await found(findEndpoint, { ...hook, clientId: "forum" })).toEqual([]);
    expect(await found(findEndpointOfDelivery, { id: "off" })).toEqual([off]);
  });

  it("changes what is given of one endpoint of its host, and enabling it begins its three days anew", async () => {
    const asItIs = { url: null, types: null, enabled: null, now: at(9) };
    const given = { url: "https://new/", types: '["user.created"]' };
    const off = { ...hook, id: "off" };
    expect(await done(updateEndpoint, { ...off, ...asItIs, ...given })).toEqual({
      ...{ rows: [{ ...endpoints.off, ...given }], changes: { "webhookEndpoints off": given } },
    });
    expect(await changed(updateEndpoint, { ...off, ...asItIs })).toEqual({});
    expect(await changed(updateEndpoint, { ...off, ...asItIs, enabled: 0 })).toEqual({});
    expect(await changed(updateEndpoint, { ...off, ...asItIs, enabled: 1 })).toEqual({
      "webhookEndpoints off": { failingSince: null, disabledAt: null, disabledReason: null },
    });
    expect(await changed(updateEndpoint, { ...hook, id: "failing", ...asItIs, enabled: 0 })).toEqual({
      "webhookEndpoints failing": { disabledAt: at(9), disabledReason: "host" },
    });
    expect(await changed(updateEndpoint, { ...off, clientId: "forum", ...asItIs, ...given })).toEqual({});
  });

  it("keeps the secret that signed so far beside the new one, of one endpoint of its host", async () => {
    const rotation = { ...hook, secret: "newest", previousUntil: at(99) };
    expect(await done(rotateEndpointSecret, rotation)).toEqual({
      rows: [{ id: "hook" }],
      changes: {
        "webhookEndpoints hook": { secret: "newest", previousSecret: "of hook", previousUntil: at(99) },
      },
    });
    expect(await changed(rotateEndpointSecret, { ...rotation, clientId: "forum" })).toEqual({});
  });

  it("deletes one endpoint of its host with its deliveries", async () => {
    expect(await done(deleteEndpoint, { ...hook, id: "off" })).toEqual({
      rows: [{ id: "off" }],
      changes: { "webhookEndpoints off": "deleted", "webhookDeliveries of off": "deleted" },
    });
    expect(await changed(deleteEndpoint, { ...hook, clientId: "forum" })).toEqual({});
  });

  it("disables one that is not disabled, and notes once that it is failing or no longer is", async () => {
    const disabling = { id: "hook", reason: "gone", now: at(9) };
    expect(await done(disableEndpoint, disabling)).toEqual({
      rows: [hook],
      changes: { "webhookEndpoints hook": { disabledAt: at(9), disabledReason: "gone" } },
    });
    expect(await changed(disableEndpoint, { ...disabling, id: "off" })).toEqual({});
    expect(await done(setEndpointFailing, { id: "hook", now: at(9) })).toEqual({
      ...{ rows: [hook], changes: { "webhookEndpoints hook": { failingSince: at(9) } } },
    });
    expect(await changed(setEndpointFailing, { id: "failing", now: at(9) })).toEqual({});
    expect(await done(clearEndpointFailing, { id: "failing" })).toEqual({
      ...{ rows: [{ id: "failing" }], changes: { "webhookEndpoints failing": { failingSince: null } } },
    });
    expect(await done(clearEndpointFailing, { id: "hook" })).toEqual(nothing);
  });

  it("lists those that this system disabled, not those of hosts that did so themselves, the oldest 20 first", async () => {
    const db = await seeded();
    const disabled = (n: number, disabledReason: string) =>
      endpoint(`off ${n}`, { clientId: "forum", disabledAt: at(n), disabledReason });
    await addRows(db, "webhookEndpoints", [disabled(3, "gone"), disabled(1, "failing"), disabled(2, "host")]);
    const expected = [
      { clientId: "forum", disabledAt: at(1) },
      { clientId: "forum", disabledAt: at(3) },
      { clientId: "shop", disabledAt: at(5) },
    ];
    expect(await db.run(listDisabledEndpoints, {})).toEqual(expected);
    const later = Array.from({ length: 18 }, (_, n) => disabled(10 + n, "gone"));
    await addRows(db, "webhookEndpoints", later);
    expect(await db.run(listDisabledEndpoints, {})).toEqual([
      ...expected,
      ...later.slice(0, 17).map(({ clientId, disabledAt }) => ({ clientId, disabledAt })),
    ]);
  });
});

describe("a statement about webhook deliveries", () => {
  it("lists those that are due and that no process is making, the longest due first, with what keeps them from it", async () => {
    const ofHook = { endpointId: "hook", failingSince: null, disabledAt: null };
    const due = [
      { ...ofHook, id: "due longest" },
      { id: "of off", endpointId: "off", failingSince: at(3), disabledAt: at(5) },
      { ...ofHook, id: "due first" },
      { ...ofHook, id: "due" },
      { ...ofHook, id: "given up" },
      { id: "of foreign", endpointId: "foreign", failingSince: null, disabledAt: at(6) },
    ];
    expect(await found(listDueDeliveries, { now: at(50), limit: 9 })).toEqual(due);
    expect(await found(listDueDeliveries, { now: at(50), limit: 2 })).toEqual(due.slice(0, 2));
    expect(await found(listDueDeliveries, { now: at(40), limit: 9 })).toEqual(due.slice(0, 1));
  });

  it("takes of the named ones those that are due and that no other process has", async () => {
    const { rows, changes } = await done(claimDeliveries, {
      rows: rowsOfIds("due", "not yet due", "being tried", "given up", "done"),
      ...{ now: at(50), leaseUntil: at(99) },
    });
    expect(changes).toEqual({
      "webhookDeliveries due": { leaseUntil: at(99) },
      "webhookDeliveries given up": { leaseUntil: at(99) },
    });
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual({ id: "due", endpointId: "hook", eventNumber: 3, attempts: 1 });
    expect(rows).toContainEqual({ id: "given up", endpointId: "hook", eventNumber: 7, attempts: 1 });
  });

  it("puts off, or ends, those of the named ones that are still to be delivered", async () => {
    const rows = rowsOfIds("due", "done");
    expect(await done(deferDeliveries, { rows, until: at(99) })).toEqual({
      ...{ rows: [{ id: "due" }], changes: { "webhookDeliveries due": { nextAttemptAt: at(99) } } },
    });
    expect(await done(failDeliveries, { rows, error: "the endpoint is disabled" })).toEqual({
      rows: [{ id: "due" }],
      changes: {
        "webhookDeliveries due": {
          ...{ state: "failed", nextAttemptAt: null, lastError: "the endpoint is disabled" },
        },
      },
    });
  });

  it("notes how a try ended, for the process alone that still has the delivery", async () => {
    const attempt = { id: "being tried", leaseUntil: at(51), now: at(60), nextAttemptAt: at(90) };
    const ending = { state: "failed", status: 404, error: "HTTP 404", durationMs: 12 } as const;
    const retried = {
      ...{ state: "failed", attempts: 2, nextAttemptAt: at(90), leaseUntil: null },
      ...{ lastAttemptAt: at(60), lastStatus: 404, lastError: "HTTP 404", durationMs: 12 },
    };
    expect(await done(finishAttempt, { ...attempt, ...ending })).toEqual({
      rows: [{ id: "being tried" }],
      changes: { "webhookDeliveries being tried": retried },
    });
    const db = await seeded();
    await addRows(db, "webhookDeliveries", [delivery("of the same time", { leaseUntil: at(51) })]);
    for (const not of [{ leaseUntil: at(50) }, { id: "unknown" }]) {
      expect(await db.run(finishAttempt, { ...attempt, ...ending, ...not })).toEqual([]);
    }
    const success = { state: "delivered", status: null, error: null, nextAttemptAt: null } as const;
    expect(await changed(finishAttempt, { ...attempt, ...success, durationMs: 12 })).toEqual({
      "webhookDeliveries being tried": {
        ...{ ...retried, state: "delivered", nextAttemptAt: null, lastStatus: null, lastError: null },
      },
    });
  });

  it("lists a page of one endpoint, the newest event first, without its tests", async () => {
    const page = { endpointId: "hook", before: 5, limit: 9 };
    const listed = [4, 3, 2, 1].map((number) => ({
      delivery: deliveries.find((one) => one.endpointId === "hook" && one.eventNumber === number),
      ...{ eventId: `evt ${number}`, type: `type ${number}` },
    }));
    expect(await found(listDeliveries, page)).toEqual(listed);
    expect(await found(listDeliveries, { ...page, limit: 2 })).toEqual(listed.slice(0, 2));
  });

  it("makes one of its endpoint due at once, with all its tries", async () => {
    const again = { id: "done", endpointId: "hook", now: at(80) };
    expect(await done(resendDelivery, again)).toEqual({
      rows: [{ eventNumber: 1 }],
      changes: { "webhookDeliveries done": { state: "pending", attempts: 0, nextAttemptAt: at(80) } },
    });
    expect(await changed(resendDelivery, { ...again, endpointId: "foreign" })).toEqual({});
  });

  it("deletes all of one endpoint, or all that ended before a time, in batches of 500", async () => {
    expect(await changed(deleteDeliveriesOf, { endpointId: "off" })).toEqual({
      "webhookDeliveries of off": "deleted",
    });
    expect(await done(deleteDeliveriesBefore, { before: at(7) })).toEqual({
      ...{ rows: [{ id: "done" }], changes: { "webhookDeliveries done": "deleted" } },
    });
    const db = await seeded();
    const many = Array.from({ length: 501 }, (_, n) => delivery(`old ${n}`, { ...ended, endpointId: "off" }));
    await addRows(db, "webhookDeliveries", many);
    expect(await db.run(deleteDeliveriesBefore, { before: at(7) })).toHaveLength(500);
    expect(await db.run(deleteDeliveriesBefore, { before: at(7) })).toHaveLength(2);
    await addRows(db, "webhookDeliveries", many.slice(1));
    expect(await db.run(deleteDeliveriesOf, { endpointId: "off" })).toHaveLength(500);
    expect(await db.run(deleteDeliveriesOf, { endpointId: "off" })).toHaveLength(1);
  });
});
