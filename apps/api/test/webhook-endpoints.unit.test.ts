import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deleteBatchSize } from "../src/db/delete-batch.js";
import {
  checkWebhookUrl,
  createWebhook,
  deleteWebhook,
  listWebhookDeliveries,
  listWebhooks,
  resendWebhook,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
} from "../src/domain/events/webhook-endpoints.js";
import { secretsOf } from "../src/domain/events/webhook-secrets.js";
import { addRows, rowsOf } from "./support/rows.js";
import {
  auditEntries,
  byOlga,
  deliveryRow,
  endpointRow,
  entryOf,
  secretOf,
  startTwoWebhooks,
  type Webhooks,
} from "./support/webhook-rows.js";

// Two hosts with webhooks, so that what reaches a wrong row shows.

let { harness, deps, receiver, at } = {} as Webhooks;
beforeEach(async () => {
  ({ harness, deps, receiver, at } = await startTwoWebhooks());
});
afterEach(() => harness.close());

const ofShop = { id: "hook", clientId: "shop" };
const foreign = { id: "foreign", clientId: "shop" };
const endpoint = async (id: string) =>
  (await rowsOf(deps.db, "webhookEndpoints")).find((row) => row.id === id);

const noWebhook = { code: "not_found", message: "There is no such webhook: see GET /webhooks." };
const shown = (id: string, about: object = {}) => ({
  ...{ id, url: `https://shop.example/${id}`, types: [], enabled: true, createdAt: at.toISOString() },
  ...{ failingSince: null, disabledAt: null, disabledReason: null, ...about },
});

describe("the address of a webhook", () => {
  const settings = { production: true, webhookPrivateCidrs: [] as string[] };
  const check = (text: string, about: Partial<typeof settings> = {}) =>
    checkWebhookUrl({ ...settings, ...about }, text);
  const refused = (why: string) =>
    expect.objectContaining({ name: "HostError", code: "input_invalid", message: `url: ${why}` });

  it("is kept as a browser would write it", () => {
    expect(check("HTTPS://Shop.Example:443/Hooks?a=1")).toBe("https://shop.example/Hooks?a=1");
    expect(check("https://[2606:4700::1111]/hooks")).toBe("https://[2606:4700::1111]/hooks");
    expect(check("https://8.8.8.8/")).toBe("https://8.8.8.8/");
  });

  it("is of http only while developing, and never of another scheme [T113]", () => {
    const why = refused("Use https.");
    expect(() => check("http://shop.example/")).toThrow(why);
    expect(() => check("ftp://shop.example/")).toThrow(why);
    expect(() => check("ftp://shop.example/", { production: false })).toThrow(why);
    expect(check("http://shop.example/", { production: false })).toBe("http://shop.example/");
  });

  it("is absolute, and has neither a user name nor a password nor a fragment [T113]", () => {
    expect(() => check("/hooks")).toThrow(
      refused("Send an absolute address, such as https://shop.example/webhooks."),
    );
    const why = refused("Leave out user name, password and fragment.");
    for (const address of [
      "https://me@shop.example/",
      "https://:secret@shop.example/",
      "https://shop.example/#a",
    ]) {
      expect(() => check(address), address).toThrow(why);
    }
  });

  it("is no private one unless its network is listed, of either version of IP [T113]", () => {
    const why = refused(
      "This address is not public. The operator of this system can allow it (WEBHOOK_PRIVATE_CIDRS).",
    );
    for (const address of ["https://10.0.0.1/", "https://[fd00::1]/"]) {
      expect(() => check(address), address).toThrow(why);
      expect(check(address, { webhookPrivateCidrs: ["10.0.0.0/8", "fd00::/16"] })).toBe(address);
    }
  });
});

describe("a webhook", () => {
  it("is made for its host with a secret that is stored encrypted, and by an operator with an entry in the audit log [T113]", async () => {
    const url = "https://shop.example/new";
    const { secret, ...made } = await createWebhook(deps, {
      ...{ clientId: "shop", url: "https://SHOP.example/new", types: ["user.blocked"], by: byOlga },
    });
    expect(made).toEqual(shown(made.id, { url, types: ["user.blocked"] }));
    const stored = await endpoint(made.id);
    expect(stored).toEqual({
      ...{ id: made.id, clientId: "shop", url, types: '["user.blocked"]', createdAt: at },
      ...{ secret: expect.any(String), previousSecret: null, previousUntil: null },
      ...{ failingSince: null, disabledAt: null, disabledReason: null },
    });
    expect(stored && secretsOf(deps, stored, at)).toEqual([secret]);
    expect(await auditEntries(deps.db)).toEqual([entryOf("host.create_webhook", made.id)]);
    await createWebhook(deps, { clientId: "shop", url, types: [] });
    expect(await auditEntries(deps.db)).toHaveLength(1);
  });

  it("is not made for a host that has ten, and then leaves no entry", async () => {
    const more = Array.from({ length: 9 }, (_, n) => endpointRow(deps, { id: `more-${n}` }));
    await addRows(deps.db, "webhookEndpoints", more);
    const create = (clientId: string) =>
      createWebhook(deps, { clientId, url: "https://shop.example/", types: [], by: byOlga });
    await expect(create("shop")).rejects.toMatchObject({
      ...{ code: "conflict", message: "There are 10 webhooks already: delete one first." },
    });
    expect(await auditEntries(deps.db)).toEqual([]);
    expect((await create("forum")).enabled).toBe(true);
  });

  it("is listed to its host alone, the oldest first, with since when it fails or why it is disabled [T113]", async () => {
    const [first, second] = [new Date(at.getTime() - 2_000), new Date(at.getTime() - 1_000)];
    await addRows(deps.db, "webhookEndpoints", [
      endpointRow(deps, { id: "later", createdAt: second, failingSince: first, types: '["user.blocked"]' }),
      endpointRow(deps, { id: "older", createdAt: first, disabledAt: second, disabledReason: "gone" }),
    ]);
    expect(await listWebhooks(deps, "shop")).toEqual([
      shown("older", {
        ...{ createdAt: first.toISOString(), enabled: false },
        ...{ disabledAt: second.toISOString(), disabledReason: "gone" },
      }),
      shown("later", {
        ...{ createdAt: second.toISOString(), failingSince: first.toISOString(), types: ["user.blocked"] },
      }),
      shown("hook"),
    ]);
  });

  it("keeps what a change of it does not name, and each change by an operator has its entry", async () => {
    const before = await endpoint("foreign");
    const change = (about: object) => updateWebhook(deps, { ...ofShop, by: byOlga, ...about });
    const url = "https://shop.example/moved";
    expect(await change({ url: "https://SHOP.example/moved" })).toEqual(shown("hook", { url }));
    const types = ["user.blocked"];
    expect(await change({ types })).toEqual(shown("hook", { url, types }));
    const disabled = { enabled: false, disabledAt: at.toISOString(), disabledReason: "host" };
    expect(await change({ enabled: false })).toEqual(shown("hook", { url, types, ...disabled }));
    expect(await change({ types: [] })).toEqual(shown("hook", { url, ...disabled }));
    expect(await change({ enabled: true })).toEqual(shown("hook", { url }));
    await expect(change({ url: "https://10.0.0.1/" })).rejects.toMatchObject({ code: "input_invalid" });
    expect(await auditEntries(deps.db)).toEqual(Array(5).fill(entryOf("host.update_webhook", "hook")));
    await updateWebhook(deps, { ...ofShop, types: [] });
    expect(await auditEntries(deps.db)).toHaveLength(5);
    expect(await endpoint("foreign")).toEqual(before);
  });

  it("begins its three days anew when it is enabled", async () => {
    await addRows(deps.db, "webhookEndpoints", [
      endpointRow(deps, { id: "dead", failingSince: at, disabledAt: at, disabledReason: "failing" }),
    ]);
    const change = { id: "dead", clientId: "shop" };
    expect(await updateWebhook(deps, { ...change, types: [] })).toMatchObject({
      ...{ enabled: false, failingSince: at.toISOString(), disabledReason: "failing" },
    });
    expect(await updateWebhook(deps, { ...change, enabled: true })).toEqual(shown("dead"));
  });

  it("is signed with another secret from its rotation on, and with the one before for a day [T113]", async () => {
    const { secret, previousUntil } = await rotateWebhookSecret(deps, { ...ofShop, by: byOlga });
    const inADay = new Date(at.getTime() + 86_400_000);
    expect(previousUntil).toBe(inADay.toISOString());
    const stored = await endpoint("hook");
    expect(stored && secretsOf(deps, stored, at)).toEqual([secret, secretOf("hook")]);
    expect(stored?.previousUntil).toEqual(inADay);
    expect(await auditEntries(deps.db)).toEqual([entryOf("host.rotate_webhook_secret", "hook")]);
  });

  it("is not changed, rotated, deleted, tried or read by another host, and no entry says so [T113]", async () => {
    const before = await rowsOf(deps.db, "webhookEndpoints");
    const act = { ...foreign, by: byOlga };
    for (const tried of [
      () => updateWebhook(deps, { ...act, enabled: false }),
      () => rotateWebhookSecret(deps, act),
      () => deleteWebhook(deps, act),
      () => testWebhook(deps, act),
      () => listWebhookDeliveries(deps, { ...act, before: 9, limit: 9 }),
      () => resendWebhook(deps, { ...act, deliveryId: "one" }),
    ]) {
      await expect(tried()).rejects.toMatchObject(noWebhook);
    }
    expect(await rowsOf(deps.db, "webhookEndpoints")).toEqual(before);
    expect([await auditEntries(deps.db), receiver.posts]).toEqual([[], []]);
  });

  it("is told of an act of an operator only together with its entry: a database that fails writes neither", async () => {
    const failure = new Error("away");
    vi.spyOn(deps.db, "batch").mockRejectedValue(failure);
    await expect(updateWebhook(deps, { ...ofShop, enabled: false, by: byOlga })).rejects.toBe(failure);
    expect([(await endpoint("hook"))?.disabledAt, await auditEntries(deps.db)]).toEqual([null, []]);
  });
});

describe("deleting a webhook", () => {
  it.each([deleteBatchSize - 1, 2 * deleteBatchSize])(
    "removes its %i deliveries, and none of another one, and is one entry of the audit log",
    async (count) => {
      await addRows(deps.db, "webhookDeliveries", [
        ...Array.from({ length: count }, (_, n) =>
          deliveryRow(deps, { id: `d-${n}`, endpointId: "hook", eventNumber: n }),
        ),
        deliveryRow(deps, { id: "other", endpointId: "foreign" }),
      ]);
      const statements: string[] = [];
      const run = deps.db.run.bind(deps.db);
      vi.spyOn(deps.db, "run").mockImplementation(async (statement, values) => {
        const disabled = (await endpoint("hook"))?.disabledReason;
        statements.push(`${statement.name} while ${disabled}`);
        return run(statement, values);
      });
      await deleteWebhook(deps, { ...ofShop, by: byOlga });
      expect((await rowsOf(deps.db, "webhookDeliveries")).map(({ id }) => id)).toEqual(["other"]);
      expect((await rowsOf(deps.db, "webhookEndpoints")).map(({ id }) => id)).toEqual(["foreign"]);
      expect(await auditEntries(deps.db)).toEqual([entryOf("host.delete_webhook", "hook")]);
      // Disabled before: nothing is queued for it meanwhile.
      const batches = Math.floor(count / deleteBatchSize) + 1;
      expect(statements).toEqual(Array(batches).fill("delete_deliveries_of while host"));
    },
  );
});
