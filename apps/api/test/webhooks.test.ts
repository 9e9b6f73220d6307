import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { deliverWebhooks } from "../src/domain/events/deliver.js";
import { DeliverySlots } from "../src/domain/events/delivery-slots.js";
import { noticeDisabledWebhooks } from "../src/domain/events/disabled-webhooks.js";
import { outboxRecords } from "../src/domain/events/outbox.js";
import { publishEvents } from "../src/domain/events/publish.js";
import { resendWebhook, testWebhook } from "../src/domain/events/webhook-endpoints.js";
import { disableHost, enableHost } from "../src/domain/hosts/clients.js";
import { createHost, type Host } from "./support/hosts.js";
import { type Receiver, startReceiver } from "./support/receiver.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
let shop: Host;
let other: Host;
let receiver: Receiver;
beforeAll(async () => {
  system = await startSystem();
  shop = await createHost(system, { scopes: ["events"] });
  other = await createHost(system, { id: "other", origin: "https://other.example", scopes: ["events"] });
});
afterAll(() => system.close());
beforeEach(async () => {
  await publishEvents(system.app.deps);
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const host of [shop, other]) {
    const { items } = (await host.call("GET", "/webhooks")).body as { items: { id: string }[] };
    for (const { id } of items) await host.call("DELETE", `/webhooks/${id}`);
  }
  await receiver.close();
});

type Made = { id: string; secret: string };
const create = async (body: object = {}, host = shop) =>
  (await host.call("POST", "/webhooks", { url: receiver.url, ...body })).body as Made;
const deliveries = async (id: string, query = "") =>
  (
    (await shop.call("GET", `/webhooks/${id}/deliveries${query}`)).body as {
      items: Record<string, unknown>[];
    }
  ).items;

/** Writes events about a user, and numbers them. */
async function happen(count: number, type: "user.updated" | "user.blocked" = "user.updated") {
  const { deps } = system.app;
  const events = Array.from({ length: count }, (_, n) => ({ type, userId: "someone", data: { n } }));
  await deps.db.batch(outboxRecords(deps, events));
  await publishEvents(deps);
}

/** Sends what is due until nothing is left. */
async function deliver() {
  const { deps } = system.app;
  for (;;) {
    await deliverWebhooks(deps);
    await deps.deliverySlots.settled();
    const now = deps.now();
    const due = (await rowsOf(system.db, "webhookDeliveries")).filter(
      ({ nextAttemptAt }) => nextAttemptAt !== null && nextAttemptAt <= now,
    );
    if (due.length === 0) return;
  }
}

describe("a webhook", () => {
  it("tells each event of its types in a signed message with the event's id, which the public library verifies [T113]", async () => {
    const { id, secret, ...shown } = await create({ types: ["user.blocked"] });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const webhook = {
      ...{ url: receiver.url, types: ["user.blocked"], enabled: true, createdAt: expect.any(String) },
      ...{ failingSince: null, disabledAt: null, disabledReason: null },
    };
    expect(shown).toEqual(webhook);
    expect(await shop.call("GET", "/webhooks")).toEqual({
      status: 200,
      body: { items: [{ id, ...webhook }], nextCursor: null },
    });
    await happen(2);
    await happen(1, "user.blocked");
    await deliver();
    const feed = (await shop.call("GET", "/events?types=user.blocked")).body as { items: { id: string }[] };
    const { id: eventId, ...event } = feed.items.at(-1) ?? { id: "" };
    expect(receiver.received).toHaveLength(1);
    const [message] = receiver.received;
    expect(message?.id).toBe(eventId);
    const { number, ...body } = event as unknown as { number: number };
    expect(new Webhook(secret).verify(message?.body ?? "", message?.headers ?? {})).toEqual(body);
    expect(message?.event.data.number).toBe(number);
    const at = system.app.deps.now().toISOString();
    expect(await deliveries(id)).toEqual([
      {
        ...{ id: expect.any(String), eventId, number, type: "user.blocked", state: "delivered", attempts: 1 },
        ...{ createdAt: expect.any(String), nextAttemptAt: null, lastAttemptAt: expect.any(String) },
        ...{ status: 204, error: null, durationMs: expect.any(Number) },
      },
    ]);
    const [delivery] = await deliveries(id);
    for (const moment of [delivery?.createdAt, delivery?.lastAttemptAt]) {
      expect(Math.abs(Date.parse(String(moment)) - Date.parse(at))).toBeLessThan(60_000);
    }
  });

  it("is signed with two secrets for a day after its secret was changed, and both appear nowhere else [T113]", async () => {
    const { id, secret: before } = await create();
    const day = system.app.deps.now().getTime() + 86_400_000;
    const rotated = (await shop.call("POST", `/webhooks/${id}/rotate-secret`)).body as {
      secret: string;
      previousUntil: string;
    };
    // The clock goes on while this test runs.
    expect(Date.parse(rotated.previousUntil) - day).toBeLessThan(60_000);
    expect(Date.parse(rotated.previousUntil)).toBeGreaterThanOrEqual(day);
    await happen(1);
    await deliver();
    system.advance(86_000);
    await happen(1);
    await deliver();
    system.advance(401);
    await happen(1);
    await deliver();
    const verifies = (secret: string) =>
      receiver.received.map(({ body, headers }) => {
        vi.spyOn(Date, "now").mockReturnValue(Number(headers["webhook-timestamp"]) * 1000);
        try {
          return new Webhook(secret).verify(body, headers) !== undefined;
        } catch {
          return false;
        } finally {
          vi.restoreAllMocks();
        }
      });
    expect([verifies(before), verifies(rotated.secret)]).toEqual([
      [true, true, false],
      [true, true, true],
    ]);
    const stored = JSON.stringify(await rowsOf(system.db, "webhookEndpoints"));
    const logged = system.logLines.join("\n");
    const listed = JSON.stringify((await shop.call("GET", "/webhooks")).body);
    for (const secret of [before, rotated.secret]) {
      const bare = secret.slice("whsec_".length);
      expect([stored, logged, listed].filter((text) => text.includes(bare))).toEqual([]);
    }
  });

  it("belongs to its host alone, and tells no other host's events [T113]", async () => {
    const { id } = await create();
    const { deps } = system.app;
    const secret = { type: "user.updated", userId: "someone", clientId: "other" } as const;
    await deps.db.batch(outboxRecords(deps, [secret]));
    await publishEvents(deps);
    await deliver();
    expect(receiver.received).toEqual([]);
    await happen(1);
    await deliver();
    expect(receiver.received).toHaveLength(1);
    const [delivery] = await deliveries(id);
    const answers = await Promise.all([
      other.call("PUT", `/webhooks/${id}`, { enabled: false }),
      other.call("DELETE", `/webhooks/${id}`),
      other.call("POST", `/webhooks/${id}/rotate-secret`),
      other.call("POST", `/webhooks/${id}/test`),
      other.call("GET", `/webhooks/${id}/deliveries`),
      other.call("POST", `/webhooks/${id}/deliveries/${delivery?.id}/resend`),
      other.call("POST", `/webhooks/${(await create({}, other)).id}/deliveries/${delivery?.id}/resend`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect((await shop.call("GET", "/webhooks")).body).toMatchObject({ items: [{ id, enabled: true }] });
  });

  it.each([
    ["not-a-url", "absolute"],
    ["ftp://shop.example/", "https"],
    ["https://user:secret@shop.example/", "user name"],
    ["https://shop.example/#part", "fragment"],
    ["https://10.0.0.1/", "not public"],
    ["https://169.254.169.254/latest", "not public"],
    ["https://[::ffff:10.0.0.1]/", "not public"],
  ])("is not made for the address %s [T113]", async (url, what) => {
    const { status, body } = await shop.call("POST", "/webhooks", { url });
    expect([status, (body as { detail: string }).detail]).toEqual([400, expect.stringContaining(what)]);
  });

  it("is sent nothing while its host application is disabled: neither what waits nor what is new nor what is resent nor a test, all of which the feed keeps [T110]", async () => {
    const { deps } = system.app;
    const { id } = await create();
    receiver.answer(503);
    await happen(1);
    await deliver();
    const tried = receiver.received.length;
    expect(tried).toBe(1);
    receiver.answer(204);
    await disableHost(deps, "shop");
    system.advance(60);
    await happen(1);
    await deliver();
    const stored = async () =>
      (await rowsOf(system.db, "webhookDeliveries"))
        .filter(({ endpointId }) => endpointId === id)
        .map(({ state, lastError, nextAttemptAt }) => [state, lastError, nextAttemptAt]);
    expect(await stored()).toEqual([["failed", "endpoint disabled", null]]);
    const [delivery] = await rowsOf(system.db, "webhookDeliveries");
    const resend = () => resendWebhook(deps, { clientId: "shop", id, deliveryId: delivery?.id ?? "" });
    const refusal = { code: "conflict", message: "The host application is disabled: enable it first." };
    await expect(resend()).rejects.toMatchObject(refusal);
    await expect(testWebhook(deps, { clientId: "shop", id })).rejects.toMatchObject(refusal);
    expect(receiver.received).toHaveLength(tried);
    await enableHost(deps, "shop");
    const { items } = (await shop.call("GET", "/events?types=user.updated&limit=200")).body as {
      items: object[];
    };
    expect(items.length).toBeGreaterThanOrEqual(2);
    await resend();
    await deliver();
    expect(receiver.received).toHaveLength(tried + 1);
    expect(await testWebhook(deps, { clientId: "shop", id })).toMatchObject({ delivered: true });
  });

  it("is made and changed for events that are sent, and for no other name", async () => {
    const { id } = await create({ types: ["binding.removed"] });
    for (const type of ["binding.revoked", "webhook.test", "user.*", ""]) {
      const answers = [
        await shop.call("POST", "/webhooks", { url: receiver.url, types: [type] }),
        await shop.call("PUT", `/webhooks/${id}`, { types: [type] }),
        await shop.call("GET", `/events?types=${encodeURIComponent(type)}`),
      ];
      expect(answers.map(({ body }) => (body as { code?: string }).code)).toEqual(
        Array(3).fill("input_invalid"),
      );
    }
    expect((await shop.call("GET", "/webhooks")).body).toMatchObject({
      items: [{ id, types: ["binding.removed"] }],
    });
  });

  it("can be tried and resent", async () => {
    const { id } = await create();
    expect((await shop.call("POST", `/webhooks/${id}/test`)).body).toEqual({
      delivered: true,
      status: 204,
      error: null,
    });
    expect(receiver.received.map(({ event }) => event.type)).toEqual(["webhook.test"]);
    await happen(1);
    await deliver();
    const [delivery] = await deliveries(id);
    expect((await shop.call("POST", `/webhooks/${id}/deliveries/${delivery?.id}/resend`)).status).toBe(200);
    expect((await shop.call("POST", `/webhooks/${id}/deliveries/none/resend`)).status).toBe(404);
    await deliver();
    expect(receiver.received.slice(1).map((message) => message.id)).toEqual([
      delivery?.eventId,
      delivery?.eventId,
    ]);
  });

  it("is one of ten at most, also if thirty are made at once; another host has ten of its own", async () => {
    const make = (host: Host) => host.call("POST", "/webhooks", { url: receiver.url });
    const answers = await Promise.all(Array.from({ length: 30 }, () => make(shop)));
    const refused = answers.filter(({ status }) => status === 409);
    expect([answers.filter(({ status }) => status === 200).length, refused.length]).toEqual([10, 20]);
    expect(refused[0]?.body).toMatchObject({
      code: "conflict",
      detail: "There are 10 webhooks already: delete one first.",
    });
    const { items } = (await shop.call("GET", "/webhooks")).body as { items: { id: string }[] };
    expect(items).toHaveLength(10);
    expect((await make(other)).status).toBe(200);
    await shop.call("DELETE", `/webhooks/${items[0]?.id}`);
    expect((await make(shop)).status).toBe(200);
  });
});

describe("a receiver that is down for an hour", () => {
  it("gets every event at least once with its stable id, and finds each once and in order in the feed [T114]", async () => {
    const { id } = await create();
    const { body } = await shop.call("GET", "/events");
    const { lastNumber: after } = body as { lastNumber: number };
    receiver.answer(503);
    const startedAt = system.app.deps.now().getTime();
    while (system.app.deps.now().getTime() - startedAt < 3_600_000) {
      await happen(3);
      await deliver();
      system.advance(301);
    }
    const tried = receiver.received.length;
    expect((await deliveries(id)).every(({ state, status }) => state === "pending" && status === 503)).toBe(
      true,
    );
    receiver.answer(204);
    system.advance(11 * 3600);
    await deliver();
    const feed = (await shop.call("GET", `/events?after=${after}&limit=200`)).body as {
      items: { id: string; number: number }[];
    };
    expect(feed.items.map(({ number }) => number)).toEqual(
      Array.from({ length: 36 }, (_, n) => after + n + 1),
    );
    const ids = feed.items.map((event) => event.id).sort();
    expect([...new Set(receiver.received.slice(tried).map((message) => message.id))].sort()).toEqual(ids);
    expect((await deliveries(id, "?limit=200")).every(({ state }) => state === "delivered")).toBe(true);
    expect((await shop.call("GET", "/webhooks")).body).toMatchObject({ items: [{ failingSince: null }] });
  });
});

describe("a receiver that takes nothing", () => {
  const disabled = async () =>
    ((await shop.call("GET", "/webhooks")).body as { items: { disabledReason: string }[] }).items[0]
      ?.disabledReason;
  const warnings = () => system.logLines.filter((line) => line.includes('"webhook_disabled"')).length;

  it("is disabled after three days with a log line and a notice, keeps the feed whole, and goes on once its host enables it [T114]", async () => {
    const { id } = await create();
    const before = warnings();
    receiver.answer(500);
    await happen(1);
    await deliver();
    system.advance(3 * 86_400 - 10);
    await happen(1);
    await deliver();
    expect([await disabled(), warnings()]).toEqual([null, before]);
    system.advance(20);
    await deliver();
    expect([await disabled(), warnings()]).toEqual(["failing", before + 1]);
    await noticeDisabledWebhooks(system.app.deps);
    expect(system.app.deps.notices.list()).toEqual([
      { kind: "webhook_disabled", since: expect.any(Date), clients: "shop" },
    ]);
    const tried = receiver.received.length;
    await happen(1);
    system.advance(86_400);
    await deliver();
    expect([receiver.received.length, (await deliveries(id)).map(({ error }) => error)]).toEqual([
      tried,
      ["endpoint disabled", "endpoint disabled"],
    ]);
    receiver.answer(204);
    await shop.call("PUT", `/webhooks/${id}`, { enabled: true });
    await noticeDisabledWebhooks(system.app.deps);
    expect(system.app.deps.notices.list()).toEqual([]);
    await happen(1);
    await deliver();
    expect(receiver.received).toHaveLength(tried + 1);
  });

  it("is disabled at once by 410 [T114]", async () => {
    const before = warnings();
    await create();
    receiver.answer(410);
    await happen(2);
    await deliver();
    expect([await disabled(), warnings()]).toEqual(["gone", before + 1]);
    // It is not tried again, also once the webhook is enabled.
    const answered = (await rowsOf(system.db, "webhookDeliveries")).filter(
      ({ lastStatus }) => lastStatus === 410,
    );
    expect(answered.length).toBeGreaterThan(0);
    expect(answered.map(({ state, nextAttemptAt }) => [state, nextAttemptAt])).toEqual(
      answered.map(() => ["failed", null]),
    );
  });

  it("and hangs, holds up neither another host's webhook nor a sign-in, and has four messages at once at most [T114]", async () => {
    const quick = await startReceiver();
    try {
      const { deps } = system.app;
      const { id } = await create();
      await other.call("POST", "/webhooks", { url: quick.url });
      let release = () => {};
      const hanging = new Promise<void>((resolve) => {
        release = resolve;
      });
      receiver.answer((_request, response) => void hanging.then(() => response.writeHead(204).end()));
      await happen(60);
      await deliverWebhooks(deps);
      await expect
        .poll(
          async () => {
            await deliverWebhooks(deps);
            system.advance(2); // what is behind a full page of one endpoint comes after this
            return quick.received.length;
          },
          { timeout: 10_000 },
        )
        .toBe(60);
      expect(receiver.received).toHaveLength(4);
      const person = system.browser({ person: "alice" });
      await person.signIn();
      expect(await userOf(person)).toEqual(expect.any(String));
      // It hangs still: the sign-in did not wait for it.
      const held = (await rowsOf(system.db, "webhookDeliveries")).filter(({ leaseUntil }) => leaseUntil);
      expect(held.map(({ endpointId, attempts }) => [endpointId, attempts])).toEqual(Array(4).fill([id, 0]));
      const refused = await shop.call("POST", `/webhooks/${id}/test`);
      expect([refused.status, refused.body]).toMatchObject([
        ...[409, { detail: "Other messages are on their way to this webhook: try again in a moment." }],
      ]);
      release();
      await deps.deliverySlots.settled();
    } finally {
      await quick.close();
    }
  });

  it("is not sent one delivery by two processes at once, and gets it from another one if a process was killed [T114]", async () => {
    const { deps } = system.app;
    const processes = Array.from({ length: 3 }, () => ({ ...deps, deliverySlots: new DeliverySlots() }));
    await create();
    await happen(12);
    await Promise.all(processes.map(deliverWebhooks));
    await Promise.all(processes.map(({ deliverySlots }) => deliverySlots.settled()));
    expect(receiver.received.map((message) => message.id).sort()).toEqual(
      [...new Set(receiver.received.map((message) => message.id))].sort(),
    );
    await deliver();
    expect(receiver.received).toHaveLength(12);
    // Its answer never comes back to the process that sent it.
    const dead = { ...deps, webhooks: { post: () => new Promise<never>(() => {}) } };
    await happen(1);
    await deliverWebhooks({ ...dead, deliverySlots: new DeliverySlots() });
    await vi.waitFor(async () =>
      expect((await rowsOf(system.db, "webhookDeliveries")).some(({ leaseUntil }) => leaseUntil)).toBe(true),
    );
    await deliverWebhooks(deps);
    await deps.deliverySlots.settled();
    expect(receiver.received).toHaveLength(12);
    system.advance(31);
    await deliver();
    expect(receiver.received).toHaveLength(13);
  });
});
