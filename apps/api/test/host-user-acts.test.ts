import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operations } from "../src/domain/hosts/operations/index.js";
import { hostScopes } from "../src/domain/hosts/scopes.js";
import { newId } from "../src/domain/ids.js";
import { createHost, type Host } from "./support/hosts.js";
import { addRows, rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
let shop: Host;
let other: Host;
let oa: string;
let web: string;
beforeAll(async () => {
  system = await startSystem();
  oa = system.officialAccount.appId;
  web = system.website.appId;
  shop = await createHost(system);
  other = await createHost(system, { id: "other", origin: "https://other.example" });
});
afterAll(() => system.close());

/** A user with so many bindings and a session. @returns their ids */
async function createUser(openids: readonly string[] = []) {
  const now = system.app.deps.now();
  const userId = newId(now);
  await addRows(system.db, "users", [{ id: userId, createdAt: now }]);
  const bindings = openids.map((openid) => ({ id: newId(now), openid }));
  if (bindings.length > 0) {
    const row = { userId, appId: oa, scope: "snsapi_base", createdAt: now, lastSignInAt: now };
    await addRows(
      system.db,
      "bindings",
      bindings.map((binding) => ({ ...row, ...binding })),
    );
  }
  const expiresAt = new Date(now.getTime() + 3600_000);
  await addRows(system.db, "sessions", [
    { id: newId(now), secretHash: userId, userId, signInId: "-", createdAt: now, lastSeenAt: now, expiresAt },
  ]);
  return { userId, bindingIds: bindings.map(({ id }) => id) };
}

const externalIdsOf = async (id: string) =>
  (await rowsOf(system.db, "externalUsers"))
    .filter(({ userId }) => userId === id)
    .map(({ clientId, externalId }) => `${clientId}:${externalId}`)
    .sort();
const sessionsOf = async (id: string) =>
  (await rowsOf(system.db, "sessions")).filter(({ userId }) => userId === id).length;
/** The acts on a user in the audit log, as those of the host by its key. */
const actsOn = async (id: string, host = shop) => {
  const keys = await rowsOf(system.db, "apiKeys");
  const keyId = keys.find(({ clientId }) => clientId === host.clientId)?.id;
  return (await rowsOf(system.db, "auditLog"))
    .filter((row) => row.target === id && row.operatorId === `host:${host.clientId}/${keyId}`)
    .map(({ event, result }) => `${event} ${result}`)
    .sort();
};
const eventsOf = async (id: string) =>
  (await rowsOf(system.db, "outbox"))
    .filter(({ userId, type }) => userId === id && type === "user.updated")
    .map(({ clientId, data }) => [clientId, JSON.parse(data)]);

const ok = (body: object) => ({ status: 200, body });
const refused = (status: number, code: string) => ({ status, body: expect.objectContaining({ code }) });

const put = (userId: string, externalId: string, replace?: boolean, host = shop) =>
  host.call("PUT", `/users/${userId}/external-id`, { externalId, ...(replace ? { replace } : {}) });

describe("the external id of a user", () => {
  it("is set once for each host, is replaced only when asked to, and is removed, each with its event and entry [T118]", async () => {
    const { userId: ann } = await createUser();
    const { userId: ben } = await createUser();
    expect(await put(ann, "a-1")).toEqual(ok({ id: ann, externalId: "a-1" }));
    expect(await put(ann, "a-1")).toEqual(ok({ id: ann, externalId: "a-1" }));
    // The same text is another person at another host.
    expect(await put(ben, "a-1", false, other)).toEqual(ok({ id: ben, externalId: "a-1" }));
    expect(await put(ann, "a-2")).toEqual(refused(409, "external_id_set"));
    const taken = await put(ben, "a-1", true);
    expect(taken).toEqual(refused(409, "external_id_taken"));
    expect((taken.body as { detail: string }).detail).toContain(ann);
    expect([await externalIdsOf(ann), await externalIdsOf(ben)]).toEqual([["shop:a-1"], ["other:a-1"]]);

    expect(await put(ann, "a-2", true)).toEqual(ok({ id: ann, externalId: "a-2" }));
    expect(await externalIdsOf(ann)).toEqual(["shop:a-2"]);
    // It is free again.
    expect(await put(ben, "a-1")).toEqual(ok({ id: ben, externalId: "a-1" }));
    const gone = ok({ id: ben, externalId: null });
    expect(await shop.call("DELETE", `/users/${ben}/external-id`)).toEqual(gone);
    expect(await shop.call("DELETE", `/users/${ben}/external-id`)).toEqual(gone);
    expect(await externalIdsOf(ben)).toEqual(["other:a-1"]);

    const change = ["shop", { changed: "externalId" }];
    expect(await eventsOf(ann)).toEqual([change, change]);
    // No other host learns that one was removed.
    expect((await eventsOf(ben)).sort()).toEqual([["other", { changed: "externalId" }], change, change]);
    expect(await actsOn(ann)).toEqual(["people.set_external_id ok", "people.set_external_id ok"]);
    expect(await actsOn(ben)).toEqual(["people.remove_external_id ok", "people.set_external_id ok"]);
    expect(await actsOn(ben, other)).toEqual(["people.set_external_id ok"]);
    expect(await put("01M8X7C0ZZ0000000000000000", "a-9")).toEqual(refused(404, "not_found"));
    expect(await put(ann, "two\nlines")).toEqual(refused(400, "input_invalid"));
  });

  it("is a text of 1 to 128 characters that both databases store as it is", async () => {
    const { userId } = await createUser();
    const unfit = [
      "",
      "x".repeat(129),
      "a\nb",
      "a\u0085",
      "a\0",
      "a\ud83d",
      "\ude00\ud83d",
      "x".repeat(100_000),
    ];
    for (const text of unfit)
      expect([text, await put(userId, text)]).toEqual([text, refused(400, "input_invalid")]);
    expect(await externalIdsOf(userId)).toEqual([]);
    for (const text of ["x".repeat(128), "__proto__", "..", "a/b?c#d", "é", "e\u0301", "张 😀"]) {
      expect(await put(userId, text, true)).toEqual(ok({ id: userId, externalId: text }));
      expect(await shop.call("GET", `/users?externalId=${encodeURIComponent(text)}`)).toMatchObject({
        body: { items: [{ id: userId, externalId: text }] },
      });
    }
  });

  it("goes to one of two users who are given it at once, and one of thirty that a user is given at once stays", async () => {
    for (let round = 0; round < 5; round++) {
      const users = [(await createUser()).userId, (await createUser()).userId];
      const answers = await Promise.all(users.map((userId) => put(userId, `race-${round}`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const owners = (await Promise.all(users.map(externalIdsOf))).flat();
      expect(owners).toEqual([`shop:race-${round}`]);
    }
    const { userId } = await createUser();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => put(userId, `many-${n}`, n % 2 === 0)),
    );
    expect(await externalIdsOf(userId)).toHaveLength(1);
    expect(await eventsOf(userId)).toHaveLength(answers.filter(({ status }) => status === 200).length);
  });
});

describe("an act of a host on a user", () => {
  it("unbinds an account, and the last one only when told so", async () => {
    const { userId, bindingIds } = await createUser(["oFirst", "oSecond"]);
    const { userId: stranger } = await createUser(["oStranger"]);
    const [first, second] = bindingIds;
    const unbind = (id: string, bindingId: string | undefined, query = "") =>
      shop.call("DELETE", `/users/${id}/bindings/${bindingId}${query}`);
    expect(await unbind(stranger, first)).toEqual(refused(404, "not_found"));
    // Its session may be of this binding: the sign-in is not stored any more.
    expect(await unbind(userId, first)).toEqual(ok({ id: userId, bindingId: first, endedSessions: 1 }));
    expect(await unbind(userId, second)).toEqual(refused(409, "last_binding"));
    expect(await unbind(userId, second, "?allowLast=true")).toEqual(
      ok({ id: userId, bindingId: second, endedSessions: 0 }),
    );
    const left = (await rowsOf(system.db, "bindings")).map(({ openid }) => openid);
    expect(left).toEqual(expect.arrayContaining(["oStranger"]));
    expect(left).not.toEqual(expect.arrayContaining(["oFirst"]));
    expect(left).not.toEqual(expect.arrayContaining(["oSecond"]));
  });

  it("blocks, unblocks and signs out a person, with the host in the audit log", async () => {
    const { userId } = await createUser(["oBlocked"]);
    const { userId: stranger } = await createUser();
    const post = (act: string, body: object = {}) => shop.call("POST", `/users/${userId}/${act}`, body);
    expect(await post("end-sessions")).toEqual(ok({ id: userId }));
    expect(await sessionsOf(userId)).toBe(0);
    expect(await post("block")).toEqual(refused(400, "input_invalid"));
    expect(await post("block", { reason: "sells fakes" })).toEqual(ok({ id: userId, status: "blocked" }));
    expect(await shop.call("GET", `/users/${userId}`)).toMatchObject({ body: { status: "blocked" } });
    expect(await post("unblock", { reason: "it was another shop" })).toEqual(
      ok({ id: userId, status: "active" }),
    );
    expect(await shop.call("GET", `/users/${userId}`)).toMatchObject({ body: { status: "active" } });
    expect(await sessionsOf(stranger)).toBe(1);
    const acts = ["people.block ok", "people.end_sessions ok", "people.unblock ok"];
    expect(await actsOn(userId)).toEqual(acts);
    const details = (await rowsOf(system.db, "auditDetails")).filter((row) => row.userId === userId);
    expect(details.map(({ detail }) => detail).sort()).toEqual(["it was another shop", "sells fakes"]);
  });

  it("on a user who was merged is one on whom they became, and answers with that id", async () => {
    const { userId: from } = await createUser(["oBecame"]);
    const { userId: into } = await createUser(["oWhomTheyBecame"]);
    const { userId: third } = await createUser(["oThird"]);
    const merge = (fromUserId: string) =>
      shop.call("POST", `/users/${into}/merge`, { fromUserId, reason: "one person" });
    expect((await merge(from)).status).toBe(200);
    const post = (act: string, body: object) => shop.call("POST", `/users/${from}/${act}`, body);
    expect([
      await put(from, "became-1"),
      await shop.call("DELETE", `/users/${from}/external-id`),
      await post("end-sessions", {}),
      await post("block", { reason: "a try" }),
      await post("unblock", {}),
    ]).toEqual([
      ok({ id: into, externalId: "became-1" }),
      ok({ id: into, externalId: null }),
      ok({ id: into }),
      ok({ id: into, status: "blocked" }),
      ok({ id: into, status: "active" }),
    ]);
    const other = await shop.call("POST", `/users/${third}/merge`, { fromUserId: from, reason: "the same" });
    expect(other).toMatchObject(ok({ id: third }));
    expect((await rowsOf(system.db, "merges")).at(-1)).toMatchObject({ fromUserId: into, intoUserId: third });
    const erased = await shop.call("DELETE", `/users/${from}?confirm=erase`);
    expect(erased).toEqual(ok({ id: third, erased: true }));
  });

  it("merges two users with a reason, keeps both ids, and is undone within 30 days [T116]", async () => {
    const { userId: from } = await createUser(["oMergedFrom"]);
    const { userId: into } = await createUser(["oMergedInto"]);
    await put(from, "m-1");
    const merge = (id: string, body: object) => shop.call("POST", `/users/${id}/merge`, body);
    expect(await merge(into, { fromUserId: from })).toEqual(refused(400, "input_invalid"));
    const reason = "one person";
    const merged = await merge(into, { fromUserId: from, reason });
    const { mergeId } = merged.body as { mergeId: string };
    const [row] = (await rowsOf(system.db, "merges")).filter(({ id }) => id === mergeId);
    const until = new Date((row?.createdAt.getTime() ?? 0) + 30 * 86_400_000).toISOString();
    expect(merged).toEqual(ok({ id: into, mergeId, undoableUntil: until }));
    expect(row).toMatchObject({ fromUserId: from, intoUserId: into });
    for (const id of [from, into]) {
      expect(await shop.call("GET", `/users/${id}`)).toMatchObject({
        body: {
          id: into,
          externalId: "m-1",
          bindings: [{ openid: "oMergedFrom" }, { openid: "oMergedInto" }],
        },
      });
    }
    expect(await merge(into, { fromUserId: from, reason })).toEqual(refused(409, "conflict"));

    const undo = () => shop.call("POST", `/merges/${mergeId}/undo`, { reason: "two persons" });
    expect(await undo()).toEqual(ok({ id: mergeId, fromUserId: from, intoUserId: into }));
    expect(await undo()).toEqual(refused(409, "conflict"));
    expect(await shop.call("GET", `/users/${from}`)).toMatchObject({
      body: { id: from, externalId: "m-1", bindings: [{ openid: "oMergedFrom" }] },
    });
    const reasons = await rowsOf(system.db, "auditDetails");
    expect(reasons.map(({ detail }) => detail)).toEqual(expect.arrayContaining([reason, "two persons"]));
  });

  it("erases a person only with the word, and leaves nothing by which they are found [T122]", async () => {
    const { userId } = await createUser(["oToBeErased"]);
    const { userId: stranger } = await createUser(["oToBeKept"]);
    await put(userId, "e-1");
    await put(stranger, "e-2");
    expect(await shop.call("DELETE", `/users/${userId}`)).toEqual(refused(400, "input_invalid"));
    expect(await shop.call("GET", `/users/${userId}`)).toMatchObject({ status: 200 });
    expect(await shop.call("DELETE", `/users/${userId}?confirm=erase`)).toEqual(
      ok({ id: userId, erased: true }),
    );
    expect(await shop.call("DELETE", `/users/${userId}?confirm=erase`)).toEqual(refused(404, "not_found"));
    const empty = ok({ items: [], nextCursor: null });
    expect(await shop.call("GET", "/users?externalId=e-1")).toEqual(empty);
    expect(await shop.call("GET", "/users?app=oa&openid=oToBeErased")).toEqual(empty);
    expect(await shop.call("GET", "/users?app=oa&openid=oToBeKept")).toMatchObject({
      body: { items: [{ id: stranger, externalId: "e-2" }] },
    });
    expect([await sessionsOf(userId), await sessionsOf(stranger)]).toEqual([0, 1]);
    expect(await actsOn(userId)).toContain("people.erase ok");
  });

  it("needs the scope of its operation, whatever else the key may do [T110]", async () => {
    const { userId } = await createUser(["oScope"]);
    for (const scope of ["users:read", "users:write", "merge"] as const) {
      const without = await createHost(system, {
        ...{ id: `no-${scope.replace(":", "-")}`, origin: "https://no.example" },
        scopes: hostScopes.filter((one) => one !== scope),
      });
      const own = operations.filter((operation) => operation.scope === scope);
      expect(own.length).toBeGreaterThan(1);
      for (const { method, path } of own) {
        const url = path.replace(/\{\w+\}/g, userId);
        expect(await without.call(method, url, method === "GET" ? undefined : {})).toEqual(
          refused(403, "scope_missing"),
        );
      }
    }
  });
});

describe("an import by a host", () => {
  const importUsers = (records: object[], host = shop) => host.call("POST", "/users/import", { records });

  it("answers one result for each record, joins what it names, and changes nothing when repeated [T118]", async () => {
    const known = await createUser(["oKnown"]);
    const named = await createUser(["oNamed"]);
    await put(named.userId, "i-9");
    await put(known.userId, "i-1", false, other);
    const records = [
      { externalId: "i-1", app: "oa", openid: "oKnown" },
      { externalId: "i-2", app: "web", openid: "oImported", unionid: "uImported00" },
      { app: oa, openid: "oImportedToo", unionid: "uImported00" },
      { externalId: "i-9", app: "oa", openid: "oKnown" },
      { app: "none", openid: "oNone" },
      { app: "oa", openid: "not an openid" },
      { externalId: "i-1", app: oa, openid: "oKnown" },
    ];
    const first = await importUsers(records);
    const users = await rowsOf(system.db, "users");
    const bindings = await rowsOf(system.db, "bindings");
    const owner = bindings.find(({ openid }) => openid === "oImported")?.userId;
    expect(users.some(({ id }) => id === owner)).toBe(true);
    const refusals = [
      { result: "conflict", reason: "externalId and openid belong to different people" },
      { result: "unreadable", reason: "app is neither the key nor the appid of an app in WECHAT_APPS" },
      { result: "unreadable", reason: "openid is not a WeChat openid" },
    ];
    const results = (...of: [string, string, string]) => [
      { result: of[0], userId: known.userId },
      { result: of[1], userId: owner },
      { result: of[2], userId: owner },
      ...refusals,
      { result: "unchanged", userId: known.userId },
    ];
    expect(first).toEqual(ok({ results: results("joined", "new", "joined") }));
    expect(await importUsers(records)).toEqual(
      ok({ results: results("unchanged", "unchanged", "unchanged") }),
    );
    expect(await rowsOf(system.db, "bindings")).toHaveLength(bindings.length);
    expect(await externalIdsOf(known.userId)).toEqual(["other:i-1", "shop:i-1"]);
    expect((await rowsOf(system.db, "bindings")).map(({ appId, openid }) => [appId, openid])).toEqual(
      expect.arrayContaining([
        [web, "oImported"],
        [oa, "oImportedToo"],
      ]),
    );
    const entries = (await rowsOf(system.db, "auditLog")).filter(({ event }) => event === "people.import");
    expect(entries.map(({ target }) => target)).toEqual(["client=shop records=7"]);
  });

  it("imports nothing if a record has a field that is mistyped", async () => {
    const records = [
      { externalId: "typo-1", app: "oa", openid: "oTypo1" },
      { externalID: "typo-2", app: "oa", openid: "oTypo2" },
    ];
    const answer = await importUsers(records);
    expect(answer).toEqual(refused(400, "input_invalid"));
    expect(answer.body).toMatchObject({ detail: "unknown field records.1.externalID" });
    const made = (await rowsOf(system.db, "bindings")).filter(({ openid }) => openid.startsWith("oTypo"));
    expect(made).toEqual([]);
  });

  it("takes 200 records at most, and makes each user once when they are sent twice at once", async () => {
    const records = Array.from({ length: 200 }, (_, n) => ({
      ...{ externalId: `at-once-${n}`, app: "oa", openid: `oAtOnce${n}` },
    }));
    const answers = await Promise.all([importUsers(records), importUsers(records)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const made = (await rowsOf(system.db, "bindings")).filter(({ openid }) => openid.startsWith("oAtOnce"));
    expect(made).toHaveLength(200);
    const owners = answers.map(({ body }) =>
      (body as { results: { userId: string }[] }).results.map(({ userId }) => userId),
    );
    expect(owners[0]).toEqual(owners[1]);
    expect(new Set(owners[0]).size).toBe(200);
    expect(await importUsers([...records, records[0] as object])).toEqual(refused(400, "input_invalid"));
  });
});
