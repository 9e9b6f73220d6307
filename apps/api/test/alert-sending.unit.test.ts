import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encryptOf } from "../src/domain/alerts/channel-secrets.js";
import { testMessage } from "../src/domain/alerts/message.js";
import { sendAlerts } from "../src/domain/alerts/send.js";
import type { Deps } from "../src/domain/deps.js";
import type { WebhookAnswer } from "../src/domain/events/webhook-client.js";
import { addChannel, incidentRow } from "./support/alert-rows.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let deps: Deps;
let at: Date;
let answer: WebhookAnswer;
const post = vi.fn(async (..._message: Parameters<Deps["webhooks"]["post"]>) => answer);
beforeEach(async () => {
  harness = await startDomainHarness();
  harness.advance((Date.parse("2027-05-04T02:00:00.000Z") - harness.deps.now().getTime()) / 1000);
  deps = { ...harness.deps, webhooks: { post } };
  at = deps.now();
  answer = { status: 204, error: null };
  post.mockClear();
});
afterEach(() => harness.close());

const after = (seconds: number) => new Date(at.getTime() + seconds * 1000);

/** An incident that the channel `ops` is told of, by default at once. */
async function addPending(
  id: string,
  { dueAt = at, ...about }: { dueAt?: Date; kind?: "token_failing" } = {},
) {
  await addRows(deps.db, "alertIncidents", [incidentRow(deps, { id, ...about })]);
  await addRows(deps.db, "alertDeliveries", [
    { channelId: "ops", incidentId: id, change: "opened", state: "pending", dueAt },
  ]);
}
const channel = async () => (await rowsOf(deps.db, "alertChannels"))[0];
const deliveries = async () =>
  (await rowsOf(deps.db, "alertDeliveries"))
    .map(({ incidentId, state, dueAt, sentAt }) => [incidentId, state, dueAt, sentAt])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
/** The incidents of each message. */
const told = () =>
  post.mock.calls.map(([, , body]) =>
    (JSON.parse(body).data.incidents as { id: string }[]).map(({ id }) => id).sort(),
  );

describe("a channel", () => {
  it("is sent what is due within half a minute as one message, and what is due later is not in it", async () => {
    await addChannel(deps, { id: "ops" });
    await addPending("a");
    await addPending("b", { dueAt: after(30) });
    await addPending("c", { dueAt: after(30.001) });
    await sendAlerts(deps);
    expect(told()).toEqual([["a", "b"]]);
    const [url, headers, , options] = post.mock.calls[0] ?? [];
    expect([url, options]).toEqual(["https://chat.example/ops", { readsAnswer: true }]);
    expect(headers?.["webhook-id"]).toMatch(/^alert_[0-9A-Z]{26}$/);
    expect(await deliveries()).toEqual([
      ["a", "sent", null, at],
      ["b", "sent", null, at],
      ["c", "pending", after(30.001), null],
    ]);
  });

  it("is held for half a minute while it is sent to, and by one of two processes", async () => {
    await addChannel(deps, { id: "ops" });
    await addPending("a");
    let leaseUntil: unknown;
    post.mockImplementationOnce(async () => {
      leaseUntil = (await channel())?.leaseUntil;
      return answer;
    });
    await Promise.all([deps, { ...deps }].map(sendAlerts));
    expect([post.mock.calls.length, leaseUntil]).toEqual([1, after(30)]);
  });

  it("that took a message fails no more", async () => {
    const failing = { failingSince: after(-99), lastError: "refused", failures: 3, retryAt: after(-1) };
    await addChannel(deps, { id: "ops", lastSentAt: after(-999), ...failing });
    const before = await channel();
    await addPending("a");
    await sendAlerts(deps);
    expect(await channel()).toEqual({
      ...{ ...before, lastSentAt: at, failingSince: null, lastError: null, failures: 0, retryAt: null },
    });
    expect(harness.loggedEvents).toEqual([]);
  });

  it.each([
    [0, 60],
    [1, 300],
    [2, 1_800],
    [3, 7_200],
    [4, 7_200],
  ])(
    "that failed %i times and fails again is tried after %i s, with the same messages",
    async (failures, seconds) => {
      const before = { lastSentAt: after(-999), failingSince: failures === 0 ? null : after(-99) };
      await addChannel(deps, { id: "ops", ...before, failures });
      const given = await channel();
      await addPending("a");
      answer = { status: 503, error: "refused" };
      await sendAlerts(deps);
      expect(await channel()).toEqual({
        ...{ ...given, failures: failures + 1, lastError: "refused", retryAt: after(seconds) },
        failingSince: before.failingSince ?? at,
      });
      expect(await deliveries()).toEqual([["a", "pending", at, null]]);
      expect(harness.loggedLines.map((line) => JSON.parse(line))).toEqual([
        {
          ...{ event: "alert_not_sent", channelId: "ops", kind: "webhook", error: "refused" },
          message: "an alert was not sent",
        },
      ]);
      harness.advance(seconds - 1);
      await sendAlerts(deps);
      expect(post).toHaveBeenCalledTimes(1);
      harness.advance(1);
      await sendAlerts(deps);
      expect(post).toHaveBeenCalledTimes(2);
    },
  );

  it("whose address or secret cannot be read any more is sent nothing, and says so", async () => {
    const secret = encryptOf(deps, "secret", "another", "whsec_c2VjcmV0");
    await addChannel(deps, { id: "ops", secret });
    await addPending("a");
    await sendAlerts(deps);
    expect(await channel()).toMatchObject({ failures: 1, lastError: "secret unreadable" });
    expect(post).not.toHaveBeenCalled();
  });

  it("is told of 200 incidents in one message, and of the others in the next", async () => {
    await addChannel(deps, { id: "ops" });
    const ids = Array.from({ length: 201 }, (_, n) => String(n).padStart(3, "0"));
    await addRows(
      deps.db,
      "alertIncidents",
      ids.map((id) => incidentRow(deps, { id })),
    );
    await addRows(
      deps.db,
      "alertDeliveries",
      ids.map((incidentId) => ({
        ...{ channelId: "ops", incidentId, change: "opened" as const, state: "pending" as const, dueAt: at },
      })),
    );
    await sendAlerts(deps);
    await sendAlerts(deps);
    expect(told()).toEqual([ids.slice(0, 200), ids.slice(200)]);
  });
});

describe("an incident whose end is told later", () => {
  const end = new Date("2027-05-04T03:00:00.000Z");
  const changes = async () =>
    Object.fromEntries(
      (await rowsOf(deps.db, "alertDeliveries")).map(({ change, ...row }) => [
        change,
        [row.state, row.dueAt],
      ]),
    );
  async function addBoth(hours = {}): Promise<void> {
    await addChannel(deps, { id: "ops", ...hours });
    await addPending("a");
    await addRows(deps.db, "alertDeliveries", [
      { channelId: "ops", incidentId: "a", change: "recovered", state: "pending", dueAt: after(600) },
    ]);
  }

  it("still has its end to be told after a channel was told of its begin", async () => {
    await addBoth();
    await sendAlerts(deps);
    expect(await changes()).toEqual({ opened: ["sent", null], recovered: ["pending", after(600)] });
  });

  it("has its begin put off alone in quiet hours", async () => {
    await addBoth({ quietFrom: 60, quietTo: 180 });
    await sendAlerts(deps);
    expect(await changes()).toEqual({ opened: ["pending", end], recovered: ["pending", after(600)] });
  });
});

describe("a channel in its quiet hours", () => {
  const quiet = { quietFrom: 60, quietTo: 180 };
  const end = new Date("2027-05-04T03:00:00.000Z");

  it("is told at once of what is critical, and of the rest when they are over", async () => {
    await addChannel(deps, { id: "ops", ...quiet });
    await addPending("critical", { kind: "token_failing" });
    await addPending("lesser");
    await sendAlerts(deps);
    expect(told()).toEqual([["critical"]]);
    expect(await deliveries()).toEqual([
      ["critical", "sent", null, at],
      ["lesser", "pending", end, null],
    ]);
    harness.advance(3_600);
    await sendAlerts(deps);
    expect(told()).toEqual([["critical"], ["lesser"]]);
  });

  it("is let alone, with what it was before, where nothing is critical", async () => {
    const failing = { failingSince: after(-99), lastError: "refused", failures: 2, retryAt: after(-1) };
    await addChannel(deps, { id: "ops", ...quiet, ...failing, lastSentAt: after(-999) });
    const before = await channel();
    await addPending("lesser");
    await sendAlerts(deps);
    expect(post).not.toHaveBeenCalled();
    expect(await channel()).toEqual(before);
    expect(await deliveries()).toEqual([["lesser", "pending", end, null]]);
  });

  it("that fails is tried again with what is critical only", async () => {
    await addChannel(deps, { id: "ops", ...quiet });
    await addPending("critical", { kind: "token_failing" });
    await addPending("lesser");
    answer = { status: null, error: "timed out" };
    await sendAlerts(deps);
    expect(await deliveries()).toEqual([
      ["critical", "pending", at, null],
      ["lesser", "pending", end, null],
    ]);
  });
});

describe("the test message of a channel", () => {
  it.each([
    ["en", "Test message", "Open the console", /^Alerts of the WeChat login at (\S+) arrive here\.$/],
    ["zh", "测试消息", "打开控制台", /^(\S+) 微信登录的告警会发到这里。$/],
  ] as const)("says in %s what it is and whose, and leads to the alerts", (language, heading, open, fact) => {
    const { title, isCritical, items, incidents, more } = testMessage(deps, { language, timeZone: "UTC" });
    const { host, origin } = deps.settings.publicUrl;
    expect({ title, isCritical, items, incidents }).toEqual({
      ...{ title: heading, isCritical: false, incidents: [] },
      items: [
        {
          heading,
          facts: [expect.stringMatching(fact)],
          link: { text: open, url: `${origin}/admin/alerts` },
        },
      ],
    });
    expect(fact.exec(items[0]?.facts[0] ?? "")?.[1]).toBe(host);
    expect(more(1)).toEqual(items[0]);
  });
});
