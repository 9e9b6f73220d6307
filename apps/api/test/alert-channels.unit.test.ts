import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readAddress } from "../src/domain/alerts/channel-secrets.js";
import {
  type ChannelError,
  type ChannelValues,
  createChannel,
  deleteChannel,
  disableChannel,
  enableChannel,
  listChannels,
  testChannel,
  updateChannel,
} from "../src/domain/alerts/channels.js";
import { addChannel, incidentRow } from "./support/alert-rows.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

// Two channels, so that what reaches a wrong one shows.

let harness: DomainHarness;
let deps: DomainHarness["deps"];
let at: Date;
beforeEach(async () => {
  harness = await startDomainHarness();
  deps = harness.deps;
  at = deps.now();
});
afterEach(() => harness.close());

const by = { operatorId: "olga", visitor };
const values = {
  ...{ name: "on call", language: "zh", timeZone: "asia/shanghai", quiet: { from: 1320, to: 420 } },
} as const satisfies ChannelValues;
const ago = (seconds: number) => new Date(at.getTime() - seconds * 1000);
const rows = async () => (await rowsOf(deps.db, "alertChannels")).sort((a, b) => (a.id < b.id ? -1 : 1));
const rowOf = async (id: string) => (await rows()).find((row) => row.id === id);
const entries = async () =>
  (await rowsOf(deps.db, "auditLog")).map(({ event, target, operatorId, ip, result }) => [
    ...[event, target, operatorId, ip, result],
  ]);
const entry = (event: string, id: string) => [`alert.${event}`, id, "olga", visitor.ip, "ok"];
const refusal = (reason: string) =>
  expect.objectContaining({ name: "ChannelError", reason, message: reason });

describe("the channels of the console", () => {
  it("have what was set, what was sent and what fails, and neither an address nor a secret [T49]", async () => {
    await addChannel(deps, {
      ...{ id: "a", name: "A", kind: "feishu", host: "a.example", language: "zh", createdAt: ago(90) },
      ...{ timeZone: "Asia/Shanghai", quietFrom: 0, quietTo: 420, lastSentAt: ago(80) },
      ...{ failingSince: ago(70), lastError: "refused", failures: 2, retryAt: ago(60), disabledAt: ago(50) },
    });
    await addChannel(deps, { id: "b", name: "B", kind: "slack", secret: null, createdAt: ago(40) });
    expect(await listChannels(deps)).toEqual([
      {
        ...{ id: "a", name: "A", kind: "feishu", host: "a.example", isSigned: true, language: "zh" },
        ...{ timeZone: "Asia/Shanghai", quiet: { from: 0, to: 420 }, createdAt: ago(90) },
        ...{ disabledAt: ago(50), lastSentAt: ago(80), failingSince: ago(70), lastError: "refused" },
        retryAt: ago(60),
      },
      {
        ...{ id: "b", name: "B", kind: "slack", host: "chat.example", isSigned: false, language: "en" },
        ...{ timeZone: "UTC", quiet: null, createdAt: ago(40), disabledAt: null, lastSentAt: null },
        ...{ failingSince: null, lastError: null, retryAt: null },
      },
    ]);
  });
});

describe("a new channel", () => {
  it.each([
    ["wecom", undefined],
    ["slack", undefined],
    ["feishu", "a secret"],
    ["dingtalk", "a secret"],
    ["webhook", /^whsec_/],
  ] as const)(
    "of the kind %s keeps its address and a secret that it signs with encrypted",
    async (kind, signs) => {
      const url = `https://Chat.Example:8443/${kind}?key=k3y`;
      const { id, secret } = await createChannel(deps, { ...values, kind, url, secret: "a secret" }, by);
      const row = await rowOf(id);
      expect(row).toEqual({
        ...{
          id,
          kind,
          name: "on call",
          host: "chat.example:8443",
          language: "zh",
          timeZone: "Asia/Shanghai",
        },
        ...{
          quietFrom: 1320,
          quietTo: 420,
          createdAt: at,
          disabledAt: null,
          leaseUntil: null,
          retryAt: null,
        },
        ...{ lastSentAt: null, failingSince: null, lastError: null, failures: 0 },
        ...{ url: expect.any(String), secret: signs === undefined ? null : expect.any(String) },
      });
      const address = row && readAddress(deps, row);
      expect(address?.url).toBe(`https://chat.example:8443/${kind}?key=k3y`);
      if (signs instanceof RegExp) expect(address?.secret).toMatch(signs);
      else expect(address?.secret).toBe(signs);
      // Shown once, where this system made it.
      expect(secret).toBe(kind === "webhook" ? address?.secret : null);
      expect(`${row?.url}${row?.secret}`).not.toMatch(/k3y|a secret/);
      expect(await entries()).toEqual([entry("create_channel", id)]);
    },
  );

  it("is not signed where the operator gives no secret", async () => {
    const { id } = await createChannel(deps, { ...values, kind: "feishu", url: "https://a.example" }, by);
    expect(await rowOf(id)).toMatchObject({ secret: null });
  });

  it("is refused for an address, a time zone, or beyond twenty, each with its reason and cause, and writes no entry", async () => {
    const create = (about: object) =>
      createChannel(deps, { ...values, kind: "slack", url: "https://a.example", ...about }, by);
    const [address, zone] = await Promise.all(
      [{ url: "ftp://a.example" }, { timeZone: "Mars/Olympus" }].map((about) =>
        create(about).catch((error: unknown) => error as ChannelError),
      ),
    );
    expect([address, zone]).toEqual([refusal("url_unfit"), refusal("time_zone_unfit")]);
    expect([(address as ChannelError).cause, (zone as ChannelError).cause]).toEqual([
      expect.objectContaining({ name: "HostError" }),
      expect.any(RangeError),
    ]);
    for (let n = 0; n < 19; n++) await addChannel(deps, { id: `${n}`, disabledAt: at });
    expect((await create({})).secret).toBeNull();
    await expect(create({})).rejects.toThrow(refusal("too_many_channels"));
    expect([(await rows()).length, (await entries()).length]).toEqual([20, 1]);
  });
});

describe("a change of a channel", () => {
  beforeEach(async () => {
    await addChannel(deps, { id: "ops", kind: "dingtalk", quietFrom: 60, quietTo: 120 });
    await addChannel(deps, { id: "other" });
  });
  const changed = (about: object, id = "ops") => updateChannel(deps, { id, ...values, ...about }, by);

  it("leaves the address and the secret where they are left out, and the other channel alone", async () => {
    const [ops, other] = await rows();
    await changed({ quiet: null });
    const set = { name: "on call", language: "zh", timeZone: "Asia/Shanghai" };
    expect(await rows()).toEqual([{ ...ops, ...set, quietFrom: null, quietTo: null }, other]);
    expect(await entries()).toEqual([entry("update_channel", "ops")]);
  });

  it("has another address with its host, and another secret where its robot signs with one", async () => {
    await changed({ url: "https://new.example/a", secret: "the next" });
    const row = await rowOf("ops");
    expect(row?.host).toBe("new.example");
    expect(row && readAddress(deps, row)).toEqual({ url: "https://new.example/a", secret: "the next" });
    const before = await rowOf("other");
    await changed({ secret: "not its own" }, "other");
    expect((await rowOf("other"))?.secret).toBe(before?.secret);
  });

  it("is refused for an unfit address and for a channel that is gone, and writes no entry", async () => {
    const before = await rows();
    await expect(changed({ url: "/hook" })).rejects.toThrow(refusal("url_unfit"));
    await expect(changed({ timeZone: "none" })).rejects.toThrow(refusal("time_zone_unfit"));
    await expect(changed({}, "gone")).rejects.toThrow(refusal("channel_changed"));
    expect([await rows(), await entries()]).toEqual([before, []]);
  });
});

describe("an act on a channel", () => {
  const post = async () => ({ status: 503, error: "refused" as const });
  beforeEach(async () => {
    for (const id of ["ops", "other"]) await addChannel(deps, { id });
    await addRows(deps.db, "alertIncidents", [incidentRow(deps, { id: "quota" })]);
    await addRows(
      deps.db,
      "alertDeliveries",
      ["ops", "other"].map((channelId) => ({
        ...{
          channelId,
          incidentId: "quota",
          change: "opened" as const,
          state: "pending" as const,
          dueAt: at,
        },
      })),
    );
  });
  const pending = async () =>
    (await rowsOf(deps.db, "alertDeliveries")).filter(({ state }) => state === "pending");

  it("disables it and drops what it was not told yet, enables it, and deletes it, each once and with an entry", async () => {
    const [ops, other] = await rows();
    await disableChannel(deps, "ops", by);
    expect(await rows()).toEqual([{ ...ops, disabledAt: at }, other]);
    expect((await pending()).map(({ channelId }) => channelId)).toEqual(["other"]);
    await expect(disableChannel(deps, "ops", by)).rejects.toThrow(refusal("channel_changed"));
    await enableChannel(deps, "ops", by);
    expect(await rows()).toEqual([ops, other]);
    await expect(enableChannel(deps, "ops", by)).rejects.toThrow(refusal("channel_changed"));
    await deleteChannel(deps, "ops", by);
    expect(await rows()).toEqual([other]);
    await expect(deleteChannel(deps, "ops", by)).rejects.toThrow(refusal("channel_changed"));
    expect(await entries()).toEqual(
      ["disable_channel", "enable_channel", "delete_channel"].map((event) => entry(event, "ops")),
    );
  });

  it("sends it a test message and says why it does not arrive, with an entry before, and none without a channel", async () => {
    let before: unknown;
    const webhooks = {
      post: async () => {
        before = await entries();
        return post();
      },
    };
    expect(await testChannel({ ...deps, webhooks }, "ops", by)).toEqual({
      delivered: false,
      error: "refused",
    });
    expect(before).toEqual([entry("test_channel", "ops")]);
    await expect(testChannel(deps, "gone", by)).rejects.toThrow(refusal("channel_changed"));
    expect(await entries()).toEqual(before);
  });
});
