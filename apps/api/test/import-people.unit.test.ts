import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, DatabaseError, StaleDataError } from "../src/db/database.js";
import type { Deps } from "../src/domain/deps.js";
import { resolveIdentity } from "../src/domain/identity/identity.js";
import { peopleImport } from "../src/domain/identity/import-people.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import {
  type ImportFiles,
  importFiles,
  importPeople,
  peopleTask,
  runTask,
  tryPeople,
} from "./support/import-files.js";
import { addRows, rowsOf } from "./support/rows.js";

// The apps oa, web and plain are in the group demo; alone is in none.

let harness: DomainHarness;
let files: ImportFiles;
beforeEach(async () => {
  [harness, files] = await Promise.all([startDomainHarness(), importFiles()]);
});
afterEach(() => Promise.all([harness.close(), files.remove()]));

const csv = (...records: string[]) =>
  files.write("people.csv", ["externalId,app,openid,unionid", ...records, ""].join("\n"));
const unfitExternalId =
  "externalId is longer than 128 characters, or has control characters or half of a surrogate pair";
const appId = (key: string) => harness.app(key).appId;

/** All that is known of people: each user with what belongs to them. */
async function people() {
  const [users, bindings, unions, external] = await Promise.all([
    rowsOf(harness.db, "users"),
    rowsOf(harness.db, "bindings"),
    rowsOf(harness.db, "unions"),
    rowsOf(harness.db, "externalUsers"),
  ]);
  const own = <Row extends { userId: string }>(rows: Row[], id: string, show: (row: Row) => string) =>
    rows.flatMap((row) => (row.userId === id ? [show(row)] : [])).sort();
  const owners = [...bindings, ...unions, ...external].map(({ userId }) => userId);
  expect(owners.filter((owner) => !users.some(({ id }) => id === owner))).toEqual([]);
  return users
    .map(({ id, status }) =>
      [
        ...own(external, id, ({ clientId, externalId }) => `${clientId}:${externalId}`),
        ...own(
          bindings,
          id,
          (row) => `${harness.deps.apps.keyOf(row.appId)}:${row.openid}:${row.unionid ?? ""}`,
        ),
        ...own(unions, id, ({ group, unionid }) => `${group}:${unionid}`),
        ...(status === "active" ? [] : [status]),
      ].join(" "),
    )
    .sort();
}

/** A user with a binding that has joined no group. */
async function bound(userId: string, key: string, openid: string, unionid?: string): Promise<void> {
  const at = new Date();
  await addRows(harness.db, "users", [{ id: userId, createdAt: at }]);
  const times = { createdAt: at, lastSignInAt: at };
  await addRows(harness.db, "bindings", [
    { id: `b-${userId}`, appId: appId(key), openid, unionid, userId, scope: "", ...times },
  ]);
}

const setUser = (id: string, values: { mergedInto?: string; status?: "blocked" }) =>
  harness.db.consoleQuery((orm, t) => orm.update(t.users).set(values).where(eq(t.users.id, id)).returning());

const withBatch = (batch: (steps: Parameters<Database["batch"]>[0]) => Promise<unknown[]>): Deps => ({
  ...harness.deps,
  db: { ...harness.db, batch: batch as Database["batch"] },
});

/** Another process changes something after the first batch of people was planned, and before it is written. */
function beforeFirstWrite(change: () => Promise<unknown>): Deps {
  let batches = 0;
  return withBatch(async (steps) => {
    if (++batches === 2) await change();
    return harness.db.batch(steps);
  });
}

/** A person who signed in: a user with a binding and, in a group, a union. */
async function signedIn(key: string, openid: string, unionid?: string): Promise<string> {
  const app = harness.app(key);
  const identity = { app, openid, unionid, scope: "snsapi_base", profile: undefined };
  return (await resolveIdentity(harness.deps, identity)).userId;
}

const [u1, u2, u3] = ["oUnionId_0000001", "oUnionId_0000002", "oUnionId_0000003"];

describe("importing people", () => {
  it("joins what a record names and makes a user of the others, in one file and over its batches [T133]", async () => {
    await signedIn("oa", "oKnown", u1);
    await signedIn("alone", "oAlice"); // the same openid text in another app
    const path = await csv(
      `1,oa,oAlice,${u2}`, // new
      `1,${appId("web")},oAliceWeb,${u2}`, // the app by its appid
      `2,web,oKnownWeb,${u1}`, // known by the unionid
      "2,oa,oKnown,", // known by both
      `,oa,oBob,${u3}`, // no external id
      "3,oa,oBob,", // gets one
      `4,alone,oCarol,${u3}`, // an app without a group: the unionid joins no user
      "5,plain,oDora,",
      "5,plain,oDora,", // the same record twice
      ...Array.from({ length: 395 }, (_, n) => `x${n},plain,o${n},`),
      `5,web,oDoraWeb,`, // two batches later
    );
    const expected = { counts: { new: 399, joined: 4, unchanged: 2 }, notImported: [] };
    expect(await tryPeople(harness.deps, path)).toEqual(expected);
    expect(await rowsOf(harness.db, "users")).toHaveLength(2);
    expect(await rowsOf(harness.db, "auditLog")).toEqual([]);
    expect(await rowsOf(harness.db, "imports")).toEqual([]);

    expect(await importPeople(harness.deps, path)).toEqual({ ...expected, resumedAfter: 0 });
    const found = await people();
    expect(found.filter((person) => !person.startsWith("shop:x"))).toEqual(
      [
        "alone:oAlice:",
        `shop:1 oa:oAlice:${u2} web:oAliceWeb:${u2} demo:${u2}`,
        `shop:2 oa:oKnown:${u1} web:oKnownWeb:${u1} demo:${u1}`,
        `shop:3 oa:oBob:${u3} demo:${u3}`,
        `shop:4 alone:oCarol:${u3}`,
        "shop:5 plain:oDora: web:oDoraWeb:",
      ].sort(),
    );
    expect(found).toHaveLength(401);
    const dora = (await rowsOf(harness.db, "bindings")).find(({ openid }) => openid === "oDora");
    expect(dora).toEqual({
      ...{ id: expect.stringMatching(/^[0-9A-Z]{26}$/), userId: expect.stringMatching(/^[0-9A-Z]{26}$/) },
      ...{ appId: appId("plain"), openid: "oDora", unionid: null, unionidCheckedAt: null, scope: "" },
      ...{ nickname: null, nicknameFolded: null, searchableAs: null, avatarUrl: null },
      ...{ profileAt: null, profileCheckedAt: null },
      ...{ createdAt: harness.deps.now(), lastSignInAt: harness.deps.now() },
    });

    const again = { counts: { unchanged: 405 }, notImported: [] };
    expect(await tryPeople(harness.deps, path)).toEqual(again);
    expect(await importPeople(harness.deps, path)).toEqual({ ...again, resumedAfter: 0 });
    expect(await people()).toEqual(found);
  });

  it("joins two records of one file by the unionid alone, and keeps the unionid that an earlier record told", async () => {
    const path = await csv(`,oa,oEve,${u1}`, `,web,oEveWeb,${u1}`, ",oa,oEve,", `,oa,oEve,${u2}`);
    expect(await importPeople(harness.deps, path)).toMatchObject({
      counts: { new: 1, joined: 1, unchanged: 1, conflict: 1 },
      notImported: [{ line: 5, result: "conflict", reason: "the openid has another unionid already" }],
    });
    expect(await people()).toEqual([`oa:oEve:${u1} web:oEveWeb:${u1} demo:${u1}`]);
  });

  it("changes nothing where a record would meet another person, and says which lines and why [T133]", async () => {
    await signedIn("oa", "oAlice", u1);
    await signedIn("oa", "oBob");
    await addRows(harness.db, "externalUsers", [
      { clientId: "shop", externalId: "1", userId: await signedIn("oa", "oAlice"), createdAt: new Date() },
      { clientId: "other", externalId: "9", userId: await signedIn("oa", "oBob"), createdAt: new Date() },
    ]);
    const before = await people();
    const path = await csv(
      "1,oa,oBob,",
      `,oa,oBob,${u1}`,
      `1,oa,oBob,${u1}`,
      `1,oa,oAlice,${u2}`,
      "2,oa,oAlice,",
      "3,oa,o Eve,",
      "3,nowhere,oEve,",
      "3,,oEve,",
      "3,oa,,",
      "3,oa,oEve,short",
      "3,oa,oEve,nullnullnull",
      "3,oa,oEve,!oUnionId_0000001",
      "3,oa,oEve,oUnionId_0000001!",
      "3,oa,oEve,aAaAbBbBcCcCdDdD",
      `${"x".repeat(129)},oa,oEve,`,
    );
    const expected = {
      counts: { conflict: 5, unreadable: 10 },
      notImported: [
        [2, "conflict", "externalId and openid belong to different people"],
        [3, "conflict", "openid and unionid belong to different people"],
        [4, "conflict", "externalId and openid and unionid belong to different people"],
        [5, "conflict", "the openid has another unionid already"],
        [6, "conflict", "the person has another externalId of this client already"],
        [7, "unreadable", "openid is not a WeChat openid"],
        [8, "unreadable", "app is neither the key nor the appid of an app in WECHAT_APPS"],
        [9, "unreadable", "app is missing"],
        [10, "unreadable", "openid is missing"],
        [11, "unreadable", "unionid is not a WeChat unionid"],
        [12, "unreadable", "unionid is not a WeChat unionid"],
        [13, "unreadable", "unionid is not a WeChat unionid"],
        [14, "unreadable", "unionid is not a WeChat unionid"],
        [15, "unreadable", "unionid is not a WeChat unionid"],
        [16, "unreadable", unfitExternalId],
      ].map(([line, result, reason]) => ({ line, result, reason })),
    };
    expect(await tryPeople(harness.deps, path)).toEqual(expected);
    expect(await importPeople(harness.deps, path)).toEqual({ ...expected, resumedAfter: 0 });
    expect(await people()).toEqual(before);
    expect(await rowsOf(harness.db, "identityConflicts")).toEqual([]);

    // The id that another client gave is no obstacle, and the same number of another client is another person.
    const longest = "x".repeat(128);
    expect(await importPeople(harness.deps, await csv("9,oa,oBob,", `${longest},oa,oCarol,`))).toMatchObject({
      counts: { joined: 1, new: 1 },
    });
    expect(await people()).toEqual(
      [`shop:1 oa:oAlice:${u1} demo:${u1}`, "other:9 shop:9 oa:oBob:", `shop:${longest} oa:oCarol:`].sort(),
    );
  });

  it("does not make one external id of two that no database can tell apart: half of a surrogate pair is refused", async () => {
    const record = (externalId: string, openid: string) =>
      `{"externalId":"${externalId}","app":"oa","openid":"${openid}"}`;
    const records = [
      record("7\\ud83d", "oAlice"),
      record("7\\ud83e", "oBob"),
      record("7\\ud83d\\ude00", "oCarol"),
    ];
    const path = await files.write("people.ndjson", records.join("\n"));
    expect(await importPeople(harness.deps, path)).toEqual({
      counts: { unreadable: 2, new: 1 },
      notImported: [1, 2].map((line) => ({ line, result: "unreadable", reason: unfitExternalId })),
      resumedAfter: 0,
    });
    expect(await people()).toEqual(["shop:7😀 oa:oCarol:"]);
  });

  it("reads an externalId only with the name of its client", async () => {
    const path = await csv("1,oa,oAlice,", ",oa,oBob,");
    const task = await peopleTask(harness.deps, path);
    const withoutClient = peopleImport(
      harness.deps,
      { path, format: "csv", hash: "other" },
      { clientId: undefined, isDryRun: false },
    );
    const ofOther = await peopleTask(harness.deps, path, { clientId: "other" });
    expect(new Set([withoutClient.id, task.id, ofOther.id]).size).toBe(3);
    expect(await runTask(harness.deps, withoutClient)).toMatchObject({
      counts: { new: 1, unreadable: 1 },
      notImported: [{ line: 2, reason: "an externalId needs --client, which says whose it is" }],
    });
    expect(await people()).toEqual(["oa:oBob:"]);
  });

  it("completes a binding that has no unionid, and joins one that holds it and has not joined its group yet", async () => {
    await signedIn("oa", "oAlice");
    await bound("bob", "oa", "oBob", u2);
    // Two people whose app got its group later: the job that joins them makes them a conflict.
    await bound("carol", "oa", "oCarol", u3);
    await bound("dora", "plain", "oDora", u3);
    const path = await csv(`1,oa,oAlice,${u1}`, `2,web,oBobWeb,${u2}`, `3,web,oCarolWeb,${u3}`);
    expect(await importPeople(harness.deps, path)).toMatchObject({
      counts: { joined: 2, conflict: 1 },
      notImported: [{ line: 4, result: "conflict", reason: "unionid belongs to different people" }],
    });
    expect(await people()).toEqual(
      [
        `shop:1 oa:oAlice:${u1} demo:${u1}`,
        `shop:2 oa:oBob:${u2} web:oBobWeb:${u2} demo:${u2}`,
        `oa:oCarol:${u3}`,
        `plain:oDora:${u3}`,
      ].sort(),
    );
  });

  it("joins the person of the unionid, although another one who holds it has not joined the group yet", async () => {
    await signedIn("oa", "oAlice", u1);
    await bound("carol", "plain", "oCarol", u1);
    expect(await importPeople(harness.deps, await csv(`1,web,oAliceWeb,${u1}`))).toMatchObject({
      counts: { joined: 1 },
    });
    expect(await people()).toEqual(
      [`shop:1 oa:oAlice:${u1} web:oAliceWeb:${u1} demo:${u1}`, `plain:oCarol:${u1}`].sort(),
    );
  });

  it("says in a dry run, as in an import, what meets a unionid that a record two batches earlier told", async () => {
    await signedIn("oa", "oEve");
    const others = Array.from({ length: 400 }, (_, n) => `,oa,o${n},`);
    const path = await csv(`,oa,oEve,${u1}`, ...others, `,oa,oEve,${u2}`);
    const expected = {
      counts: { joined: 1, new: 400, conflict: 1 },
      notImported: [{ line: 403, result: "conflict", reason: "the openid has another unionid already" }],
    };
    expect(await tryPeople(harness.deps, path)).toEqual(expected);
    expect(await importPeople(harness.deps, path)).toEqual({ ...expected, resumedAfter: 0 });
  });

  it("is refused without the column of apps or of openids", async () => {
    const withHeader = async (header: string) =>
      peopleTask(harness.deps, await files.write("people.csv", `${header}\n1\n`));
    await expect(withHeader("openid")).rejects.toThrow("Columns that are missing: app.");
    await expect(withHeader("app")).rejects.toThrow("Columns that are missing: openid.");
  });

  it("joins no one who has the same unionid in an app outside the group, or the same openid in another app", async () => {
    await bound("erin", "alone", "oErin", u1);
    await bound("frank", "plain", "oGraceWeb");
    expect(await importPeople(harness.deps, await csv(`1,web,oGraceWeb,${u1}`))).toMatchObject({
      counts: { new: 1 },
    });
    expect(await people()).toEqual(
      [`alone:oErin:${u1}`, "plain:oGraceWeb:", `shop:1 web:oGraceWeb:${u1} demo:${u1}`].sort(),
    );
  });

  it("gives what it finds of a merged user to the one that is left, and keeps a blocked person blocked [T133]", async () => {
    await bound("first", "oa", "oAlice");
    await bound("second", "web", "oSecond");
    await bound("third", "plain", "oThird");
    await setUser("first", { mergedInto: "second" });
    await setUser("second", { mergedInto: "third" });
    await setUser("third", { status: "blocked" });
    expect(
      await importPeople(harness.deps, await csv("1,oa,oAlice,", "1,web,oNew,", "1,plain,oThird,")),
    ).toEqual({
      counts: { joined: 2, unchanged: 1 },
      notImported: [],
      resumedAfter: 0,
    });
    expect(await people()).toEqual(
      ["oa:oAlice:", "shop:1 plain:oThird: web:oNew: blocked", "web:oSecond:"].sort(),
    );
  });

  it("brings back no person who was blocked when they were erased, by openid or unionid, and keeps no other person out [T133]", async () => {
    const { keys } = harness.deps;
    const [byOpenid = "", byUnionid = ""] = [
      ...keys.pseudonyms("openid", appId("oa"), "oErased").slice(0, 1),
      ...keys.pseudonyms("unionid", "demo", u1).slice(0, 1),
    ];
    const at = new Date();
    await addRows(
      harness.db,
      "blockedIdentities",
      [byOpenid, byUnionid].map((hash) => ({ hash, at })),
    );
    const path = await csv(
      "1,oa,oErased,",
      `2,web,oErasedWeb,${u1}`,
      "3,plain,oErased,",
      `4,alone,oOther,${u1}`,
    );
    const refused = { result: "conflict", reason: "the person was blocked when they were erased" };
    expect(await importPeople(harness.deps, path)).toEqual({
      counts: { conflict: 2, new: 2 },
      notImported: [2, 3].map((line) => ({ line, ...refused })),
      resumedAfter: 0,
    });
    expect(await people()).toEqual(["shop:3 plain:oErased:", `shop:4 alone:oOther:${u1}`]);
  });

  it("is planned again if an operator merges two users, or another import names one, between reading and writing", async () => {
    await bound("first", "oa", "oAlice");
    await bound("second", "web", "oSecond");
    await bound("other", "plain", "oOther");
    const merging = beforeFirstWrite(() => setUser("first", { mergedInto: "second" }));
    const path = await csv("1,oa,oAlice,", "2,plain,oOther,");
    expect(await importPeople(merging, path)).toMatchObject({ counts: { joined: 2 } });
    expect(await people()).toEqual(["oa:oAlice:", "shop:1 web:oSecond:", "shop:2 plain:oOther:"].sort());

    const external = { clientId: "shop2", externalId: "8", userId: "other", createdAt: new Date() };
    const naming = beforeFirstWrite(() => addRows(harness.db, "externalUsers", [external]));
    expect(await importPeople(naming, await csv("9,plain,oOther,"), { clientId: "shop2" })).toMatchObject({
      counts: { conflict: 1 },
    });
    expect(await people()).toContain("shop2:8 shop:2 plain:oOther:");
  });

  it("makes one user of each person who signs in thirty times, or is in another import, at that moment [T78, T133]", async () => {
    const unionids = Array.from({ length: 8 }, (_, n) => `oUnionId_000000${n}`);
    const path = await csv(...unionids.map((unionid, n) => `${n},web,oWeb${n},${unionid}`));
    const other = await files.write(
      "other.csv",
      ["openid,app,unionid", ...unionids.map((unionid, n) => `oPlain${n},plain,${unionid}`).reverse()].join(
        "\n",
      ),
    );
    await Promise.all([
      importPeople(harness.deps, path),
      ...Array.from({ length: 30 }, (_, n) => signedIn("oa", `oOa${n % 8}`, unionids[n % 8])),
      importPeople(harness.deps, other),
      importPeople(harness.deps, path),
      ...Array.from({ length: 30 }, (_, n) => signedIn("web", `oWeb${n % 8}`, unionids[n % 8])),
    ]);
    expect(await people()).toEqual(
      unionids.map((u, n) => `shop:${n} oa:oOa${n}:${u} plain:oPlain${n}:${u} web:oWeb${n}:${u} demo:${u}`),
    );
    expect(await rowsOf(harness.db, "identityConflicts")).toEqual([]);
  });

  it("goes on after the last batch if it is stopped, and two of one file do each batch once [T133]", async () => {
    const path = await csv(
      ...Array.from({ length: 900 }, (_, n) => (n % 9 === 8 ? `${n},oa,bad id,` : `${n},oa,o${n},`)),
    );
    let batches = 0;
    const stopping = withBatch((steps) => {
      if (++batches === 4) throw new Error("the process ends here");
      return harness.db.batch(steps);
    });
    await expect(importPeople(stopping, path)).rejects.toThrow("the process ends here");
    expect(await rowsOf(harness.db, "imports")).toMatchObject([
      { kind: "people", records: 400, doneAt: null },
    ]);
    expect(await rowsOf(harness.db, "users")).toHaveLength(356);

    const done = await Promise.all([importPeople(harness.deps, path), importPeople(harness.deps, path)]);
    for (const { counts, notImported } of done) {
      expect(counts).toEqual({ new: 800, unreadable: 100 });
      expect(notImported.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, n) => n * 9 + 10));
    }
    expect(await rowsOf(harness.db, "users")).toHaveLength(800);
    expect(await rowsOf(harness.db, "imports")).toMatchObject([{ records: 900, doneAt: expect.any(Date) }]);
  });

  it("has one entry in the audit log for its start and one for its end, with the counts and without a person [T133]", async () => {
    await importPeople(harness.deps, await csv("1,oa,oAlice,", "2,oa,oBob,", "2,oa,oAlice,"));
    const [row] = await rowsOf(harness.db, "imports");
    const about = `client=shop ${row?.id.slice(0, 12)}`;
    const entries = (await rowsOf(harness.db, "auditLog")).map(({ id: _, at: __, ...entry }) => entry);
    const entry = { operatorId: null, event: "people.import", result: "ok", errcode: null, ip: null };
    expect(entries).toEqual(
      [`${about} started`, `${about} done: new=2 conflict=1`].map((target) => ({
        ...entry,
        target,
        sealNumber: null,
        seal: null,
      })),
    );
  });

  it("stops, and can be tried again, if the database refuses a batch for another reason than a race", async () => {
    const refusing = withBatch((steps) =>
      steps.length > 2
        ? Promise.reject(new DatabaseError("unavailable", { cause: "disk" }))
        : harness.db.batch(steps),
    );
    const path = await csv("1,oa,oAlice,");
    await expect(importPeople(refusing, path)).rejects.toMatchObject({ reason: "unavailable" });
    const racing = withBatch((steps) =>
      steps.length > 2 ? Promise.reject(new StaleDataError()) : harness.db.batch(steps),
    );
    await expect(importPeople(racing, path)).rejects.toThrow(StaleDataError);
    expect(await people()).toEqual([]);
    expect(await importPeople(harness.deps, path)).toMatchObject({ counts: { new: 1 } });
  });
});
