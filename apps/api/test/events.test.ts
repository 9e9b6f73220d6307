import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unbind } from "../src/domain/bindings/unbind.js";
import { outboxRecords } from "../src/domain/events/outbox.js";
import { publishEvents } from "../src/domain/events/publish.js";
import { findPerson, resolveIdentity } from "../src/domain/identity/identity.js";
import { completeUnionid } from "../src/domain/identity/late-unionids.js";
import { mergeUsers, undoMerge } from "../src/domain/identity/merges.js";
import { deleteExpired } from "../src/domain/jobs/delete-expired.js";
import { blockUser, unblockUser } from "../src/domain/people/block.js";
import { eraseUser } from "../src/domain/people/erase.js";
import { endSessionsOf, revokeSession } from "../src/domain/sessions/sessions.js";
import { createHost, type Host } from "./support/hosts.js";
import { addRows, rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

const by = {
  operatorId: "operator",
  visitor: { ip: "192.0.2.1", source: "192.0.2.1", userAgent: undefined },
};
const reason = "as asked";

interface Feed {
  items: { id: string; number: number; type: string; timestamp: string; data: Record<string, unknown> }[];
  lastNumber: number;
}

let system: System;
let shop: Host;
let forum: Host;
beforeAll(async () => {
  system = await startSystem();
  shop = await createHost(system, { scopes: ["events"] });
  forum = await createHost(system, { id: "forum", origin: "https://forum.example", scopes: ["events"] });
});
afterAll(() => system.close());

const read = async (host: Host, query = "") =>
  (await host.call("GET", `/events${query}`)) as { status: number; body: Feed };

/** Numbers what was committed, and answers what is new in the feed, without what every event has. */
let seen = 0;
async function newEvents() {
  await publishEvents(system.app.deps);
  const { body } = await read(shop, `?after=${seen}&limit=200`);
  expect(body.items.map(({ number }) => number)).toEqual(body.items.map((_, n) => seen + n + 1));
  seen = body.lastNumber;
  return body.items.map(({ type, data: { number, externalId, ...data } }) => ({ type, ...data }));
}

const appOf = (key: string, group?: string) => {
  const app = system.app.deps.apps.byKey(key);
  if (!app) throw new Error(`there is no app ${key}`);
  return { ...app, group };
};

/** What one answer of WeChat makes of an identity. */
const resolve = async (openid: string, about: { unionid?: string; nickname?: string; key?: string } = {}) => {
  const { deps } = system.app;
  const app = appOf(about.key ?? "web", "demo");
  return resolveIdentity(deps, {
    app,
    openid,
    unionid: about.unionid,
    scope: "snsapi_login",
    profile: about.nickname === undefined ? undefined : { nickname: about.nickname, avatarUrl: undefined },
    known: await findPerson(deps, app, openid),
  });
};

describe("every change of a person", () => {
  it("is told once: a first sign-in, a completed unionid, a profile, a second binding, a conflict; and a silent return is not told [T112]", async () => {
    const one = await resolve("oOne");
    const { appId } = appOf("web");
    const bound = { type: "binding.created", userId: one.userId, bindingId: one.bindingId, appId };
    expect(await newEvents()).toEqual([{ type: "user.created", userId: one.userId }, bound]);

    await resolve("oOne");
    expect(await newEvents()).toEqual([]);
    const updated = { type: "user.updated", userId: one.userId, bindingId: one.bindingId };
    await resolve("oOne", { unionid: "uOne" });
    expect(await newEvents()).toEqual([updated]);
    await resolve("oOne", { unionid: "uOne", nickname: "One" });
    expect(await newEvents()).toEqual([updated]);
    await resolve("oOne", { unionid: "uOne", nickname: "One" });
    expect(await newEvents()).toEqual([]);

    const again = await resolve("oOneElsewhere", { unionid: "uOne", key: "oa" });
    expect(again.userId).toBe(one.userId);
    const second = { bindingId: again.bindingId, appId: appOf("oa").appId };
    expect(await newEvents()).toEqual([{ type: "binding.created", userId: one.userId, ...second }]);

    const two = await resolve("oTwo");
    await newEvents();
    await completeUnionid(system.app.deps, appOf("web", "demo"), "oTwo", "uOne");
    const [conflict] = await rowsOf(system.db, "identityConflicts");
    expect(await newEvents()).toEqual([
      { type: "user.updated", userId: two.userId, bindingId: two.bindingId },
      { type: "conflict.opened", userId: two.userId, conflictId: conflict?.id, otherUserId: one.userId },
    ]);
    await resolve("oTwo", { unionid: "uOne" });
    expect(await newEvents()).toEqual([]);
  });

  it("costs a returning person's silent sign-in no statement: one without a group, five within one, and nothing is written to the outbox", async () => {
    const { db } = system;
    const { batch } = db;
    const { deps } = system.app;
    const steps: string[][] = [];
    const silently = async (group: string | undefined, unionid: string | undefined) => {
      const app = appOf("web", group);
      const known = await findPerson(deps, app, "oOne");
      const about = { app, openid: "oOne", unionid, scope: "snsapi_login", profile: undefined, known };
      await resolveIdentity(deps, about);
    };
    const before = (await rowsOf(db, "outbox")).length;
    db.batch = (batched) => {
      steps.push(batched.map(({ statement }) => statement.name));
      return batch(batched);
    };
    try {
      await silently(undefined, undefined);
      await silently("demo", "uOne");
    } finally {
      db.batch = batch;
    }
    expect(steps).toEqual([
      ["complete_binding"],
      [
        ...["insert_union", "complete_binding", "settle_union"],
        ...["insert_conflict_of_binding", "insert_conflict_opened"],
      ],
    ]);
    expect(await rowsOf(db, "outbox")).toHaveLength(before);
  });

  it("is told once if thirty of their first sign-ins run at the same time [T112]", async () => {
    const all = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        resolve("oThirty", n % 2 ? { unionid: "uThirty" } : {}).catch((error) => error),
      ),
    );
    const userId = all[0].userId;
    expect(new Set(all.map((result) => result.userId))).toEqual(new Set([userId]));
    const events = await newEvents();
    expect(
      events
        .map(({ type }) => type)
        .sort()
        .slice(0, 2),
    ).toEqual(["binding.created", "user.created"]);
    // Whether the first one knew the unionid decides if it was completed.
    expect(events.length).toBeLessThanOrEqual(3);
    expect(events.filter(({ type }) => type === "user.updated").length).toBe(events.length - 2);
  });

  it("is told with its act: blocking, unblocking, the end of sessions, a merge and its undo, unbinding and erasing; an act without a user tells nothing [T112]", async () => {
    const { deps } = system.app;
    const { userId, bindingId } = await resolve("oActed");
    const { userId: other } = await resolve("oOther");
    const { appId } = appOf("web");
    await addRows(system.db, "sessions", [
      {
        ...{ secretHash: "hash", id: "session", userId, signInId: "none" },
        ...{ createdAt: deps.now(), lastSeenAt: deps.now(), expiresAt: new Date(Date.now() + 1e7) },
        ...{ ip: null, userAgent: null },
      },
    ]);
    await newEvents();
    expect(await revokeSession(deps, { userId: other, id: "session", by })).toBe(false);
    expect(await blockUser(deps, { userId: "unknown", reason, by })).toBeUndefined();
    expect(await newEvents()).toEqual([]);

    await revokeSession(deps, { userId, id: "session", by });
    await endSessionsOf(deps, { userId, by });
    await blockUser(deps, { userId, reason, by });
    await unblockUser(deps, { userId, reason, by });
    const mergeId = await mergeUsers(deps, { fromUserId: other, intoUserId: userId, reason, by });
    await undoMerge(deps, { id: mergeId, reason, by });
    await unbind(deps, { userId, bindingId, by, allowLast: true });
    await eraseUser(deps, { userId: other, by });
    expect(await newEvents()).toEqual([
      { type: "session.revoked", userId, sessionId: "session" },
      { type: "session.revoked", userId, all: true },
      { type: "user.blocked", userId, blocked: true },
      { type: "user.blocked", userId, blocked: false },
      { type: "user.merged", userId, mergedFrom: other, mergeId },
      { type: "user.updated", userId: null },
      { type: "user.updated", userId, undoneMerge: mergeId },
      { type: "binding.removed", userId, bindingId, appId },
      { type: "user.erased", userId: other },
    ]);
    const about = (await rowsOf(system.db, "outbox")).filter((row) => row.userId === other);
    expect(about).toMatchObject([{ type: "user.erased", data: "{}" }]);
  });
});

describe("the feed", () => {
  it("answers each page once and in order, with the reader's own id of the user as it is now, and what another host alone may read to that one only [T112]", async () => {
    const { deps } = system.app;
    const { userId } = await resolve("oRead");
    await addRows(system.db, "externalUsers", [
      { clientId: "shop", externalId: "42", userId, createdAt: deps.now() },
      // As a merge leaves it: the one that was set first counts, here and in GET /users.
      { clientId: "shop", externalId: "1", userId, createdAt: new Date(deps.now().getTime() + 1000) },
      { clientId: "forum", externalId: "read", userId, createdAt: deps.now() },
    ]);
    await deps.db.batch(outboxRecords(deps, [{ type: "user.updated", userId, clientId: "forum" }]));
    await newEvents();
    const after = seen - 3;
    const pages = [
      await read(shop, `?after=${after}&limit=1`),
      await read(shop, `?after=${after + 1}&limit=1`),
    ];
    expect(pages.map(({ body }) => [body.items.map(({ type }) => type), body.lastNumber])).toEqual([
      [["user.created"], after + 1],
      [["binding.created"], after + 2],
    ]);
    expect(pages[0]?.body.items[0]).toEqual({
      id: expect.stringMatching(/^evt_[0-9A-Z]{26}$/),
      number: after + 1,
      type: "user.created",
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { number: after + 1, userId, externalId: "42" },
    });
    expect((await read(shop, `?after=${after + 2}`)).body).toEqual({ items: [], lastNumber: seen });
    const { items } = (await read(forum, `?after=${after + 2}`)).body;
    expect(items).toMatchObject([{ type: "user.updated", data: { userId, externalId: "read" } }]);
    const created = await read(shop, `?after=${after}&types=user.created,user.merged`);
    expect(created.body).toEqual({ items: [pages[0]?.body.items[0]], lastNumber: seen });
    expect((await read(shop, "?types=user.invented")).status).toBe(400);
    expect((await read(shop, "?limit=201")).status).toBe(400);
  });

  it("says that events are gone once they are deleted, and keeps counting [T112]", async () => {
    const { deps } = system.app;
    await newEvents();
    const first = (await read(shop)).body.items[0]?.number;
    expect(first).toBe(1);
    system.advance(31 * 86_400);
    await resolve("oLate");
    await newEvents();
    await deleteExpired(deps);
    const gone = await read(shop, "?after=0");
    expect([gone.status, gone.body]).toEqual([
      410,
      expect.objectContaining({ code: "events_gone", detail: expect.stringContaining(`after=${seen}`) }),
    ]);
    expect((await read(shop, `?after=${seen + 1}`)).status).toBe(410);
    const kept = (await read(shop)).body;
    expect([kept.items.map(({ type }) => type), kept.lastNumber]).toEqual([
      ["user.created", "binding.created"],
      seen,
    ]);
    system.advance(31 * 86_400);
    await deleteExpired(deps);
    expect((await rowsOf(system.db, "outbox")).map(({ number }) => number)).toEqual([seen]);
    await resolve("oLater");
    expect(await newEvents()).toHaveLength(2);
  });
});

describe("the publisher", () => {
  it("gives each event one number, without a gap and in an order that never changes, however many run at once [T112]", async () => {
    const { deps } = system.app;
    const first = seen;
    const order: string[] = [];
    let after = first;
    for (let round = 0; round < 4; round++) {
      const people = Array.from({ length: 15 }, (_, n) => resolve(`oBusy${round}-${n}`));
      const publishing = Array.from({ length: 4 }, () => publishEvents(deps));
      const feed = (await read(shop, `?after=${after}&limit=200`)).body;
      order.push(...feed.items.map(({ id }) => id));
      after = feed.lastNumber;
      await Promise.all([...people, ...publishing]);
    }
    await publishEvents(deps);
    const rest = (await read(shop, `?after=${after}&limit=200`)).body;
    order.push(...rest.items.map(({ id }) => id));
    const all = (await read(shop, `?after=${first}&limit=200`)).body.items;
    expect(order).toEqual(all.map(({ id }) => id));
    expect(all.map(({ number }) => number)).toEqual(Array.from({ length: 120 }, (_, n) => first + n + 1));
    seen = rest.lastNumber;
  });
});
