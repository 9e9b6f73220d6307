import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listDeliveryRows } from "../src/db/console/hosts.js";
import { findCaller } from "../src/domain/hosts/api-keys.js";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows, rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";
import { id, iso, minute, noon } from "./support/two-people.js";

// Host applications in the console: whole answers beside another host's rows, what is refused, and what an act leaves alone.

let system: System;
let owner: Console;
let operator: Console;
const [key, revoked, foreign] = [id("KEY"), id("RVKED"), id("XKEY")];
const [hook, otherHook] = [id("HK1"), id("HK2")];

beforeAll(async () => {
  system = await startSystem({ at: noon });
  const { db } = system;
  [owner, operator] = [await seedOperator(system, "owner"), await seedOperator(system)];
  const lists = { origins: '["https://shop.example"]', redirectPaths: '["/return"]' };
  await addRows(db, "hostClients", [
    { id: "shop", name: "The shop", ...lists, createdAt: minute(-90) },
    { id: "crm", name: "The CRM", ...lists, createdAt: minute(-80), disabledAt: minute(-5) },
    { id: "empty", name: "Nothing yet", ...lists, createdAt: minute(-70) },
  ]);
  const apiKey = (keyId: string, clientId: string, fields: object) => ({
    ...{ id: keyId, clientId, keyHash: `hash of ${keyId}`, scopes: '["tickets"]', cidrs: "[]" },
    ...{ hint: keyId.slice(-4), createdAt: minute(-60), ...fields },
  });
  await addRows(db, "apiKeys", [
    apiKey(key, "shop", { lastUsedAt: minute(-3), cidrs: '["203.0.113.0/24"]' }),
    apiKey(revoked, "shop", { lastUsedAt: minute(-30), revokedAt: minute(-20) }),
    apiKey(foreign, "crm", { lastUsedAt: minute(-1) }),
  ]);
  const endpoint = (endpointId: string, clientId: string, fields: object) => ({
    ...{ id: endpointId, clientId, url: `https://${clientId}.example/hooks`, types: '["user.created"]' },
    ...{ secret: "encrypted", createdAt: minute(-50), ...fields },
  });
  await addRows(db, "webhookEndpoints", [
    endpoint(hook, "shop", {
      disabledAt: minute(-9),
      disabledReason: "failing",
      failingSince: minute(-4330),
    }),
    endpoint(otherHook, "crm", { failingSince: minute(-7) }),
  ]);
  const numbers = [1, 2, 3, 4];
  await addRows(
    db,
    "outbox",
    numbers.map((number) => ({
      ...{ id: `evt_${number}`, type: "user.created" as const, userId: "ann", data: "{}" },
      ...{ at: minute(-40), number },
    })),
  );
  const delivery = (name: string, endpointId: string, eventNumber: number, fields: object) => ({
    ...{
      state: "pending" as const,
      attempts: 0,
      id: id(name),
      endpointId,
      eventNumber,
      createdAt: minute(-40 + eventNumber),
      ...fields,
    },
  });
  await addRows(db, "webhookDeliveries", [
    delivery("SENT", hook, 1, {
      ...{ state: "delivered", attempts: 1, lastAttemptAt: minute(-38), lastStatus: 204, durationMs: 12 },
    }),
    delivery("WAS", hook, 2, { state: "pending", attempts: 2, nextAttemptAt: minute(30), lastStatus: 500 }),
    delivery("BAD", hook, 3, { state: "failed", attempts: 8, lastError: "timeout" }),
    delivery("THERS", otherHook, 4, { state: "failed", attempts: 8 }),
  ]);
});
afterAll(() => system.close());

const answerOf = async (path: string, input?: object, console = operator) =>
  (await console.query<Record<string, unknown>>(`hosts.${path}`, input)).data;
const refusalOf = async (path: string, input: object, console = owner) =>
  (await console.mutate(`hosts.${path}`, input)).error?.data.appCode;
const entries = async () =>
  (await rowsOf(system.db, "auditLog")).map(({ event, target, operatorId }) => [event, target, operatorId]);
const pathsAndName = { name: "A site", origins: ["https://site.example"], redirectPaths: ["/back"] };
const lists = { origins: ["https://shop.example"], redirectPaths: ["/return"] };

describe("host applications in the console", () => {
  it("are listed with what each one has, and none of another's, and no secret [T49]", async () => {
    const row = (name: string, fields: object) => ({
      ...{ id: name, ...lists, disabledAt: null, ...fields },
    });
    expect(await answerOf("list")).toEqual({
      items: [
        row("crm", {
          ...{ name: "The CRM", createdAt: iso(-80), disabledAt: iso(-5), keys: 1, lastUsedAt: iso(-1) },
          ...{ webhooks: 1, disabledWebhooks: 0 },
        }),
        row("empty", {
          ...{ name: "Nothing yet", createdAt: iso(-70), keys: 0, lastUsedAt: null },
          ...{ webhooks: 0, disabledWebhooks: 0 },
        }),
        row("shop", {
          ...{ name: "The shop", createdAt: iso(-90), keys: 1, lastUsedAt: iso(-3) },
          ...{ webhooks: 1, disabledWebhooks: 1 },
        }),
      ],
    });
    const shownKey = { scopes: ["tickets"], cidrs: [], createdAt: iso(-60), revokedAt: null };
    expect(await answerOf("get", { id: "shop" })).toEqual({
      ...{ id: "shop", name: "The shop", ...lists, createdAt: iso(-90), disabledAt: null },
      keys: [
        { ...shownKey, id: key, hint: "0KEY", cidrs: ["203.0.113.0/24"], lastUsedAt: iso(-3) },
        { ...shownKey, id: revoked, hint: "VKED", lastUsedAt: iso(-30), revokedAt: iso(-20) },
      ],
      webhooks: [
        {
          ...{ id: hook, url: "https://shop.example/hooks", types: ["user.created"], enabled: false },
          ...{
            createdAt: iso(-50),
            failingSince: iso(-4330),
            disabledAt: iso(-9),
            disabledReason: "failing",
          },
        },
      ],
    });
    expect((await operator.query("hosts.get", { id: "none" })).status).toBe(404);
  });

  it("show the deliveries of one webhook, newest first, by state and page by page", async () => {
    const of = { clientId: "shop", webhookId: hook };
    const row = (name: string, number: number, fields: object) => ({
      ...{ id: id(name), eventId: `evt_${number}`, type: "user.created", createdAt: iso(-40 + number) },
      ...{ nextAttemptAt: null, lastAttemptAt: null, status: null, error: null, durationMs: null, ...fields },
    });
    const items = [
      row("BAD", 3, { state: "failed", attempts: 8, error: "timeout" }),
      row("WAS", 2, { state: "pending", attempts: 2, nextAttemptAt: iso(30), status: 500 }),
      row("SENT", 1, {
        ...{ state: "delivered", attempts: 1, lastAttemptAt: iso(-38), status: 204, durationMs: 12 },
      }),
    ];
    expect(await answerOf("deliveries", of)).toEqual({ items, nextCursor: null });
    expect(await answerOf("deliveries", { ...of, state: "pending" })).toEqual({
      items: [items[1]],
      nextCursor: null,
    });
    const first = await answerOf("deliveries", { ...of, limit: 2 });
    expect(first).toEqual({ items: items.slice(0, 2), nextCursor: expect.any(String) });
    expect(
      await answerOf("deliveries", { ...of, limit: 2, cursor: (first as { nextCursor: string }).nextCursor }),
    ).toEqual({
      items: items.slice(2),
      nextCursor: null,
    });
    const bounded = await listDeliveryRows(
      system.db,
      { endpointId: hook, state: "delivered" },
      { limit: 10, maxReadRows: 2 },
    );
    expect(bounded).toEqual({ rows: [], searchedTo: { at: minute(-38), id: id("WAS") } });
    // Another host's webhook, asked for as one's own.
    expect((await operator.query("hosts.deliveries", { ...of, clientId: "crm" })).status).toBe(404);
  });

  it("refuse what the command refuses, each with its own reason, and write no entry", async () => {
    const before = await entries();
    for (const [path, input, reason] of [
      ["create", { id: "Shop!", ...pathsAndName }, "client_id_unfit"],
      ["create", { id: "shop", ...pathsAndName }, "client_exists"],
      ["create", { id: "site", ...pathsAndName, name: " " }, "client_name_unfit"],
      ["create", { id: "site", ...pathsAndName, origins: ["https://site.example/path"] }, "origins_unfit"],
      ["create", { id: "site", ...pathsAndName, origins: [] }, "origins_unfit"],
      ["create", { id: "site", ...pathsAndName, redirectPaths: ["//evil.example"] }, "redirect_paths_unfit"],
      ["update", { id: "shop", ...pathsAndName, redirectPaths: [] }, "redirect_paths_unfit"],
      ["update", { id: "none", ...pathsAndName }, "client_changed"],
      ["disable", { id: "crm" }, "client_changed"],
      ["enable", { id: "shop" }, "client_changed"],
      ["createKey", { clientId: "shop", scopes: [], cidrs: [] }, "scopes_unfit"],
      ["createKey", { clientId: "shop", scopes: ["all"], cidrs: [] }, "scopes_unfit"],
      ["createKey", { clientId: "shop", scopes: ["tickets"], cidrs: ["10.0.0.0/33"] }, "cidrs_unfit"],
      ["createKey", { clientId: "crm", scopes: ["tickets"], cidrs: [] }, "client_changed"],
      ["revokeKey", { clientId: "shop", id: key, confirm: "0key" }, "input_invalid"],
      ["revokeKey", { clientId: "shop", id: key, confirm: "0KE" }, "input_invalid"],
      ["revokeKey", { clientId: "shop", id: key, confirm: "" }, "input_invalid"],
      ["revokeKey", { clientId: "shop", id: foreign, confirm: "XKEY" }, "not_found"],
      ["revokeKey", { clientId: "shop", id: revoked, confirm: "VKED" }, "client_changed"],
      ["createWebhook", { clientId: "shop", url: "ftp://shop.example", types: [] }, "input_invalid"],
      ["createWebhook", { clientId: "crm", url: "https://crm.example/hooks", types: [] }, "client_changed"],
      ["rotateWebhookSecret", { clientId: "crm", id: hook }, "not_found"],
      ["deleteWebhook", { clientId: "crm", id: hook }, "not_found"],
      ["testWebhook", { clientId: "crm", id: hook }, "not_found"],
      ["resend", { clientId: "shop", id: hook, deliveryId: id("SENT") }, "conflict"],
      // The CRM is disabled.
      ["resend", { clientId: "crm", id: otherHook, deliveryId: id("SENT") }, "conflict"],
    ] as const) {
      expect([path, await refusalOf(path, input)]).toEqual([path, reason]);
    }
    expect(await entries()).toEqual(before);
  });

  it("are disabled once by two owners at once, and their keys are refused until one enables them [T106]", async () => {
    const made = await owner.mutate<{ id: string; key: string }>("hosts.createKey", {
      ...{ clientId: "shop", scopes: ["tickets"], cidrs: ["203.0.113.7"] },
    });
    const { id: madeId = "", key: secret } = made.data ?? {};
    expect(made.data).toEqual({ id: expect.any(String), key: expect.stringMatching(/^wlk_[\w-]{43}$/) });
    expect((await owner.query("hosts.get", { id: "shop" })).text).not.toContain(secret);
    const find = () => findCaller(system.app.deps, secret);
    expect(await find()).toMatchObject({ keyId: madeId, cidrs: ["203.0.113.7/32"] });

    const both = await Promise.all([
      owner.mutate("hosts.disable", { id: "shop" }),
      owner.mutate("hosts.disable", { id: "shop" }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await find()).toBeUndefined();
    expect(await refusalOf("testWebhook", { clientId: "shop", id: hook }, operator)).toBe("conflict");
    await owner.mutate("hosts.enable", { id: "shop" });
    expect(await find()).toMatchObject({ keyId: madeId });
    const confirm = secret?.slice(-4);
    expect((await owner.mutate("hosts.revokeKey", { clientId: "shop", id: madeId, confirm })).status).toBe(
      200,
    );
    expect(await find()).toBeUndefined();
    const olga = (await rowsOf(system.db, "operators")).find(({ role }) => role === "owner")?.id;
    expect(await entries()).toEqual([
      ["host.create_key", madeId, olga],
      ["host.disable", "shop", olga],
      ["host.enable", "shop", olga],
      ["host.revoke_key", madeId, olga],
    ]);
  });

  it("have a failed webhook enabled by an operator, and a delivery of it sent again", async () => {
    const of = { clientId: "shop", id: hook };
    const others = async () =>
      (await rowsOf(system.db, "webhookDeliveries")).filter((row) => row.id !== id("BAD"));
    const before = await others();
    expect((await operator.mutate("hosts.enableWebhook", of)).data).toMatchObject({
      ...{ enabled: true, failingSince: null, disabledAt: null, disabledReason: null },
    });
    // Not while this test looks: a delivery that is due is sent by a job.
    const resent = await operator.mutate("hosts.resend", { ...of, deliveryId: id("BAD") });
    expect(resent.status).toBe(200);
    const row = (await rowsOf(system.db, "webhookDeliveries")).find((one) => one.id === id("BAD"));
    expect(row?.state === "failed").toBe(false);
    expect(await others()).toEqual(before);
    expect(await refusalOf("deleteWebhook", of, operator)).toBe("role_too_low");
  });
});
