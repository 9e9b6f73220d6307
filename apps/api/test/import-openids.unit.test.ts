import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveIdentity } from "../src/domain/identity/identity.js";
import { tryImport } from "../src/domain/imports/run-import.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { type ImportFiles, importFiles, openidsTask, runTask } from "./support/import-files.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let files: ImportFiles;
beforeEach(async () => {
  [harness, files] = await Promise.all([startDomainHarness(), importFiles()]);
});
afterEach(() => Promise.all([harness.close(), files.remove()]));

const csv = (...records: string[]) => files.write("openids.csv", ["old,new", ...records, ""].join("\n"));
const run = async (path: string, options?: Parameters<typeof openidsTask>[2]) =>
  runTask(harness.deps, await openidsTask(harness.deps, path, options));
const dryRun = async (path: string) => tryImport(await openidsTask(harness.deps, path, { isDryRun: true }));

async function signedIn(key: string, openid: string, unionid?: string): Promise<string> {
  const identity = { app: harness.app(key), openid, unionid, scope: "snsapi_base", profile: undefined };
  return (await resolveIdentity(harness.deps, identity)).userId;
}

/** The bindings, each with the key of its app and its user. */
const bindings = async () =>
  (await rowsOf(harness.db, "bindings"))
    .map(({ appId, openid, userId }) => [harness.deps.apps.keyOf(appId) ?? appId, openid, userId].join(" "))
    .sort();

describe("importing new openids for old ones", () => {
  it("gives bindings of that app their new openid, deletes the tokens of the old one and leaves the history [T133]", async () => {
    harness.answers.access_token = { ...(harness.answers.access_token as object), scope: "snsapi_base" };
    await harness.signIn("oAlice");
    await harness.signIn("oBob");
    const [alice, bob] = await Promise.all([signedIn("plain", "oAlice"), signedIn("plain", "oBob")]);
    const elsewhere = await signedIn("alone", "oAlice");
    const path = await csv("oAlice,oAliceNew", "oUnknown,oUnknownNew", "oSame,oSame", "o x,oY", ",oY", "oY,");
    const expected = {
      counts: { renamed: 1, unknown: 2, unreadable: 3 },
      notImported: [
        { line: 5, result: "unreadable", reason: "old is not a WeChat openid" },
        { line: 6, result: "unreadable", reason: "old is missing" },
        { line: 7, result: "unreadable", reason: "new is missing" },
      ],
    };
    expect(await tryImport(await openidsTask(harness.deps, path, { key: "plain", isDryRun: true }))).toEqual(
      expected,
    );
    expect(await bindings()).toEqual([
      `alone oAlice ${elsewhere}`,
      `plain oAlice ${alice}`,
      `plain oBob ${bob}`,
    ]);

    expect(await run(path, { key: "plain" })).toEqual({ ...expected, resumedAfter: 0 });
    const after = [`alone oAlice ${elsewhere}`, `plain oAliceNew ${alice}`, `plain oBob ${bob}`];
    expect(await bindings()).toEqual(after);
    const bound = await rowsOf(harness.db, "bindings");
    expect((await rowsOf(harness.db, "userTokens")).map(({ bindingId }) => bindingId)).toEqual(
      bound.flatMap(({ id, userId }) => (userId === bob ? [id] : [])),
    );
    expect((await rowsOf(harness.db, "signIns")).map(({ openid }) => openid).sort()).toEqual([
      "oAlice",
      "oBob",
    ]);

    expect(await run(path, { key: "plain" })).toMatchObject({
      counts: { unchanged: 1, unknown: 2, unreadable: 3 },
    });
    expect(await bindings()).toEqual(after);
    expect(await signedIn("plain", "oAliceNew")).toBe(alice);
    expect((await rowsOf(harness.db, "auditLog")).map(({ event, target }) => `${event} ${target}`)).toEqual(
      [
        "started",
        "done: renamed=1 unknown=2 unreadable=3",
        "started",
        "done: unchanged=1 unknown=2 unreadable=3",
      ].map((what) => expect.stringMatching(new RegExp(`^openids\\.import app=plain [0-9a-f]{12} ${what}$`))),
    );
  });

  it("changes nothing where the new openid belongs to another person, in chains and in swaps [T133]", async () => {
    const users = await Promise.all(
      ["oA", "oB", "oC", "oD", "oE", "oF"].map((openid) => signedIn("oa", openid)),
    );
    const before = await bindings();
    const path = await csv(
      "oA,oB", // oB is that of another person
      "oC,oD", // a swap
      "oD,oC",
      "oE,oX", // a chain whose first openid is free …
      "oX,oY", // … so that its second record would take the first one's person along
      "oF,oX", // two people with one new openid
    );
    const also = "the old openid is also a new one in this file";
    const expected = {
      counts: { conflict: 5, renamed: 1 },
      notImported: [
        { line: 2, result: "conflict", reason: "the new openid belongs to another person" },
        { line: 3, result: "conflict", reason: also },
        { line: 4, result: "conflict", reason: also },
        { line: 6, result: "conflict", reason: also },
        { line: 7, result: "conflict", reason: "the new openid belongs to another person" },
      ],
    };
    expect(await dryRun(path)).toEqual(expected);
    expect(await run(path)).toEqual({ ...expected, resumedAfter: 0 });
    expect(await bindings()).toEqual(
      before.map((binding) => (binding === `oa oE ${users[4]}` ? `oa oX ${users[4]}` : binding)).sort(),
    );
  });

  it("leaves a person who has both openids already as they are", async () => {
    const unionid = "oUnion0000000001";
    const userId = await signedIn("oa", "oOld", unionid);
    expect(await signedIn("oa", "oNew", unionid)).toBe(userId);
    expect(await run(await csv("oOld,oNew", "oOld,oOld"))).toMatchObject({ counts: { unchanged: 2 } });
    expect(await bindings()).toEqual([`oa oNew ${userId}`, `oa oOld ${userId}`]);
  });

  it("takes bindings of an earlier appid along, in which the same openid text is another one", async () => {
    const fromAppId = "wx9999999999999999";
    const at = new Date();
    const row = (n: number, openid: string) => ({
      id: `b${n}`,
      appId: fromAppId,
      openid,
      userId: `u${n}`,
      scope: "",
    });
    await addRows(
      harness.db,
      "users",
      [1, 2].map((n) => ({ id: `u${n}`, createdAt: at })),
    );
    await addRows(
      harness.db,
      "bindings",
      [row(1, "oA"), row(2, "oB")].map((binding) => ({ ...binding, createdAt: at, lastSignInAt: at })),
    );
    expect(await run(await csv("oA,oB", "oB,oB"), { fromAppId })).toMatchObject({
      counts: { renamed: 1, conflict: 1 },
      notImported: [{ line: 3, result: "conflict", reason: "the new openid belongs to another person" }],
    });
    expect(await bindings()).toEqual([`oa oB u1`, `${fromAppId} oB u2`].sort());
  });

  it("lets a person who signs in with the new openid at that moment be one user or a conflict, never two bindings", async () => {
    const old = await Promise.all(Array.from({ length: 10 }, (_, n) => signedIn("oa", `oOld${n}`)));
    const path = await csv(...old.map((_, n) => `oOld${n},oNew${n}`));
    const [{ counts }, ...users] = await Promise.all([
      run(path),
      ...Array.from({ length: 30 }, (_, n) => signedIn("oa", `oNew${n % 10}`)),
    ]);
    const { renamed = 0, conflict = 0 } = counts;
    expect(renamed + conflict).toBe(10);
    expect(await bindings()).toHaveLength(10 + conflict);
    expect(users).toEqual(users.map((_, n) => users[n % 10]));
    expect(new Set([...old, ...users]).size).toBe(10 + conflict);
  });

  it("waits until the job that joins the app's group is through, which would leave a renamed binding out", async () => {
    const join = (key: string, doneAt: Date | null) => {
      const { appId } = harness.app(key);
      return { appId, group: "demo", after: "o5", doneAt };
    };
    await addRows(harness.db, "groupJoins", [join("oa", null), join("web", new Date())]);
    const path = await csv("oA,oB");
    await expect(run(path)).rejects.toMatchObject({
      name: "ImportError",
      message: "The app's older bindings are joining its group just now. Try again in a minute.",
    });
    expect(await run(path, { key: "web" })).toMatchObject({ counts: { unknown: 1 } });
  });

  it("gives the bindings of each app their new openids, if one file is imported for one app and then for another", async () => {
    await signedIn("oa", "oA");
    const alone = await signedIn("alone", "oA");
    const path = await csv("oA,oB");
    // Each goes on where it was stopped, and not where the other one was.
    const tasks = ["oa", "alone"].map((key) => openidsTask(harness.deps, path, { key }));
    expect(new Set((await Promise.all(tasks)).map(({ id }) => id)).size).toBe(2);
    expect(await run(path)).toMatchObject({ counts: { renamed: 1 }, resumedAfter: 0 });
    expect(await run(path, { key: "alone" })).toMatchObject({ counts: { renamed: 1 }, resumedAfter: 0 });
    expect(await bindings()).toContain(`alone oB ${alone}`);
  });

  it("says in a dry run, as in an import, that an openid is unknown after it was renamed two batches earlier", async () => {
    await signedIn("oa", "oA");
    const others = Array.from({ length: 400 }, (_, n) => `oOld${n},oNew${n}`);
    const path = await csv("oA,oB", ...others, "oA,oC");
    const expected = { counts: { renamed: 1, unknown: 401 }, notImported: [] };
    expect(await dryRun(path)).toEqual(expected);
    expect(await run(path)).toEqual({ ...expected, resumedAfter: 0 });
  });

  it("is refused without the column of the old or of the new openids", async () => {
    const withHeader = async (header: string) =>
      openidsTask(harness.deps, await files.write("openids.csv", `${header}\noA\n`));
    await expect(withHeader("old")).rejects.toThrow("Columns that are missing: new.");
    await expect(withHeader("new")).rejects.toThrow("Columns that are missing: old.");
  });
});
