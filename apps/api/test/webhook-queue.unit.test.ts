import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { jsonRows } from "../src/db/json-rows.js";
import { failDeliveries } from "../src/db/webhooks.js";
import { deliverWebhooks } from "../src/domain/events/deliver.js";
import { DeliverySlots } from "../src/domain/events/delivery-slots.js";
import { addRows, rowsOf } from "./support/rows.js";
import { addEvents, deliveryRow, endpointRow, startWebhooks, type Webhooks } from "./support/webhook-rows.js";

let { harness, deps, receiver, at } = {} as Webhooks;
beforeEach(async () => {
  ({ harness, deps, receiver, at } = await startWebhooks());
  await addEvents(deps.db, at, [1]);
});
afterEach(async () => {
  await deps.deliverySlots.stop();
  vi.restoreAllMocks();
  await harness.close();
});

/** An endpoint with a delivery that is due. */
async function addDue(id = "hook", about: object = {}) {
  await addRows(deps.db, "webhookEndpoints", [endpointRow(deps, { id, ...about })]);
  await addRows(deps.db, "webhookDeliveries", [deliveryRow(deps, { id: `to ${id}`, endpointId: id })]);
}
const patient = { timeout: 10_000 };
const deliveries = () => rowsOf(deps.db, "webhookDeliveries");
/** The names of the statements that run from now on. */
function statements() {
  const run = vi.spyOn(deps.db, "run");
  return () => run.mock.calls.map(([{ name }]) => name);
}

describe("one look for what is due", () => {
  const addMany = (count: number, endpointId = "hook", from = 0) =>
    addRows(
      deps.db,
      "webhookDeliveries",
      Array.from({ length: count }, (_, n) =>
        deliveryRow(deps, { id: `${endpointId} ${n + from}`, endpointId, eventNumber: n + from + 2 }),
      ),
    );
  const deferred = async () => {
    const waits = (await deliveries()).map(({ nextAttemptAt }) => nextAttemptAt?.getTime());
    return [waits.filter((time) => time === at.getTime() + 2_000).length, waits.length];
  };

  it("asks one thing of the database where nothing is, and claims or fails only what there is", async () => {
    const ran = statements();
    await deliverWebhooks(deps);
    expect(ran()).toEqual(["list_due_deliveries"]);
    await addDue("hook", { disabledAt: at });
    await deliverWebhooks(deps);
    expect(ran().slice(1)).toEqual(["list_due_deliveries", "fail_deliveries"]);
  });

  it("fails only what is still pending: another process may have delivered it meanwhile", async () => {
    const states = ["delivered", "failed", "pending"] as const;
    await addRows(deps.db, "webhookEndpoints", [endpointRow(deps, { id: "hook", disabledAt: at })]);
    await addRows(
      deps.db,
      "webhookDeliveries",
      states.map((state, n) =>
        deliveryRow(deps, { id: state, endpointId: "hook", eventNumber: n + 1, state, lastError: state }),
      ),
    );
    const before = await deliveries();
    const rows = jsonRows(states.map((id) => ({ id })));
    await deps.db.run(failDeliveries, { rows, error: "endpoint disabled" });
    const failed = { state: "failed", nextAttemptAt: null, lastError: "endpoint disabled" };
    expect(await deliveries()).toEqual([before[0], before[1], { ...before[2], ...failed }]);
  });

  it("is followed by another one each time that a message has ended, and none of those puts the others off [T114]", async () => {
    await addDue();
    const post = vi.fn(async () => {
      if (post.mock.calls.length > 1) return receiver.answer;
      await addEvents(
        deps.db,
        at,
        Array.from({ length: 60 }, (_, n) => n + 2),
      );
      await addMany(60);
      return receiver.answer;
    });
    await deliverWebhooks({ ...deps, webhooks: { post } });
    await expect.poll(() => post.mock.calls.length, patient).toBeGreaterThan(9);
    expect(await deferred()).toEqual([0, 61]);
  });

  it("goes on after a message has ended although the database failed at that moment", async () => {
    await addDue();
    const real = deps.db.run.bind(deps.db);
    let looks = 0;
    vi.spyOn(deps.db, "run").mockImplementation(async (statement, values) => {
      if (statement.name === "list_due_deliveries" && ++looks === 2) throw new Error("away");
      return real(statement, values);
    });
    await deliverWebhooks(deps);
    await expect.poll(() => looks, patient).toBe(2);
    await addDue("second");
    await deliverWebhooks(deps);
    await expect.poll(() => receiver.posts.length, patient).toBe(2);
  });

  it("takes 32 messages in all although more endpoints have something due, and puts none of the others off [T114]", async () => {
    for (let n = 0; n < 50; n++) await addDue(`hook-${n}`);
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const post = vi.fn(async () => {
      await ended;
      return receiver.answer;
    });
    await deliverWebhooks({ ...deps, webhooks: { post } });
    await expect.poll(() => post.mock.calls.length, patient).toBe(32);
    const ran = statements();
    await deliverWebhooks({ ...deps, webhooks: { post } });
    expect([post.mock.calls.length, ran()]).toEqual([32, []]);
    expect(await deferred()).toEqual([0, 50]);
    end();
    await expect.poll(() => post.mock.calls.length, patient).toBe(50);
  });

  it("looks at twenty full pages of an endpoint that takes no more, and no further", async () => {
    await addRows(deps.db, "webhookEndpoints", [endpointRow(deps, { id: "hook" })]);
    await addMany(1_100);
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const sends = Array.from({ length: 4 }, () => deps.deliverySlots.take("hook", () => ended));
    await deliverWebhooks(deps);
    expect(await deferred()).toEqual([1_000, 1_100]);
    end();
    await Promise.all(sends);
  });

  it("puts off no more than what fails or is busy, and nothing of a page that is not full", async () => {
    await addRows(deps.db, "webhookEndpoints", [endpointRow(deps, { id: "hook" })]);
    await addMany(50);
    const post = () => new Promise<never>(() => {});
    const ran = statements();
    await deliverWebhooks({ ...deps, webhooks: { post }, deliverySlots: new DeliverySlots() });
    expect(await deferred()).toEqual([46, 50]);
    expect(ran().filter((name) => name === "defer_deliveries")).toHaveLength(1);
    await addRows(deps.db, "webhookEndpoints", [endpointRow(deps, { id: "second" })]);
    await addMany(49, "second");
    await deliverWebhooks({ ...deps, webhooks: { post }, deliverySlots: new DeliverySlots() });
    expect(await deferred()).toEqual([46, 99]);
  });
});
