import { demoOfficialAccount, demoWebsite } from "@wechat-login/simulator";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Tables } from "../src/db/schema.js";
import { getMerge } from "../src/domain/console/merges.js";
import { getPerson } from "../src/domain/console/people.js";
import { completeLateUnionids } from "../src/domain/identity/late-unionids.js";
import {
  canUndo,
  followMergedUser,
  keepApart,
  MergeError,
  mergeUsers,
  resolveUserId,
  undoMerge,
} from "../src/domain/identity/merges.js";
import { newId } from "../src/domain/ids.js";
import { blockUser } from "../src/domain/people/block.js";
import { type Browser, userAgents } from "./support/browser.js";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows, rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

// Alice signs in on the desktop before her Official Account joins the Open Platform account, and on the phone: two users.

const platform = "demo-open-platform";

let system: System;
let operator: Console;
const by = {
  operatorId: newId(new Date(0)),
  visitor: { ip: "192.0.2.7", source: "192.0.2.7", userAgent: "" },
};
const reason = "called and confirmed both phones";

const phone = (person = "alice") => system.browser({ person });
const desktop = (person = "alice") => system.browser({ person, userAgent: userAgents.desktop });
async function userAfter(browser: Browser): Promise<string> {
  await browser.signIn();
  return (await userOf(browser)) ?? "no user";
}
const openPlatform = (appId: string, name: string | null) =>
  system.simulator.updateApp(appId, { openPlatform: name });

/** Two users of one person, with a conflict between them, made in this order: the desktop, the phone, the unionid. */
async function makeConflict(person = "alice"): Promise<{ onPhone: Browser; from: string; into: string }> {
  openPlatform(demoOfficialAccount.appId, null);
  const into = await userAfter(desktop(person));
  const onPhone = phone(person);
  const from = await userAfter(onPhone);
  openPlatform(demoOfficialAccount.appId, platform);
  await onPhone.signIn();
  await completeLateUnionids(system.app.deps);
  return { onPhone, from, into };
}

const tables = [
  "users",
  "bindings",
  "unions",
  "sessions",
  "externalUsers",
  "signIns",
  "consents",
  "identityConflicts",
] as const satisfies (keyof Tables)[];
/** Every row of the tables that a merge changes. */
async function everything(): Promise<Record<string, unknown[]>> {
  const entries = await Promise.all(
    tables.map(async (name) => {
      const rows = (await rowsOf(system.db, name)).map((row) => JSON.stringify(row));
      return [name, rows.sort().map((row) => JSON.parse(row))];
    }),
  );
  return Object.fromEntries(entries);
}
const merge = (users: { from: string; into: string }) =>
  mergeUsers(system.app.deps, { fromUserId: users.from, intoUserId: users.into, reason, by });
const undo = (id: string) => undoMerge(system.app.deps, { id, reason, by });
const refusalOf = (act: Promise<unknown>) =>
  act.then(
    () => "done",
    (error: unknown) => (error instanceof MergeError ? error.reason : String(error)),
  );

beforeEach(async () => {
  system = await startSystem();
  operator = await seedOperator(system, "operator");
});
afterEach(() => system.close());

describe("two users who are one person", () => {
  it("are one after a merge with a reason, on every browser and in both apps [T116]", async () => {
    const { onPhone, from, into } = await makeConflict();
    const [conflict] = await rowsOf(system.db, "identityConflicts");
    const external = { clientId: "shop", externalId: "42", userId: from, createdAt: new Date(0) };
    await addRows(system.db, "externalUsers", [external]);
    const consent = { purpose: "profile", answer: "agreed", noticeVersion: "1", at: new Date(0) } as const;
    const [binding] = (await rowsOf(system.db, "bindings")).filter(({ userId }) => userId === from);
    await addRows(system.db, "consents", [
      { id: "consent", userId: from, bindingId: binding?.id ?? "", ...consent },
    ]);
    const before = await everything();

    const { data } = await operator.mutate<{ mergeId: string }>("conflicts.merge", {
      ...{ id: conflict?.id, into, reason },
    });
    const after = await everything();
    const moved = JSON.parse(JSON.stringify(before).replaceAll(`serId":"${from}"`, `serId":"${into}"`));
    const resolved = { resolvedAt: expect.any(String), resolution: "merged" };
    expect(after).toEqual({
      ...moved,
      users: before.users?.map((user) =>
        (user as { id: string }).id === from ? { ...(user as object), mergedInto: into } : user,
      ),
      identityConflicts: before.identityConflicts?.map((one) => ({ ...(one as object), ...resolved })),
    });
    expect(await userOf(onPhone)).toBe(into);
    expect(await userAfter(phone())).toBe(into);
    expect(await userAfter(desktop())).toBe(into);
    expect(await resolveUserId(system.app.deps, from)).toBe(into);
    const unknown = newId(new Date(0));
    expect(await resolveUserId(system.app.deps, unknown)).toBeUndefined();
    // A sign-in goes on as the survivor only if its user was merged.
    for (const userId of [into, unknown]) {
      const known = { userId, bindingId: binding?.id ?? "" };
      expect(await followMergedUser(system.app.deps, known)).toBeUndefined();
    }

    const [entry] = (await rowsOf(system.db, "auditLog")).filter(({ event }) => event === "people.merge");
    expect(entry).toMatchObject({ target: data?.mergeId, result: "ok", errcode: null });
    expect(await rowsOf(system.db, "auditDetails")).toEqual([
      { auditId: entry?.id, userId: into, detail: reason },
    ]);
  });

  it("are two again after an undo, and nothing that happened since is lost [T116]", async () => {
    const { onPhone, from, into } = await makeConflict();
    const external = (externalId: string, userId: string) => ({
      ...{ clientId: "shop", externalId, userId, createdAt: new Date(0) },
    });
    await addRows(system.db, "externalUsers", [external("4/2", from), external("7", into)]);
    const before = await everything();
    const id = await merge({ from, into });
    expect(await undo(id)).toEqual({ fromUserId: from, intoUserId: into });
    expect(await everything()).toEqual(before);

    const again = await merge({ from, into });
    const phoneSince = phone();
    const desktopSince = desktop();
    expect([await userAfter(phoneSince), await userAfter(desktopSince)]).toEqual([into, into]);
    await addRows(system.db, "externalUsers", [external("99", into)]);
    system.advance(30 * 86_400 - 60);
    await undo(again);

    expect(await userOf(onPhone)).toBeUndefined(); // thirty days idle
    expect(await userAfter(phone())).toBe(from);
    expect(await userAfter(desktop())).toBe(into);
    const owners = (await rowsOf(system.db, "externalUsers")).map(({ externalId, userId }) => [
      externalId,
      userId,
    ]);
    expect(new Map(owners as [string, string][])).toEqual(
      new Map([
        ["4/2", from],
        ["7", into],
        ["99", into],
      ]),
    );
    const openids = new Map(
      (await rowsOf(system.db, "bindings")).map(({ openid, userId }) => [openid, userId]),
    );
    for (const { openid, userId } of await rowsOf(system.db, "signIns")) {
      if (openid !== null) expect(userId).toBe(openids.get(openid));
    }
    expect(await rowsOf(system.db, "merges")).toEqual([
      expect.objectContaining({ id, undoneBy: by.operatorId }),
      expect.objectContaining({ id: again, undoneBy: by.operatorId, undoneAt: expect.any(Date) }),
    ]);
    const conflicts = await rowsOf(system.db, "identityConflicts");
    expect(conflicts.map(({ resolution }) => resolution)).toEqual([null]);
  });

  it("are two again after an undo with each unionid and sign-in, whatever the names of groups and clients", async () => {
    const [from, into] = [newId(new Date(1)), newId(new Date(2))];
    const users = [from, into].map((id) => ({ id, createdAt: new Date(0), lastSignInAt: new Date(0) }));
    await addRows(system.db, "users", users);
    const binding = (appId: string, userId: string, unionid: string | null) => ({
      ...{ id: `${appId} of ${userId}`, appId, openid: `o${userId}`, userId, unionid, scope: "" },
      ...{ createdAt: new Date(0), lastSignInAt: new Date(0) },
    });
    const union = (unionid: string, userId: string) => ({
      ...{ group: "shop/2026", unionid, userId, createdAt: new Date(0) },
    });
    await addRows(system.db, "bindings", [binding("wx1", from, "uOfFrom"), binding("wx2", from, null)]);
    await addRows(system.db, "unions", [union("uOfFrom", from), union("uOfInto", into)]);
    // A sign-in that ended before WeChat named an openid.
    const refused = { id: "refused", purpose: "bind", appId: "wx1", userId: from, openid: null } as const;
    const times = { createdAt: new Date(0), expiresAt: new Date(0) };
    await addRows(system.db, "signIns", [{ ...refused, ...times, returnTo: "/", browserHash: "b" }]);

    const id = await merge({ from, into });
    // Since then the other one has the same unionid too, and a binding that goes back has told one of its own.
    await addRows(system.db, "bindings", [binding("wx3", into, "uOfFrom")]);
    await addRows(system.db, "unions", [union("uOfFromSince", into)]);
    await system.db.consoleQuery((orm, t) =>
      orm.update(t.bindings).set({ unionid: "uOfFromSince" }).where(eq(t.bindings.appId, "wx2")).returning(),
    );
    await undo(id);
    const owners = (await rowsOf(system.db, "unions")).map(({ unionid, userId }) => [unionid, userId]);
    expect(Object.fromEntries(owners)).toEqual({ uOfFrom: from, uOfInto: into, uOfFromSince: from });
    expect((await rowsOf(system.db, "signIns")).map(({ userId }) => userId)).toEqual([from]);
  });

  it("end what the other's WeChat account opened since, when the merge is undone [T116, T118]", async () => {
    const { onPhone, from, into } = await makeConflict();
    const onDesktop = desktop();
    await userAfter(onDesktop);
    const id = await merge({ from, into });
    const phoneSince = phone();
    expect(await userAfter(phoneSince)).toBe(into);
    await undo(id);
    // Signed in as the survivor by the other's account: that session would show one person to the other.
    expect(await userOf(phoneSince)).toBeUndefined();
    expect([await userOf(onPhone), await userOf(onDesktop)]).toEqual([from, into]);
  });
});

describe("a merge", () => {
  it("and thirty sign-ins at once end in the survivor [T78, T116]", async () => {
    const { from, into } = await makeConflict();
    const callbacks = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const browser = phone();
        return { browser, callback: await browser.callbackUrl() };
      }),
    );
    const signIns = Promise.all(callbacks.map(({ browser, callback }) => browser.visit(callback)));
    const [pages] = await Promise.all([signIns, merge({ from, into })]);
    expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([303]));
    expect(new Set(await Promise.all(callbacks.map(({ browser }) => userOf(browser))))).toEqual(
      new Set([into]),
    );
    for (const { userId } of await rowsOf(system.db, "bindings")) expect(userId).toBe(into);
  });

  it("between the identity and the session of a sign-in ends it in the survivor [T116]", async () => {
    const { from, into } = await makeConflict();
    const { db } = system.app.deps;
    const batch = db.batch.bind(db);
    let isMerged = false;
    db.batch = async (steps) => {
      if (!isMerged && steps.some(({ statement }) => statement.name === "touch_user")) {
        isMerged = true;
        await merge({ from, into });
      }
      return batch(steps);
    };
    const browser = phone();
    expect(await userAfter(browser)).toBe(into);
    expect(isMerged).toBe(true);
  });

  it("is followed by a binding that a sign-in made for the merged user meanwhile [T116]", async () => {
    const { from, into } = await makeConflict();
    await merge({ from, into });
    // As on PostgreSQL where that sign-in read the unionid's user before the merge and wrote after it.
    await system.db.consoleQuery((orm, t) =>
      orm.update(t.bindings).set({ userId: from }).where(eq(t.bindings.appId, demoWebsite.appId)).returning(),
    );
    expect(await userAfter(desktop())).toBe(into);
    for (const { userId } of await rowsOf(system.db, "bindings")) expect(userId).toBe(into);
  });

  it("of the same two users in both directions at once happens in one of them", async () => {
    const { from, into } = await makeConflict();
    const results = await Promise.all([
      refusalOf(merge({ from, into })),
      refusalOf(merge({ from: into, into: from })),
      refusalOf(merge({ from, into })),
    ]);
    expect(results.sort()).toEqual(["done", "same_person", "same_person"]);
    const users = await rowsOf(system.db, "users");
    expect(users.filter(({ mergedInto }) => mergedInto !== null)).toHaveLength(1);
    expect(await userAfter(phone())).toBe(await userAfter(desktop()));
  });

  it("of three users is a chain: every id leads to the last, and only the last merge can be undone [T116]", async () => {
    const one = await makeConflict("alice");
    const other = await userAfter(phone("emoji"));
    const first = await merge(one);
    const second = await merge({ from: one.into, into: other });
    const { deps } = system.app;
    expect(await Promise.all([one.from, one.into, other].map((id) => resolveUserId(deps, id)))).toEqual([
      ...[other, other, other],
    ]);
    expect(await userAfter(phone("alice"))).toBe(other);
    expect(await refusalOf(undo(first))).toBe("merged_further");
    await undo(second);
    await undo(first);
    expect(await userAfter(phone("alice"))).toBe(one.from);
    expect(await userAfter(desktop("alice"))).toBe(one.into);
    expect(await userAfter(phone("emoji"))).toBe(other);
  });

  it("is refused where it would block or unblock a person, or where there is no such user [T116]", async () => {
    const { from, into } = await makeConflict();
    const unknown = newId(new Date(0));
    expect(await refusalOf(merge({ from, into: from }))).toBe("same_person");
    expect(await refusalOf(merge({ from, into: unknown }))).toBe("not_found");
    expect(await refusalOf(merge({ from: unknown, into }))).toBe("not_found");
    expect(await refusalOf(merge({ from: unknown, into: unknown }))).toBe("same_person");
    await blockUser(system.app.deps, { userId: from, reason, by });
    const before = await everything();
    expect(await refusalOf(merge({ from, into }))).toBe("status_differs");
    expect(await refusalOf(merge({ from: into, into: from }))).toBe("status_differs");
    expect(await everything()).toEqual(before);
    await blockUser(system.app.deps, { userId: into, reason, by });
    expect(await refusalOf(merge({ from, into }))).toBe("done");
    expect((await phone().signIn()).status).toBe(403);
    const other = await userAfter(phone("emoji"));
    expect(await refusalOf(merge({ from, into: other }))).toBe("already_merged");
    expect(await refusalOf(merge({ from: other, into: from }))).toBe("already_merged");
  });

  it("can be undone for thirty days, and once [T116]", async () => {
    const { from, into } = await makeConflict();
    const id = await merge({ from, into });
    expect(await refusalOf(undo(newId(new Date(0))))).toBe("not_found");
    const other = await makeConflict("emoji");
    system.advance(30 * 86_400 - 60);
    const late = await merge(other);
    const results = await Promise.all([refusalOf(undo(id)), refusalOf(undo(id))]);
    expect(results.sort()).toEqual(["already_undone", "done"]);
    system.advance(30 * 86_400);
    const before = await everything();
    expect(await refusalOf(undo(late))).toBe("too_late");
    expect(await everything()).toEqual(before);
    const isUndoable = (afterMs: number) =>
      canUndo({ ...system.app.deps, now: () => new Date(afterMs) }, { createdAt: new Date(0) });
    expect([30 * 86_400_000 - 1, 30 * 86_400_000].map(isUndoable)).toEqual([true, false]);
  });
});

describe("a conflict", () => {
  it("shows both users with what would move, and stays closed once they are kept apart [T116, T117]", async () => {
    const { from, into } = await makeConflict();
    await addRows(system.db, "externalUsers", [
      { clientId: "shop", externalId: "42", userId: from, createdAt: new Date(0) },
    ]);
    const [row] = await rowsOf(system.db, "identityConflicts");
    const id = row?.id ?? "";
    const list = async (state: "open" | "resolved") =>
      (await operator.query<{ items: { id: string }[] }>("conflicts.list", { state })).data?.items.map(
        (one) => one.id,
      );
    const ofPerson = async (userId: string) =>
      (await operator.query<{ conflicts: { id: string }[] }>("people.get", { userId })).data?.conflicts.map(
        (one) => one.id,
      );
    expect([await list("open"), await list("resolved")]).toEqual([[id], []]);
    expect([await ofPerson(from), await ofPerson(into)]).toEqual([[id], [id]]);
    const { data } = await operator.query<{
      users: {
        userId: string;
        bindings: { openid: string }[];
        sessions: number;
        signIns: number;
        externalIds: object[];
      }[];
    }>("conflicts.get", { id });
    const openid = system.simulator.person("alice", demoOfficialAccount.appId).openid;
    const webOpenid = system.simulator.person("alice", demoWebsite.appId).openid;
    expect(
      data?.users.map(({ userId, bindings, sessions, signIns, externalIds }) => ({
        ...{ userId, sessions, signIns, externalIds, openids: bindings.map((one) => one.openid) },
      })),
    ).toEqual([
      {
        userId: from,
        sessions: 1,
        signIns: 2,
        externalIds: [{ clientId: "shop", externalId: "42" }],
        openids: [openid],
      },
      { userId: into, sessions: 1, signIns: 1, externalIds: [], openids: [webOpenid] },
    ]);

    expect((await operator.mutate("conflicts.keepApart", { id, reason: " " })).status).toBe(400);
    expect((await operator.mutate("conflicts.keepApart", { id, reason })).status).toBe(200);
    expect([await list("open"), await list("resolved")]).toEqual([[], [id]]);
    expect([await ofPerson(from), await ofPerson(into)]).toEqual([[], []]);
    expect([await userAfter(phone()), await userAfter(desktop())]).toEqual([from, into]);
    expect(await rowsOf(system.db, "identityConflicts")).toMatchObject([{ id, resolution: "kept_apart" }]);
    expect(await refusalOf(keepApart(system.app.deps, { id, reason, by }))).toBe("already_resolved");
    const unknown = { id: newId(new Date(0)), reason, by };
    expect(await refusalOf(keepApart(system.app.deps, unknown))).toBe("not_found");
    const kept = (await rowsOf(system.db, "auditLog")).filter(({ event }) => event.startsWith("people."));
    expect(kept).toMatchObject([{ event: "people.keep_apart", target: id }]);
  });
});

describe("a merge in the console", () => {
  it("is listed with who decided it and until when it can be undone, and has its reason and what it moved [T116]", async () => {
    const { from, into } = await makeConflict();
    await phone().signIn();
    const [conflict] = await rowsOf(system.db, "identityConflicts");
    await addRows(
      system.db,
      "externalUsers",
      ["customer-4711", "customer-4721", "customer-4731", "customer-4741"].map((externalId) => {
        return { clientId: "shop", externalId, userId: from, createdAt: new Date(0) };
      }),
    );
    // What was written about the survivor before, of another merge.
    const before = newId(new Date(0));
    const entry = {
      operatorId: null,
      event: "people.merge",
      target: newId(new Date(1)),
      result: "ok",
    } as const;
    await addRows(system.db, "auditLog", [{ ...entry, id: before, at: new Date(0) }]);
    await addRows(system.db, "auditDetails", [{ auditId: before, userId: into, detail: "of another merge" }]);
    const viewer = await seedOperator(system, "viewer");
    const asked = { id: conflict?.id, into, reason };
    expect((await viewer.mutate("conflicts.merge", asked)).status).toBe(403);
    expect((await operator.mutate("conflicts.merge", { ...asked, into: newId(new Date(0)) })).status).toBe(
      404,
    );
    const { data } = await operator.mutate<{ mergeId: string }>("conflicts.merge", asked);
    const id = data?.mergeId;

    const [stored] = await rowsOf(system.db, "merges");
    const listed = {
      ...{ id, conflictId: conflict?.id, fromUserId: from, intoUserId: into, operator: "otto" },
      createdAt: stored?.createdAt.toJSON(),
      ...{ undoneAt: null, undoneBy: null },
      undoableUntil: new Date((stored?.createdAt.getTime() ?? 0) + 30 * 86_400_000).toJSON(),
    };
    const survivor = { userId: into, nickname: expect.stringMatching(/^.…$/) };
    expect((await viewer.query("merges.list", {})).data).toEqual({
      items: [{ ...listed, survivor }],
      nextCursor: null,
    });
    const merge = {
      ...listed,
      ...{ undoRefusal: null, reason, moved: { bindings: 1, sessions: 2, externalIds: 4, signIns: 3 } },
    };
    expect((await operator.query("merges.get", { id })).data).toEqual(merge);
    expect((await viewer.query("merges.get", { id })).data).toEqual({ ...merge, reason: "cal…nes" });
    expect((await operator.query("merges.get", { id: newId(new Date(0)) })).status).toBe(404);

    const sidesOf = async () =>
      (
        await viewer.query<{ users: { userId: string }[] }>("conflicts.get", { id: conflict?.id })
      ).data?.users.map(({ userId }) => userId);
    expect(await sidesOf()).toEqual([into]);
    const ofPerson = async () =>
      (await viewer.query<{ merges: object[] }>("people.get", { userId: into })).data?.merges;
    const { createdAt } = listed;
    expect(await ofPerson()).toEqual([{ id, fromUserId: from, createdAt, canUndo: true }]);
    expect((await operator.mutate("merges.undo", { id, reason: "no, her sister" })).data).toEqual({
      ok: true,
    });
    expect([await ofPerson(), await sidesOf()]).toEqual([[], [from, into]]);
    const again = await operator.mutate("merges.undo", { id, reason });
    expect([again.status, again.error?.data.appCode, again.error?.message]).toEqual([
      ...[409, "already_undone", "This merge is undone already."],
    ]);
    expect((await operator.query("merges.get", { id })).data).toEqual({
      ...merge,
      ...{ undoneAt: expect.any(String), undoneBy: "otto", undoRefusal: "already_undone" },
    });
    // From then on nothing can be moved back, and what it moved is deleted.
    const later = { ...system.app.deps, now: () => new Date(listed.undoableUntil) };
    expect(await getMerge(later, id ?? "")).toMatchObject({ id, moved: null });
    const acts = (await rowsOf(system.db, "auditLog")).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(acts.slice(-2)).toMatchObject([
      { event: "people.merge", target: id },
      { event: "people.undo_merge", target: id },
    ]);
    const people = await operator.query("conflicts.list", {});
    const nickname = expect.any(String);
    expect(people.data).toEqual({
      items: [
        {
          ...{ id: conflict?.id, group: conflict?.group, unionid: conflict?.unionid },
          ...{ createdAt: conflict?.createdAt.toJSON(), resolvedAt: null, resolution: null },
          ...{ user: { userId: from, nickname }, otherUser: { userId: into, nickname } },
        },
      ],
      nextCursor: null,
    });
    const sides = await viewer.query<{ users: { externalIds: object[] }[] }>("conflicts.get", {
      id: conflict?.id,
    });
    expect(sides.data?.users[0]?.externalIds).toEqual(
      ["cu…11", "cu…21", "cu…31", "cu…41"].map((externalId) => ({ clientId: "shop", externalId })),
    );
  });
});

describe("a user who was merged", () => {
  it("is found under both ids and listed once, with the merge that can be undone [T116]", async () => {
    const { from, into } = await makeConflict();
    const mergeId = await merge({ from, into });
    const get = async (userId: string) =>
      (await operator.query<{ userId: string; merges: object[] }>("people.get", { userId })).data;
    const person = await get(from);
    expect(person).toEqual({ ...(await get(into)), mergedFrom: from });
    expect(person).toMatchObject({
      userId: into,
      merges: [{ id: mergeId, fromUserId: from, createdAt: expect.any(String), canUndo: true }],
    });
    const { data } = await operator.query<{ items: { userId: string }[] }>("people.list", {});
    expect(data?.items.map(({ userId }) => userId)).toEqual([into]);
    system.advance(30 * 86_400);
    const later = await getPerson(system.app.deps, from);
    expect(later?.merges).toEqual([expect.objectContaining({ id: mergeId, canUndo: false })]);
  });
});
