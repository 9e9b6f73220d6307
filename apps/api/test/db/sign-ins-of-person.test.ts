import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PageRequest } from "../../src/db/console/bounded.js";
import { listSignIns, type SignInFilter } from "../../src/db/console/sign-ins.js";
import type { Database } from "../../src/db/database.js";
import type { Position } from "../../src/db/keyset.js";
import type { Tables } from "../../src/db/schema.js";
import { type TestDatabase, testDatabase } from "../support/engine.js";
import { addRows } from "../support/rows.js";

const minute = (n: number) => new Date(Date.UTC(2026, 2, 1, 12, n));
const [oa, web, ann, ben] = ["wx-oa", "wx-web", "ann", "ben"];

const bindingOf = (userId: string, appId: string, openid: string) => ({
  ...{ id: `${userId} in ${appId}`, userId, appId, openid, scope: "snsapi_base" },
  ...{ createdAt: minute(0), lastSignInAt: minute(0) },
});

/** Each is Ann's, `at` in minutes. Two of a kind share a minute, so that the id decides. */
const annsSignIns: [id: string, at: number, row: Partial<Tables["signIns"]["$inferSelect"]>][] = [
  ["a session", 1, { openid: "oAnn", userId: ann, outcome: "signed_in" }],
  ["a session in a browser of Ben's", 9, { openid: "oAnn", userId: ann, browserUserId: ben }],
  ["a session by an openid that is no longer bound", 9, { openid: "oEarlier", userId: ann }],
  ["blocked", 2, { openid: "oAnn", outcome: "blocked" }],
  ["blocked in the other app", 7, { appId: web, openid: "wAnn", outcome: "blocked" }],
  ["blocked in a browser of Ben's", 7, { openid: "oAnn", browserUserId: ben, outcome: "blocked" }],
  ["begun in her browser", 3, { browserUserId: ann, outcome: "failed" }],
  ["begun in her browser, of the other app", 8, { appId: web, browserUserId: ann }],
  ["begun in her browser too", 8, { browserUserId: ann }],
];
/** None is Ann's, although each is nearly one of hers. */
const othersSignIns: typeof annsSignIns = [
  ["a session of Ben's", 9, { openid: "oBen", userId: ben, outcome: "signed_in" }],
  ["a session of Ben's in her browser", 8, { openid: "oBen", userId: ben, browserUserId: ann }],
  ["a session of Ben's by an openid that she has now", 7, { openid: "oAnn", userId: ben }],
  ["Ben's, blocked in her browser", 3, { openid: "oBen", browserUserId: ann, outcome: "blocked" }],
  ["her openid's text in the other app", 2, { appId: web, openid: "oAnn", outcome: "blocked" }],
  ["begun in a browser of no user", 1, { outcome: "failed" }],
];

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await testDatabase();
  db = await database.open();
  await addRows(db, "bindings", [
    ...[bindingOf(ann, oa, "oAnn"), bindingOf(ann, web, "wAnn")],
    ...[bindingOf(ben, oa, "oBen"), bindingOf(ben, web, "oAnn")],
  ]);
  const base = { purpose: "sign_in" as const, appId: oa, returnTo: "/", browserHash: "x" };
  await addRows(
    db,
    "signIns",
    [...othersSignIns, ...annsSignIns].map(([id, at, row]) => ({
      ...{ ...base, id, createdAt: minute(at), expiresAt: minute(at + 10) },
      ...row,
    })),
  );
});
afterAll(async () => {
  await db.close();
  await database.remove();
});

/** The ids of a person's list, read to its end in pages of so many rows. */
async function idsOf(userId: string, filter: SignInFilter, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let after: Position | undefined;
  do {
    const page: PageRequest = { after, limit };
    const { rows, searchedTo } = await listSignIns(db, { ...filter, userId }, page);
    expect(searchedTo).toBeUndefined();
    ids.push(...rows.map(({ id }) => id));
    const last = rows[limit - 1];
    after = last && { at: last.createdAt, id: last.id };
  } while (after && ids.length <= annsSignIns.length);
  return ids;
}

/** Newest first, and of one moment the greater id first. */
const newestFirst = (signIns: typeof annsSignIns) =>
  signIns.toSorted(([a, at], [b, other]) => other - at || (a < b ? 1 : -1)).map(([id]) => id);

describe("the list of a person's sign-ins", () => {
  it.each([1, 2, 3, 50])(
    "has their sessions, what ended before a session, and guesses, newest first, in pages of %d",
    async (limit) => {
      expect(await idsOf(ann, {}, limit)).toEqual(newestFirst(annsSignIns));
    },
  );

  it.each<[string, SignInFilter, (signIn: (typeof annsSignIns)[number]) => boolean]>([
    ["an outcome", { outcome: "blocked" }, ([, , { outcome }]) => outcome === "blocked"],
    ["no outcome", { outcome: "in_progress" }, ([, , { outcome }]) => outcome === undefined],
    ["an app", { appId: web }, ([, , { appId }]) => appId === web],
    ["an openid", { openid: "oAnn" }, ([, , { openid }]) => openid === "oAnn"],
    ["two moments", { from: minute(2), to: minute(8) }, ([, at]) => at >= 2 && at <= 8],
  ])("has only those of %s that is asked for, on every page", async (_words, filter, isAsked) => {
    const asked = newestFirst(annsSignIns.filter(isAsked));
    expect(asked.length).toBeGreaterThan(1);
    for (const limit of [1, 50]) expect(await idsOf(ann, filter, limit)).toEqual(asked);
  });

  it("is empty for a person who has none", async () => {
    expect(await idsOf("carol", {}, 50)).toEqual([]);
  });
});
