import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Deps } from "../src/domain/deps.js";
import {
  listWebhookDeliveries,
  resendWebhook,
  testWebhook,
  updateWebhook,
} from "../src/domain/events/webhook-endpoints.js";
import { encryptWebhookSecret } from "../src/domain/events/webhook-secrets.js";
import { disableHost } from "../src/domain/hosts/clients.js";
import { addRows, rowsOf } from "./support/rows.js";
import {
  addEvents,
  auditEntries,
  byOlga,
  deliveryRow,
  endpointRow,
  entryOf,
  secretOf,
  startTwoWebhooks,
  type Webhooks,
} from "./support/webhook-rows.js";

// What is sent to a webhook by hand, and what was sent to it, beside another host's.

let { harness, deps, receiver, at } = {} as Webhooks;
beforeEach(async () => {
  ({ harness, deps, receiver, at } = await startTwoWebhooks());
});
afterEach(() => harness.close());

const ofShop = { id: "hook", clientId: "shop" };
const hostDisabled = { code: "conflict", message: "The host application is disabled: enable it first." };

describe("a test message", () => {
  it("is signed, sent once to this webhook, and has its entry before it is sent [T113]", async () => {
    const entriesAtPost: unknown[] = [];
    const freeAtPost: number[] = [];
    const webhooks: Deps["webhooks"] = {
      async post(...message) {
        entriesAtPost.push(...(await auditEntries(deps.db)));
        freeAtPost.push(deps.deliverySlots.freeFor("hook", { isFailing: false }));
        return receiver.webhooks.post(...message);
      },
    };
    expect(await testWebhook({ ...deps, webhooks }, { ...ofShop, by: byOlga })).toEqual({
      ...{ delivered: true, status: 204, error: null },
    });
    expect(entriesAtPost).toEqual([entryOf("host.test_webhook", "hook")]);
    expect(freeAtPost).toEqual([3]);
    const [message] = receiver.posts;
    expect(receiver.posts).toHaveLength(1);
    expect(message?.url).toBe("https://shop.example/hook");
    expect(message?.headers["webhook-id"]).toMatch(/^evt_[0-9A-Z]{26}$/);
    expect(new Webhook(secretOf("hook")).verify(message?.body ?? "", message?.headers ?? {})).toEqual({
      ...{ type: "webhook.test", timestamp: at.toISOString(), data: {} },
    });
    await testWebhook(deps, ofShop);
    expect(await auditEntries(deps.db)).toHaveLength(1);
  });

  it("says what became of it: the status of a refusal, or why there was no answer", async () => {
    receiver.answer = { status: 503, error: "refused" };
    expect(await testWebhook(deps, ofShop)).toEqual({ delivered: false, status: 503, error: "refused" });
    receiver.answer = { status: null, error: "timed out" };
    expect(await testWebhook(deps, ofShop)).toEqual({ delivered: false, status: null, error: "timed out" });
    await addRows(deps.db, "webhookEndpoints", [
      endpointRow(deps, { id: "lost", secret: encryptWebhookSecret(deps, "another", "whsec_eA==") }),
    ]);
    expect(await testWebhook(deps, { ...ofShop, id: "lost" })).toEqual({
      ...{ delivered: false, status: null, error: "secret unreadable" },
    });
    expect(receiver.posts).toHaveLength(2);
  });

  it("is refused without an entry while four others are on their way, and while the host application is disabled", async () => {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const take = () => deps.deliverySlots.take("hook", () => ended);
    const sends = [take(), take(), take()];
    expect(await testWebhook(deps, ofShop)).toMatchObject({ delivered: true });
    sends.push(take());
    await expect(testWebhook(deps, { ...ofShop, by: byOlga })).rejects.toMatchObject({
      code: "conflict",
      message: "Other messages are on their way to this webhook: try again in a moment.",
    });
    end();
    await Promise.all(sends);
    expect(await auditEntries(deps.db)).toEqual([]);
    await disableHost(deps, "shop");
    await expect(testWebhook(deps, ofShop)).rejects.toMatchObject(hostDisabled);
    expect(receiver.posts).toHaveLength(1);
  });
});

describe("the deliveries of a webhook", () => {
  it("are listed with how each went, the newest event first, a page at a time", async () => {
    await addEvents(deps.db, at, [1, 2, 3]);
    const [tried, next] = [new Date(at.getTime() - 1_000), new Date(at.getTime() + 5_000)];
    const failure = { lastStatus: 500, lastError: "refused", lastAttemptAt: tried, durationMs: 12 };
    await addRows(deps.db, "webhookDeliveries", [
      deliveryRow(deps, { id: "d1", endpointId: "hook", eventNumber: 1 }),
      deliveryRow(deps, {
        ...{ id: "d2", endpointId: "hook", eventNumber: 2, attempts: 1, createdAt: tried },
        ...{ nextAttemptAt: next, ...failure },
      }),
      deliveryRow(deps, {
        ...{ id: "d3", endpointId: "hook", eventNumber: 3, state: "failed", nextAttemptAt: null },
      }),
      deliveryRow(deps, { id: "other", endpointId: "foreign", eventNumber: 3 }),
    ]);
    const item = (number: number, about: object) => ({
      ...{ id: `d${number}`, eventId: `evt_${number}`, number, type: "user.updated", state: "pending" },
      ...{ attempts: 0, createdAt: at.toISOString(), nextAttemptAt: at.toISOString() },
      ...{ lastAttemptAt: null, status: null, error: null, durationMs: null, ...about },
    });
    const first = item(1, {});
    const second = item(2, {
      ...{ attempts: 1, createdAt: tried.toISOString(), nextAttemptAt: next.toISOString() },
      ...{ lastAttemptAt: tried.toISOString(), status: 500, error: "refused", durationMs: 12 },
    });
    const third = item(3, { state: "failed", nextAttemptAt: null });
    const list = (before: number, limit: number) => listWebhookDeliveries(deps, { ...ofShop, before, limit });
    expect(await list(9, 2)).toEqual({ items: [third, second], nextCursor: "2" });
    expect(await list(9, 1)).toEqual({ items: [third], nextCursor: "3" });
    expect(await list(2, 2)).toEqual({ items: [first], nextCursor: null });
    expect(await list(9, 3)).toEqual({ items: [third, second, first], nextCursor: null });
  });
});

describe("resending a delivery", () => {
  const failed = { state: "failed" as const, attempts: 8, nextAttemptAt: null, lastStatus: 500 };
  const resend = (about: object = {}) =>
    resendWebhook(deps, { ...ofShop, deliveryId: "mine", by: byOlga, ...about });
  beforeEach(() =>
    addRows(deps.db, "webhookDeliveries", [
      deliveryRow(deps, { id: "mine", endpointId: "hook", ...failed }),
      deliveryRow(deps, { id: "theirs", endpointId: "foreign", ...failed }),
    ]),
  );
  const due = async () =>
    (await rowsOf(deps.db, "webhookDeliveries")).map(({ id, state, attempts, nextAttemptAt }) => [
      ...[id, state, attempts, nextAttemptAt],
    ]);
  const untriedAgain = [
    ["mine", "failed", 8, null],
    ["theirs", "failed", 8, null],
  ];

  it("makes it due at once with all its tries, and is an entry of the audit log", async () => {
    harness.advance(60);
    await resend();
    expect(await due()).toEqual([["mine", "pending", 0, deps.now()], untriedAgain[1]]);
    expect(await auditEntries(deps.db)).toEqual([entryOf("host.resend_webhook", "hook")]);
  });

  it("is refused for a delivery of another webhook, while the webhook is disabled, and while its host is", async () => {
    await expect(resend({ deliveryId: "theirs" })).rejects.toMatchObject({
      ...{ code: "not_found", message: "There is no such delivery of this webhook." },
    });
    await updateWebhook(deps, { ...ofShop, enabled: false });
    await expect(resend()).rejects.toMatchObject({
      ...{ code: "conflict", message: "This webhook is disabled: enable it first." },
    });
    await updateWebhook(deps, { ...ofShop, enabled: true });
    await disableHost(deps, "shop", byOlga);
    await expect(resend()).rejects.toMatchObject(hostDisabled);
    expect(await due()).toEqual(untriedAgain);
    expect(await auditEntries(deps.db)).toEqual([entryOf("host.disable", "shop")]);
  });
});
