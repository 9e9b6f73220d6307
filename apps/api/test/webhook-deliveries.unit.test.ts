import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deleteDeliveriesOf, deleteEndpoint } from "../src/db/webhooks.js";
import type { Deps } from "../src/domain/deps.js";
import { deliverWebhooks } from "../src/domain/events/deliver.js";
import { DeliverySlots } from "../src/domain/events/delivery-slots.js";
import type { WebhookAnswer } from "../src/domain/events/webhook-client.js";
import { encryptWebhookSecret } from "../src/domain/events/webhook-secrets.js";
import { signedHeaders } from "../src/domain/events/webhook-signature.js";
import { disableHost } from "../src/domain/hosts/clients.js";
import { addRows, rowsOf } from "./support/rows.js";
import {
  addEvents,
  deliveryRow,
  endpointRow,
  secretOf,
  startWebhooks,
  type Webhooks,
} from "./support/webhook-rows.js";

let { harness, deps, receiver, at } = {} as Webhooks;
beforeEach(async () => {
  ({ harness, deps, receiver, at } = await startWebhooks());
  await addEvents(deps.db, at, [1]);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await harness.close();
});

const [minute, hour, day] = [60, 3_600, 86_400];
const after = (seconds: number) => new Date(at.getTime() + seconds * 1000);
const refused: WebhookAnswer = { status: 503, error: "refused" };

/** An endpoint with a delivery of the event 1 that is due. */
async function addDue(about: { endpoint?: object; delivery?: object } = {}, id = "hook") {
  await addRows(deps.db, "webhookEndpoints", [endpointRow(deps, { id, ...about.endpoint })]);
  await addRows(deps.db, "webhookDeliveries", [
    deliveryRow(deps, { id: `to ${id}`, endpointId: id, ...about.delivery }),
  ]);
}
/** Looks once for what is due, and waits for the answers. */
async function run(about: Partial<Deps> = {}) {
  const deliverySlots = new DeliverySlots();
  await deliverWebhooks({ ...deps, deliverySlots, ...about });
  await deliverySlots.settled();
  await deliverySlots.stop(); // also what looks for more after each of them
}
const deliveries = () => rowsOf(deps.db, "webhookDeliveries");
const endpoints = async () =>
  (await rowsOf(deps.db, "webhookEndpoints")).map(({ failingSince, disabledAt, disabledReason }) => [
    ...[failingSince, disabledAt, disabledReason],
  ]);
const logged = () => harness.loggedLines.map((line) => JSON.parse(line));

describe("a delivery", () => {
  it("is the event as the feed has it, signed with the second at which it is sent [T113]", async () => {
    await addDue();
    harness.advance(0.999 - (at.getTime() % 1000) / 1000);
    await run();
    const body = JSON.stringify({
      ...{ type: "user.updated", timestamp: at.toISOString() },
      data: { number: 1, userId: "alice", externalId: null, nickname: true },
    });
    const timestamp = Math.floor(at.getTime() / 1000);
    const headers = signedHeaders({ id: "evt_1", timestamp, body }, [secretOf("hook")]);
    expect(receiver.posts).toEqual([{ url: "https://shop.example/hook", headers, body }]);
  });

  it("is held by this process for half a minute while it is sent [T114]", async () => {
    await addDue();
    let whileSent: unknown;
    const post = async () => {
      whileSent = await deliveries();
      return receiver.answer;
    };
    await run({ webhooks: { post } });
    expect(whileSent).toMatchObject([{ state: "pending", attempts: 0, leaseUntil: after(30) }]);
  });

  it("is over once it is taken, with how long it took in milliseconds, and is not sent again", async () => {
    let clock = 1_000.25;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    const post = async () => {
      clock += 12.5;
      harness.advance(1);
      return receiver.answer;
    };
    await addDue();
    await run({ webhooks: { post } });
    const delivered = {
      ...deliveryRow(deps, { id: "to hook", endpointId: "hook", createdAt: at }),
      ...{ state: "delivered", attempts: 1, nextAttemptAt: null, leaseUntil: null },
      ...{ lastAttemptAt: after(1), lastStatus: 204, lastError: null, durationMs: 13 },
    };
    expect(await deliveries()).toEqual([delivered]);
    expect(await endpoints()).toEqual([[null, null, null]]);
    await run();
    expect([await deliveries(), receiver.posts]).toEqual([[delivered], []]);
  });

  it.each([
    [0, 5],
    [1, 5 * minute],
    [6, 10 * hour],
  ])(
    "that fails after %i tries comes again after %i s and a part of a tenth of it [T114]",
    async (attempts, seconds) => {
      vi.spyOn(Math, "random").mockReturnValue(0.5);
      receiver.answer = refused;
      await addDue({ delivery: { attempts } });
      await run();
      expect(await deliveries()).toMatchObject([
        {
          ...{
            state: "pending",
            attempts: attempts + 1,
            nextAttemptAt: after(seconds * 1.05),
            leaseUntil: null,
          },
          ...{ lastAttemptAt: at, lastStatus: 503, lastError: "refused" },
        },
      ]);
    },
  );

  it.each([
    ["its eighth try fails", 7, refused],
    ["a receiver answers 410, also if it is the first try", 0, { status: 410, error: "refused" } as const],
  ])("has failed for good once %s [T114]", async (_why, attempts, answer) => {
    receiver.answer = answer;
    await addDue({ delivery: { attempts } });
    await run();
    expect(await deliveries()).toMatchObject([
      {
        ...{ state: "failed", attempts: attempts + 1, nextAttemptAt: null, leaseUntil: null },
        ...{ lastStatus: answer.status, lastError: "refused" },
      },
    ]);
  });

  it("without an answer says why, also where no secret of the webhook can be read", async () => {
    receiver.answer = { status: null, error: "timed out" };
    await addDue();
    await addDue({ endpoint: { secret: encryptWebhookSecret(deps, "another", "whsec_eA==") } }, "lost");
    await run();
    expect(
      (await deliveries()).map(({ state, lastStatus, lastError }) => [state, lastStatus, lastError]),
    ).toEqual([
      ["pending", null, "timed out"],
      ["pending", null, "secret unreadable"],
    ]);
    expect(receiver.posts.map(({ url }) => url)).toEqual(["https://shop.example/hook"]);
  });

  it("is not sent for an event that is deleted, and says so", async () => {
    await addDue({ delivery: { eventNumber: 9, attempts: 2, lastStatus: 500 } });
    await run();
    expect(await deliveries()).toMatchObject([
      { state: "failed", attempts: 2, nextAttemptAt: null, lastStatus: 500, lastError: "event deleted" },
    ]);
    expect([receiver.posts, logged()]).toEqual([[], []]);
  });

  it("is not sent, and stays whole otherwise, where its webhook is disabled or its host is [T110]", async () => {
    await addDue({ endpoint: { disabledAt: at, disabledReason: "host" } });
    await addDue({ endpoint: { clientId: "forum" }, delivery: { attempts: 2, lastStatus: 500 } }, "theirs");
    await addDue({}, "works");
    await disableHost(deps, "forum");
    await run();
    expect(receiver.posts.map(({ url }) => url)).toEqual(["https://shop.example/works"]);
    expect(
      (await deliveries()).map(({ id, state, attempts, lastStatus, lastError }) => [
        ...[id, state, attempts, lastStatus, lastError],
      ]),
    ).toEqual([
      ["to hook", "failed", 0, null, "endpoint disabled"],
      ["to theirs", "failed", 2, 500, "endpoint disabled"],
      ["to works", "delivered", 1, 204, null],
    ]);
  });

  it("of a webhook that was deleted at that moment is not sent", async () => {
    await addDue();
    const run0 = deps.db.run.bind(deps.db);
    vi.spyOn(deps.db, "run").mockImplementation(async (statement, values) => {
      if (statement.name === "find_endpoint_of_delivery") {
        await run0(deleteDeliveriesOf, { endpointId: "hook" });
        await run0(deleteEndpoint, { id: "hook", clientId: "shop" });
      }
      return run0(statement, values);
    });
    await run();
    expect([receiver.posts, logged()]).toEqual([[], []]);
  });

  it("that cannot be recorded is logged with the cause, and is sent again after its lease [T114]", async () => {
    await addDue();
    vi.spyOn(deps.db, "batch").mockRejectedValueOnce(new Error("away"));
    await run();
    expect(harness.loggedEvents).toEqual(["webhook_not_recorded"]);
    expect(logged()).toMatchObject([{ err: expect.anything() }]);
    harness.advance(29);
    await run();
    expect(receiver.posts).toHaveLength(1);
    harness.advance(1);
    await run();
    expect(receiver.posts).toHaveLength(2);
    expect(await deliveries()).toMatchObject([{ state: "delivered", attempts: 1 }]);
  });
});

describe("an endpoint that fails", () => {
  const about = { clientId: "shop", endpointId: "hook", error: "refused" };

  it("is marked and logged at its first failure only, and is no longer once it takes a message [T114]", async () => {
    receiver.answer = refused;
    await addDue();
    await run();
    expect(await endpoints()).toEqual([[at, null, null]]);
    harness.advance(minute);
    await run();
    expect(await endpoints()).toEqual([[at, null, null]]);
    expect(logged()).toEqual([
      { event: "webhook_failing", ...about, status: 503, message: "a webhook of a host application fails" },
    ]);
    receiver.answer = { status: 204, error: null };
    harness.advance(hour);
    await run();
    expect(await endpoints()).toEqual([[null, null, null]]);
    expect([receiver.posts.length, harness.loggedEvents]).toEqual([3, ["webhook_failing"]]);
  });

  it.each([
    ["a moment less than three days is not disabled", 3 * day - 0.001, null],
    ["three days is disabled", 3 * day, "failing"],
  ])("for %s [T114]", async (_how, seconds, reason) => {
    receiver.answer = refused;
    const failingSince = after(-seconds);
    await addDue({ endpoint: { failingSince } });
    await run();
    expect(await endpoints()).toEqual([[failingSince, reason && at, reason]]);
    const disabled = {
      ...{ event: "webhook_disabled", ...about, status: 503, reason: "failing" },
      message: "a webhook of a host application was disabled; its events stay in the feed",
    };
    expect(logged()).toEqual(reason ? [disabled] : []);
  });

  it("is disabled at once by 410, is logged once, and keeps the reason for which it was disabled first [T114]", async () => {
    receiver.answer = { status: 410, error: "refused" };
    await addDue();
    await addRows(deps.db, "webhookDeliveries", [
      deliveryRow(deps, { id: "another", endpointId: "hook", eventNumber: 2 }),
    ]);
    await addEvents(deps.db, at, [2]);
    await run();
    expect(receiver.posts).toHaveLength(2);
    expect(await endpoints()).toEqual([[null, at, "gone"]]);
    expect(logged()).toMatchObject([{ event: "webhook_disabled", ...about, status: 410, reason: "gone" }]);
  });
});
