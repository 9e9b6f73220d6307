import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeWeek } from "../src/demo/make-week.js";
import { createChannel } from "../src/domain/alerts/channels.js";
import { newId } from "../src/domain/ids.js";
import { keepAppTokensFresh } from "../src/domain/tokens/app-tokens.js";
import { visitor } from "./support/domain-harness.js";
import { createHost } from "./support/hosts.js";
import { makeOperator } from "./support/operator.js";
import { quickPasswordCost } from "./support/password-cost.js";
import { addRows, rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

// 15:00 in China, so that the whole story of today lies behind.
const now = new Date("2026-03-12T07:00:00Z");
const weekAgo = new Date("2026-03-05T07:00:00Z");

let system: System;
let visits: number | undefined;
let before: Awaited<ReturnType<typeof ownThings>>;
const week = () =>
  makeWeek({
    settings: system.settings,
    db: system.db,
    now,
    perDay: 8,
    passwordCost: quickPasswordCost,
  });

/** What a developer has before: two people who signed in, with a conflict between them, a channel and a webhook. */
async function makeOwnThings() {
  const { deps } = system.app;
  const [one, other] = await Promise.all(
    ["alice", "emoji"].map(async (person) => {
      const browser = system.browser({ person });
      await browser.signIn();
      return (await userOf(browser)) ?? "";
    }),
  );
  await addRows(system.db, "identityConflicts", [
    {
      ...{
        id: newId(now),
        userId: one ?? "",
        otherUserId: other ?? "",
        unionid: "u",
        group: "g",
        createdAt: now,
      },
    },
  ]);
  await createChannel(
    deps,
    {
      ...{ kind: "webhook", name: "ours", url: "https://alerts.example/in" },
      ...{ language: "en", timeZone: "UTC", quiet: null },
    },
    { operatorId: newId(now), visitor },
  );
  const shop = await createHost(system);
  await shop.call("POST", "/webhooks", { url: "https://shop.example/events" });
  return ownThings([one, other]);
}
async function ownThings(userIds: (string | undefined)[]) {
  const isTheirs = ({ userId }: { userId: string }) => userIds.includes(userId);
  return {
    users: (await rowsOf(system.db, "users")).filter(({ id }) => userIds.includes(id)),
    sessions: (await rowsOf(system.db, "sessions")).filter(isTheirs).map(({ secretHash }) => secretHash),
    externalUsers: (await rowsOf(system.db, "externalUsers")).filter(isTheirs),
    conflict: (await rowsOf(system.db, "identityConflicts")).find(isTheirs),
    channel: (await rowsOf(system.db, "alertChannels")).find(({ name }) => name === "ours"),
    webhook: (await rowsOf(system.db, "webhookEndpoints")).find(({ clientId }) => clientId === "shop"),
  };
}

beforeAll(async () => {
  system = await startSystem({ at: new Date(now.getTime() - 300_000), env: { RATE_LIMIT: "off" } });
  await keepAppTokensFresh(system.app.deps); // as a service that runs has done
  before = await makeOwnThings();
  system.advance(300);
  visits = await week();
}, 120_000);
afterAll(() => system.close());

/** Each kind once, in order. */
const kinds = <Row>(rows: readonly Row[], kindOf: (row: Row) => string | number | null) =>
  [...new Set(rows.map((row) => String(kindOf(row))))].sort();

describe("the week of the demo", () => {
  it("lies within the last seven days, on each of them", async () => {
    const times = (await rowsOf(system.db, "signIns")).map(({ createdAt }) => createdAt.getTime());
    expect(visits).toBeGreaterThan(60);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(weekAgo.getTime());
    expect(Math.max(...times)).toBeLessThanOrEqual(now.getTime());
    expect(kinds(times, (time) => Math.floor((time - weekAgo.getTime()) / 86_400_000))).toEqual([
      ..."0123456",
    ]);
  });

  it("has people of both apps who come once and who come back, and counts those who never came back from WeChat", async () => {
    const bindings = await rowsOf(system.db, "bindings");
    expect(kinds(bindings, ({ appId }) => system.app.deps.apps.keyOf(appId))).toEqual(["oa", "web"]);
    const cameBack = ({ createdAt, lastSignInAt }: (typeof bindings)[number]) =>
      String(lastSignInAt.getTime() - createdAt.getTime() > 3_600_000);
    expect(kinds(bindings, cameBack)).toEqual(["false", "true"]);
    const counts = (await rowsOf(system.db, "apiCallSlots")).filter(({ endpoint }) => endpoint === "sign_in");
    expect(kinds(counts, ({ errcode }) => errcode)).toEqual(
      expect.arrayContaining(["abandoned", "failed", "signed_in"]),
    );
  });

  it("leaves an error in every state, one of them new since it was resolved", async () => {
    const owner = await makeOperator(system);
    const { data } = await owner.query<{ items: { errcode: string; state: string }[] }>("failures.groups", {
      state: "all",
    });
    const states = Object.fromEntries(data?.items.map(({ errcode, state }) => [errcode, state]) ?? []);
    expect(states).toMatchObject({
      "-1": "resolved",
      "40029": "open",
      "40125": "regressed",
      "40163": "acknowledged",
      "40164": "resolved",
      "45011": "muted",
    });
  });

  it("has incidents that are over, and one that goes on, of which no channel is told any more", async () => {
    const incidents = await rowsOf(system.db, "alertIncidents");
    expect(incidents.map(({ kind, recoveredAt }) => [kind, recoveredAt === null])).toEqual([
      ["ip_refused", false],
      ["group_new", false],
      ["people_spike", false],
      ["success_share", false],
      ["group_regressed", false],
      ["people_spike", true],
    ]);
    expect(kinds(await rowsOf(system.db, "alertDeliveries"), ({ state }) => state)).toEqual(["sent"]);
    const channels = (await rowsOf(system.db, "alertChannels")).filter(({ name }) => name !== "ours");
    expect(channels.map(({ disabledAt }) => disabledAt)).toEqual([now, now]);
  });

  it("has a merge, one that was undone, a conflict that was settled and an open one", async () => {
    const merges = await rowsOf(system.db, "merges");
    expect(merges.map(({ undoneAt }) => undoneAt !== null).sort()).toEqual([false, true]);
    const conflicts = (await rowsOf(system.db, "identityConflicts")).filter(
      ({ id }) => id !== before.conflict?.id,
    );
    expect(conflicts.map(({ resolution }) => resolution).sort()).toEqual(["kept_apart", null]);
  });

  it("has a host application with users of its own, and deliveries that arrived and failed", async () => {
    expect(kinds(await rowsOf(system.db, "externalUsers"), ({ clientId }) => clientId)).toEqual([
      "demo-shop",
    ]);
    const webhooks = await rowsOf(system.db, "webhookEndpoints");
    const webhook = webhooks.find(({ clientId }) => clientId === "demo-shop");
    expect(webhook?.disabledAt).toEqual(now);
    const deliveries = (await rowsOf(system.db, "webhookDeliveries")).filter(
      ({ endpointId }) => endpointId === webhook?.id,
    );
    expect(kinds(deliveries, ({ state }) => state)).toEqual(["delivered", "failed"]);
  });

  it("has a global token that was fetched all the time, and refused to an unknown address for an afternoon", async () => {
    const fetches = await rowsOf(system.db, "appTokenFetches");
    expect(kinds(fetches, ({ errcode }) => errcode)).toEqual(["40164", "null"]);
    const inOrder = fetches.sort((a, b) => a.at.getTime() - b.at.getTime());
    const generations = inOrder.flatMap(({ generation }) => generation ?? []);
    expect(generations).toEqual(generations.map((_, number) => number + 1));
  });

  it("has operators of every role, and what they did in the audit log, sealed", async () => {
    const operators = await rowsOf(system.db, "operators");
    expect(kinds(operators, ({ role, status }) => `${role} ${status}`)).toEqual([
      "operator active",
      "operator disabled",
      "owner active",
      "viewer active",
    ]);
    const entries = await rowsOf(system.db, "auditLog");
    expect(kinds(entries, ({ event }) => event)).toEqual(
      expect.arrayContaining([
        "errors.resolve",
        "host.create",
        "operator.sign_in",
        "people.block",
        "people.merge",
      ]),
    );
    const inWeek = entries.filter(({ at }) => at < now);
    expect(kinds(inWeek, ({ sealNumber }) => String(sealNumber !== null))).toEqual(["true"]);
  });

  it("leaves alone who and what was there before", async () => {
    expect(before.users).toHaveLength(2);
    expect(before).toMatchObject({
      conflict: { resolution: null },
      channel: {},
      webhook: { disabledAt: null },
    });
    expect(await ownThings(before.users.map(({ id }) => id))).toEqual(before);
    const told = await rowsOf(system.db, "alertDeliveries");
    expect(told.filter(({ channelId }) => channelId === before.channel?.id)).toEqual([]);
  });

  it("is made once", async () => {
    const before = (await rowsOf(system.db, "signIns")).length;
    expect(await week()).toBeUndefined();
    expect(await rowsOf(system.db, "signIns")).toHaveLength(before);
  });
});
