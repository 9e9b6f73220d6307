import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import { deleteBatchSize } from "../../src/db/delete-batch.js";
import {
  deleteEventsBefore,
  findEvent,
  findFeedRange,
  findUnnumbered,
  insertDeliveries,
  listFeed,
  numberEvents,
} from "../../src/db/events.js";
import type { Tables } from "../../src/db/schema.js";
import { emptyTables } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const event = (
  id: string,
  moment: number,
  number: number | null,
  about: Partial<Tables["outbox"]["$inferInsert"]> = {},
) => ({
  ...{ id, number, type: "user.created", at: at(moment), userId: "alice", clientId: null },
  ...{ data: `{"of":"${id}"}`, ...about },
});

const ofAll = event("of all", 10, 1);
const ofShop = event("of the shop", 20, 2, { type: "user.merged", clientId: "shop" });
const ofForum = event("of the forum", 30, 3, { clientId: "forum" });
const last = event("last", 40, 4, { type: "user.erased", userId: null });

const endpoint = (id: string, clientId: string, types: string[] = [], disabledAt: Date | null = null) => ({
  ...{ id, clientId, url: "https://host.example/", types: JSON.stringify(types), secret: "-" },
  ...{ createdAt: at(0), disabledAt },
});

const delivery = (id: string, eventNumber: number, nextAttemptAt: Date | null) => ({
  ...{ id, endpointId: "shop 1", eventNumber, state: "pending" as const, attempts: 0 },
  ...{ createdAt: at(0), nextAttemptAt },
});

const host = (id: string, disabledAt: Date | null = null) => ({
  ...{ id, name: id, origins: "[]", redirectPaths: "[]", createdAt: at(0), disabledAt },
});

async function seed(db: Database): Promise<void> {
  await addRows(db, "hostClients", [host("shop"), host("forum"), host("closed", at(5))]);
  const externalUser = { userId: "alice", createdAt: at(5) };
  await addRows(db, "externalUsers", [
    { ...externalUser, clientId: "shop", externalId: "41" },
    { ...externalUser, clientId: "shop", externalId: "42", createdAt: at(4) },
    { ...externalUser, clientId: "forum", externalId: "43", createdAt: at(3) },
  ]);
  await addRows(db, "webhookEndpoints", [
    endpoint("shop 1", "shop"),
    endpoint("shop 2", "shop", ["user.merged", "user.erased"]),
    endpoint("shop off", "shop", [], at(5)),
    endpoint("forum 1", "forum"),
    endpoint("closed 1", "closed"),
  ]);
  await addRows(db, "outbox", [
    ...[last, ofForum, ofShop, ofAll],
    event("y", 60, null),
    event("x", 60, null),
    event("z", 50, null),
  ]);
  await addRows(db, "webhookDeliveries", [delivery("given already", 4, at(90)), delivery("done", 1, null)]);
}

const { changed, found, seeded } = seededStatements(seed);

describe("events without a number", () => {
  it("get the next ones as they happened, the earlier id first at the same moment", async () => {
    expect(await changed(numberEvents, {})).toEqual({
      "outbox z": { number: 5 },
      "outbox x": { number: 6 },
      "outbox y": { number: 7 },
    });
  });

  it("get them 500 at a time, the oldest first", async () => {
    const db = await emptyTables(await seeded());
    await addRows(
      db,
      "outbox",
      Array.from({ length: 501 }, (_, n) => event(`${n}`, 1000 - n, null)),
    );
    const given = async () => (await db.run(numberEvents, {})).map(({ number }) => Number(number));
    expect((await given()).sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
    const rest = await db.consoleQuery((orm, t) => orm.select().from(t.outbox));
    expect(rest.filter(({ number }) => number === null).map(({ id }) => id)).toEqual(["0"]);
    expect(await given()).toEqual([501]);
  });

  it("are known to wait, with the last number so far", async () => {
    expect(await found(findUnnumbered, {})).toEqual([{ last: 4 }]);
    const db = await emptyTables(await seeded());
    await addRows(db, "outbox", [ofAll]);
    expect(await db.run(findUnnumbered, {})).toEqual([]);
    await db.consoleQuery((orm, t) => orm.update(t.outbox).set({ number: null }).returning());
    expect(await db.run(findUnnumbered, {}), "before the first one").toEqual([{ last: 0 }]);
  });
});

describe("the events of the feed", () => {
  it("go once to each endpoint that wants them, is enabled as its host is, and may read them", async () => {
    const made = (endpointId: string, eventNumber: number) => ({
      [`webhookDeliveries ${endpointId}-${eventNumber}`]: {
        ...{ id: `${endpointId}-${eventNumber}`, endpointId, eventNumber, state: "pending", attempts: 0 },
        ...{ createdAt: at(70), nextAttemptAt: at(70), leaseUntil: null, lastAttemptAt: null },
        ...{ lastStatus: null, lastError: null, durationMs: null },
      },
    });
    expect(await changed(insertDeliveries, { after: 1, now: at(70) })).toEqual({
      ...made("shop 1", 2),
      ...made("shop 2", 2),
      ...made("shop 2", 4),
      ...made("forum 1", 3),
      ...made("forum 1", 4),
    });
  });

  it("are read by a host in the order of their numbers: those for all and its own, with its own id of the user", async () => {
    const feed = { clientId: "shop", after: 0, upTo: 9, types: "[]", limit: 10 };
    const ofHost = ({ clientId: _, ...columns }: ReturnType<typeof event>) => ({
      ...{ ...columns, externalId: columns.userId && "42" },
    });
    expect(await found(listFeed, feed)).toEqual([ofAll, ofShop, last].map(ofHost));
    expect(await found(listFeed, { ...feed, after: 1, upTo: 3 })).toEqual([ofHost(ofShop)]);
    expect(await found(listFeed, { ...feed, limit: 2 })).toEqual([ofAll, ofShop].map(ofHost));
    const types = JSON.stringify(["user.merged", "user.erased"]);
    expect(await found(listFeed, { ...feed, types })).toEqual([ofShop, last].map(ofHost));
    expect(await found(findEvent, { number: 2, clientId: "shop" })).toEqual([ofHost(ofShop)]);
  });

  it("have a first and a last number, unless there are none", async () => {
    expect(await found(findFeedRange, {})).toEqual([{ first: 1, last: 4 }]);
    expect(await (await emptyTables(await seeded())).run(findFeedRange, {})).toEqual([
      { first: null, last: null },
    ]);
  });

  it("are deleted once they are old and delivered; the last one stays, and so do those without a number", async () => {
    expect(await changed(deleteEventsBefore, { before: at(30) })).toEqual({
      "outbox of all": "deleted",
      "outbox of the shop": "deleted",
    });
    expect(await changed(deleteEventsBefore, { before: at(99) })).toEqual({
      "outbox of all": "deleted",
      "outbox of the shop": "deleted",
      "outbox of the forum": "deleted",
    });
    const db = await emptyTables(await seeded());
    await addRows(db, "hostClients", [host("shop")]);
    await addRows(db, "webhookEndpoints", [endpoint("shop 1", "shop")]);
    await addRows(db, "outbox", [ofAll, ofShop, ofForum, last]);
    await addRows(db, "webhookDeliveries", [delivery("waits", 2, at(90))]);
    expect(await db.run(deleteEventsBefore, { before: at(99) }), "before a delivery").toEqual([
      { id: ofAll.id },
    ]);
  });

  it("are deleted a batch at a time", async () => {
    const db = await emptyTables(await seeded());
    await addRows(
      db,
      "outbox",
      Array.from({ length: deleteBatchSize + 2 }, (_, n) => event(`${n}`, n, n + 1)),
    );
    expect(await db.run(deleteEventsBefore, { before: at(9999) })).toHaveLength(deleteBatchSize);
    expect(await db.run(deleteEventsBefore, { before: at(9999) })).toHaveLength(1);
  });
});
