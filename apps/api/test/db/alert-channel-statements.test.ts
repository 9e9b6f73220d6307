import { describe, expect, it } from "vitest";
import {
  claimAlertChannel,
  deleteAlertChannel,
  disableAlertChannel,
  enableAlertChannel,
  findAlertChannel,
  insertAlertChannel,
  listAlertChannels,
  listDueAlertChannels,
  releaseAlertChannel,
  updateAlertChannel,
} from "../../src/db/alert-channels.js";
import type { Database } from "../../src/db/database.js";
import type { Tables } from "../../src/db/schema.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

type Channel = Tables["alertChannels"]["$inferSelect"];

const channel = (id: string, about: Partial<Channel> = {}): Channel => ({
  ...{ id, kind: "wecom", name: `to ${id}`, url: `url of ${id}`, host: `${id}.example`, secret: `of ${id}` },
  ...{ language: "zh", timeZone: "Asia/Shanghai", quietFrom: 60, quietTo: 120, createdAt: at(5) },
  ...{ disabledAt: null, leaseUntil: null, lastSentAt: null, failingSince: null, lastError: null },
  ...{ failures: 0, retryAt: null, ...about },
});

const failing = { failingSince: at(10), lastError: "HTTP 500", failures: 3 };

/** In the order of their creation: neither by their ids nor as they are written are they in it. */
const channels = [
  channel("z first", { createdAt: at(1) }),
  channel("a second"),
  channel("b third"),
  channel("in use", { createdAt: at(6), leaseUntil: at(61) }),
  channel("lease over", { createdAt: at(7), leaseUntil: at(60) }),
  channel("to be tried later", { createdAt: at(8), ...failing, retryAt: at(61) }),
  channel("to be tried now", { createdAt: at(9), ...failing, retryAt: at(60) }),
  channel("off", { createdAt: at(10), disabledAt: at(20), ...failing, retryAt: at(30) }),
  channel("off as well", { createdAt: at(11), disabledAt: at(20), ...failing, retryAt: at(30) }),
  channel("without a message", { createdAt: at(12) }),
  channel("of a later message", { createdAt: at(13) }),
];

const incident = { id: "incident", kind: "group_new" as const, subject: "group", openedAt: at(0) };

async function seed(db: Database): Promise<void> {
  const written = ["a second", "off", "z first"];
  const ofId = (id: string) => channels.filter((one) => one.id === id);
  await addRows(db, "alertChannels", [
    ...channels.filter(({ id }) => !written.includes(id)).reverse(),
    ...written.flatMap(ofId),
  ]);
  await addRows(db, "alertIncidents", [{ ...incident, lastAt: at(0), toldAt: at(0) }]);
  const delivery = { incidentId: "incident", change: "opened" as const, state: "pending" as const };
  await addRows(
    db,
    "alertDeliveries",
    channels
      .filter(({ id }) => id !== "without a message")
      .map(({ id }) => ({
        ...{ ...delivery, channelId: id, dueAt: at(id === "of a later message" ? 61 : 60) },
      })),
  );
}

const { changed, found } = seededStatements(seed);

describe("the channels of alerts", () => {
  it("are listed as they were created, and found by their id, with all that is known of them", async () => {
    expect(await found(listAlertChannels, {})).toEqual(channels);
    expect(await found(findAlertChannel, { id: "off" })).toEqual([channels.find(({ id }) => id === "off")]);
  });

  it("are written with all that an operator said", async () => {
    const said = {
      ...{ id: "new", kind: "slack" as const, name: "n", url: "u", host: "h", secret: "s" },
      ...{ language: "en" as const, timeZone: "UTC", quietFrom: 1, quietTo: 2 },
    };
    expect(await changed(insertAlertChannel, { ...said, now: at(7) })).toEqual({
      "alertChannels new": channel("new", { ...said, createdAt: at(7) }),
    });
  });

  it("are changed one by one, keep their address and secret where none is given, and are tried again at once", async () => {
    const said = { name: "n", language: "en" as const, timeZone: "UTC", quietFrom: 1, quietTo: 2 };
    const address = { url: "u", host: "h", secret: "s" };
    const id = "to be tried later";
    expect(await changed(updateAlertChannel, { id, ...said, ...address })).toEqual({
      [`alertChannels ${id}`]: { ...said, ...address, retryAt: null },
    });
    const kept = { url: null, host: null, secret: null };
    const always = { quietFrom: null, quietTo: null };
    expect(await changed(updateAlertChannel, { id, ...said, ...kept, ...always })).toEqual({
      [`alertChannels ${id}`]: { ...said, ...always, retryAt: null },
    });
  });

  it("are disabled, enabled as if they had never failed, and deleted one by one", async () => {
    expect(await changed(disableAlertChannel, { id: "a second", now: at(60) })).toEqual({
      "alertChannels a second": { disabledAt: at(60) },
    });
    expect(await changed(disableAlertChannel, { id: "off", now: at(60) }), "disabled already").toEqual({});
    expect(await changed(enableAlertChannel, { id: "off" })).toEqual({
      "alertChannels off": {
        ...{ disabledAt: null, failingSince: null, lastError: null, failures: 0, retryAt: null },
      },
    });
    expect(await changed(enableAlertChannel, { id: "to be tried later" }), "enabled already").toEqual({});
    expect(await changed(deleteAlertChannel, { id: "a second" })).toEqual({
      "alertChannels a second": "deleted",
      "alertDeliveries a second incident opened": "deleted",
    });
  });

  it("are due, the oldest first, where a message is and the channel is neither off, nor in use, nor to be tried later", async () => {
    expect((await found(listDueAlertChannels, { now: at(60) })).map(({ id }) => id)).toEqual([
      "z first",
      "a second",
      "b third",
      "lease over",
      "to be tried now",
    ]);
  });

  it("are taken by one process at a time, and only where they can be sent to", async () => {
    const leaseUntil = at(90);
    const taken = (id: string) => changed(claimAlertChannel, { id, now: at(60), leaseUntil });
    for (const id of ["a second", "lease over", "to be tried now"])
      expect(await taken(id)).toEqual({ [`alertChannels ${id}`]: { leaseUntil } });
    for (const id of ["in use", "to be tried later", "off"]) expect(await taken(id), id).toEqual({});
  });

  it("are given back by the process that has them, with what came of it", async () => {
    const outcome = { lastSentAt: at(62), ...failing, retryAt: at(70) };
    expect(await changed(releaseAlertChannel, { id: "in use", leaseUntil: at(61), ...outcome })).toEqual({
      "alertChannels in use": { leaseUntil: null, ...outcome },
    });
    for (const [id, leaseUntil] of [
      ["in use", at(60)],
      ["lease over", at(61)],
      ["a second", at(61)],
    ] as const)
      expect(await changed(releaseAlertChannel, { id, leaseUntil, ...outcome }), id).toEqual({});
  });
});
