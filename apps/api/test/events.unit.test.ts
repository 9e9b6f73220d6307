import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { numberEvents } from "../src/db/events.js";
import { DatabaseError, type Deps } from "../src/domain/deps.js";
import { deliverWebhooks } from "../src/domain/events/deliver.js";
import { DeliverySlots } from "../src/domain/events/delivery-slots.js";
import { readFeed } from "../src/domain/events/feed.js";
import type { EventType } from "../src/domain/events/outbox.js";
import { publishEvents } from "../src/domain/events/publish.js";
import { encryptWebhookSecret, secretsOf } from "../src/domain/events/webhook-secrets.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { onlyOn } from "./support/engine.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let deps: Deps;
beforeEach(async () => {
  harness = await startDomainHarness();
  deps = harness.deps;
});
afterEach(() => harness.close());

const addEvents = (about: { id: string; number?: number; type?: EventType; clientId?: string }[]) =>
  addRows(
    deps.db,
    "outbox",
    about.map((event) => ({ type: "user.updated", at: deps.now(), userId: "alice", data: "{}", ...event })),
  );
const numbers = async () =>
  (await rowsOf(deps.db, "outbox")).map(({ number }) => number).sort((a, b) => (a ?? 0) - (b ?? 0));

describe("the publisher of events", () => {
  it("numbers all that wait, also where they are more than one batch or exactly one [T112]", async () => {
    const ids = (count: number, name: string) =>
      Array.from({ length: count }, (_, n) => ({ id: `${name}-${String(n).padStart(4, "0")}` }));
    await publishEvents(deps);
    await addEvents(ids(501, "a"));
    await publishEvents(deps);
    expect(await numbers()).toEqual(Array.from({ length: 501 }, (_, n) => n + 1));
    await addEvents(ids(500, "b"));
    await publishEvents(deps);
    expect(await numbers()).toEqual(Array.from({ length: 1001 }, (_, n) => n + 1));
  });

  it("leaves the numbers to another process that was quicker, and hides no other failure [T112]", async () => {
    await addEvents([{ id: "a" }]);
    const batch = vi.spyOn(deps.db, "batch");
    batch.mockRejectedValueOnce(new DatabaseError("rejected", { cause: undefined }));
    await publishEvents(deps);
    expect(batch).toHaveBeenCalledTimes(1);
    for (const failure of [new DatabaseError("unavailable", { cause: undefined }), new Error("a bug")]) {
      batch.mockRejectedValueOnce(failure);
      await expect(publishEvents(deps)).rejects.toBe(failure);
    }
    expect(await numbers()).toEqual([null]);
    await publishEvents(deps);
    expect(await numbers()).toEqual([1]);
  });
});

onlyOn("sqlite", "the statement that numbers events", {}, () => {
  it("finds each of them by its id, however many have no number yet", async () => {
    const plan = await deps.db.consoleQuery((orm, tables) => {
      const query = numberEvents.build(orm, tables) as unknown as { getSQL(): ReturnType<typeof sql> };
      return orm.all<string[]>(sql`explain query plan ${query.getSQL()}`) as unknown as Promise<string[][]>;
    });
    const reads = plan.map((line) => line.at(-1)).filter((detail) => / outbox /.test(String(detail)));
    expect(reads).toContain("SEARCH outbox USING INDEX sqlite_autoindex_outbox_1 (id=?)");
    expect(reads.filter((detail) => /number=\?/.test(String(detail)))).toHaveLength(1); // those that wait
  });
});

describe("a page of the feed", () => {
  const read = async (after: number | undefined, types: EventType[] = [], limit = 2) => {
    const { items, lastNumber } = await readFeed(deps, { clientId: "shop", after, types, limit });
    return [items.map(({ number }) => number), lastNumber];
  };

  it("looks at 5,000 numbers at most, and says up to which it has looked [T112]", async () => {
    expect(await read(undefined)).toEqual([[], 0]);
    await addEvents([
      { id: "a", number: 1 },
      { id: "other", number: 2, clientId: "forum" },
      { id: "b", number: 5_001 },
      { id: "c", number: 5_002, type: "user.blocked" },
      { id: "d", number: 5_003, type: "user.blocked" },
    ]);
    expect(await read(undefined)).toEqual([[1], 5_000]);
    expect(await read(1)).toEqual([[5_001], 5_001]);
    expect(await read(2)).toEqual([[5_001, 5_002], 5_002]);
    expect(await read(0, ["user.blocked"])).toEqual([[], 5_000]);
    expect(await read(5_000, ["user.blocked"], 3)).toEqual([[5_002, 5_003], 5_003]);
    expect(await read(5_003)).toEqual([[], 5_003]);
  });

  it("is refused below the oldest event and above the newest, each with what happened and how to go on [T112]", async () => {
    await addEvents([
      { id: "a", number: 7 },
      { id: "b", number: 8 },
    ]);
    expect(await read(undefined)).toEqual([[7, 8], 8]);
    expect(await read(6)).toEqual([[7, 8], 8]);
    const goOn = "Read your users again, then go on with after=8.";
    await expect(read(5)).rejects.toMatchObject({
      ...{ code: "events_gone", message: `The events up to number 6 are deleted. ${goOn}` },
    });
    await expect(read(9)).rejects.toMatchObject({
      ...{ code: "events_gone", message: `There is no event 9 yet: the database was restored. ${goOn}` },
    });
  });
});

describe("what a process sends to webhooks", () => {
  /** Sends that end when they are told to. */
  function sending(slots: DeliverySlots, endpointId: string, count: number) {
    const ends: (() => void)[] = [];
    const sends = Array.from({ length: count }, () =>
      slots.take(endpointId, () => new Promise<void>((end) => ends.push(end))),
    );
    return {
      end: (n: number) => {
        ends[n]?.();
        return sends[n];
      },
    };
  }
  const free = (slots: DeliverySlots, endpointId: string) =>
    [false, true].map((isFailing) => slots.freeFor(endpointId, { isFailing }));

  it("is four messages at once to an endpoint, one to a failing one, and 32 in all [T114]", async () => {
    const slots = new DeliverySlots();
    expect(free(slots, "a")).toEqual([4, 1]);
    const toA = sending(slots, "a", 3);
    expect([free(slots, "a"), free(slots, "b")]).toEqual([
      [1, 0],
      [4, 1],
    ]);
    await toA.end(0);
    expect(free(slots, "a")).toEqual([2, 0]);
    const others = Array.from({ length: 7 }, (_, n) => sending(slots, `other-${n}`, 4));
    expect([free(slots, "b"), slots.free]).toEqual([[2, 1], 2]);
    sending(slots, "b", 2);
    expect([free(slots, "b"), free(slots, "c"), slots.free]).toEqual([[0, 0], [0, 0], 0]);
    await others[0]?.end(0);
    expect([free(slots, "b"), free(slots, "c"), slots.free]).toEqual([[1, 0], [1, 1], 1]);
    await Promise.all([toA.end(1), toA.end(2)]);
    expect(free(slots, "a")).toEqual([3, 1]);
  });

  it("is put off for two seconds where an endpoint is busy, and for a minute where it fails, so that a full page of them hides no other one [T114]", async () => {
    const at = deps.now();
    const client = { id: "shop", name: "The shop", origins: "[]", redirectPaths: "[]", createdAt: at };
    await addRows(deps.db, "hostClients", [client]);
    const endpoint = {
      ...{ clientId: "shop", url: "https://shop.example/", types: "[]", secret: "encrypted", createdAt: at },
    };
    await addRows(deps.db, "webhookEndpoints", [
      { ...endpoint, id: "busy" },
      { ...endpoint, id: "failing", failingSince: at },
    ]);
    const due = (endpointId: string) =>
      Array.from({ length: 25 }, (_, n) => ({
        ...{ id: `${endpointId} ${n}`, endpointId, eventNumber: n, state: "pending" as const, attempts: 0 },
        ...{ createdAt: at, nextAttemptAt: at },
      }));
    await addRows(deps.db, "webhookDeliveries", [...due("busy"), ...due("failing")]);
    sending(deps.deliverySlots, "busy", 4);
    sending(deps.deliverySlots, "failing", 1);

    await deliverWebhooks(deps);
    const waits = (await rowsOf(deps.db, "webhookDeliveries")).map(
      ({ endpointId, leaseUntil, nextAttemptAt }) =>
        `${endpointId} ${((nextAttemptAt?.getTime() ?? 0) - at.getTime()) / 1000} s ${leaseUntil}`,
    );
    expect([waits.length, ...new Set(waits.sort())]).toEqual([50, "busy 2 s null", "failing 60 s null"]);
  });

  it("is searched for by one search at a time, and after a stop by none", async () => {
    const slots = new DeliverySlots();
    const search = vi.fn();
    let end = () => {};
    const first = slots.claim(
      () =>
        new Promise((done) => {
          end = done;
        }),
    );
    await slots.claim(search);
    expect(search).not.toHaveBeenCalled();
    end();
    await first;
    await expect(slots.claim(() => Promise.reject(new Error("away")))).rejects.toThrow("away");
    await slots.claim(search);
    expect(search).toHaveBeenCalledTimes(1);

    const sent = sending(slots, "a", 2);
    let isStopped = false;
    const stopping = slots.stop().then(() => (isStopped = true));
    await slots.claim(search);
    expect(search).toHaveBeenCalledTimes(1);
    await sent.end(0);
    expect(isStopped).toBe(false);
    await sent.end(1);
    expect(await stopping).toBe(true);
  });
});

describe("what signs the messages of a webhook", () => {
  it("is its secret, and the one before until its time is over; nothing of another webhook's [T113]", () => {
    const [secret, previousSecret] = ["new", "old"].map((text) => encryptWebhookSecret(deps, "w", text));
    const now = deps.now();
    const endpoint = { id: "w", secret: secret ?? "", previousSecret: previousSecret ?? null };
    const secrets = (about: object) => secretsOf(deps, { ...endpoint, previousUntil: null, ...about }, now);
    expect(secrets({ previousUntil: new Date(now.getTime() + 1) })).toEqual(["new", "old"]);
    expect(secrets({ previousUntil: now })).toEqual(["new"]);
    expect(secrets({})).toEqual(["new"]);
    expect(secrets({ previousSecret: null, previousUntil: new Date(now.getTime() + 1) })).toEqual(["new"]);
    expect(secrets({ id: "v" })).toEqual([]);
  });
});
