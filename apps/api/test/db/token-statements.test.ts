import { describe, expect, it } from "vitest";
import {
  countAppTokenFetches,
  deleteAppTokenFetchesBefore,
  insertAppTokenFetch,
} from "../../src/db/app-token-fetches.js";
import type { Database } from "../../src/db/database.js";
import { deleteBatchSize } from "../../src/db/delete-batch.js";
import type { Tables } from "../../src/db/schema.js";
import {
  deleteTokensOfUser,
  deleteUserToken,
  findProfileToken,
  replaceUserToken,
  upsertUserToken,
} from "../../src/db/tokens.js";
import { emptyTables } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const binding = (id: string, appId: string, openid: string, userId = "alice") => ({
  ...{ id, appId, openid, userId, scope: "snsapi_userinfo", createdAt: at(0), lastSignInAt: at(0) },
});

const token = (bindingId: string, about: Partial<Tables["userTokens"]["$inferInsert"]> = {}) => ({
  ...{ bindingId, appId: "wx0", accessToken: `a-${bindingId}`, refreshToken: `r-${bindingId}` },
  ...{ scope: "snsapi_userinfo", scopeRank: 2, expiresAt: at(10), refreshExpiresAt: at(100) },
  ...{ updatedAt: at(0), checkedAt: at(5), ...about },
});

const fetched = (id: string, about: Partial<Tables["appTokenFetches"]["$inferInsert"]> = {}) => ({
  ...{ id, appId: "wx0", kind: "access_token" as const, at: at(50), source: "stable_token" },
  ...{ requestedBy: "kim", latencyMs: 12, ...about },
});

async function seed(db: Database): Promise<void> {
  await addRows(db, "bindings", [
    binding("hers", "wx0", "o-alice"),
    binding("of her other app", "wx1", "o-alice"),
    binding("of her other account", "wx0", "o-alice-2"),
    binding("of base scope", "wx0", "o-base"),
    binding("refused", "wx0", "o-refused"),
    binding("without a token", "wx0", "o-none"),
    binding("bob's", "wx0", "o-bob", "bob"),
  ]);
  await addRows(db, "userTokens", [
    token("hers"),
    token("of her other app", { appId: "wx1" }),
    token("of her other account", { accessToken: "a-hers" }),
    token("of base scope", { scopeRank: 1 }),
    token("refused", { refusedErrcode: "40001" }),
    token("bob's"),
  ]);
  await addRows(db, "appTokenFetches", [
    fetched("1"),
    fetched("2", { at: at(90) }),
    fetched("3", { appId: "wx1" }),
    fetched("4", { kind: "jsapi_ticket" }),
    fetched("5", { requestedBy: "a host" }),
    fetched("old", { at: at(49) }),
    fetched("older", { at: at(48), requestedBy: "lee" }),
  ]);
}

const { changed, found, seeded } = seededStatements(seed);

describe("the tokens of a person", () => {
  const next = {
    ...{ accessToken: "a", refreshToken: "r", scope: "snsapi_base", scopeRank: 1, expiresAt: at(70) },
    ...{ refreshExpiresAt: at(700), now: at(60) },
  };
  const { now: updatedAt, ...answered } = next;
  const ofSignIn = { ...answered, updatedAt, checkedAt: null };

  it("are all replaced by those of a sign-in, unless the stored ones are alive and worth more", async () => {
    const upserted = (bindingId: string, now = next.now) =>
      changed(upsertUserToken, { bindingId, ...next, now });
    expect(await upserted("without a token")).toEqual({
      "userTokens without a token": {
        ...{ bindingId: "without a token", appId: "wx0", ...ofSignIn, refusedErrcode: null },
      },
    });
    expect(await upserted("of no one")).toEqual({});
    expect(await upserted("hers", at(99)), "alive and worth more").toEqual({});
    expect(await upserted("hers", at(100)), "no longer alive").toEqual({
      "userTokens hers": { ...ofSignIn, updatedAt: at(100) },
    });
    expect(await upserted("refused"), "refused").toEqual({
      "userTokens refused": { ...ofSignIn, refusedErrcode: null },
    });
    const { scopeRank: _, ...ofSameRank } = ofSignIn;
    expect(await upserted("of base scope"), "worth as much").toEqual({
      "userTokens of base scope": ofSameRank,
    });
  });

  it("are stored with the app that their binding is of by now", async () => {
    const db = await emptyTables(await seeded());
    await addRows(db, "bindings", [binding("moved", "wx1", "o-alice")]);
    await addRows(db, "userTokens", [token("moved", { scopeRank: 1 })]);
    expect(await db.run(upsertUserToken, { bindingId: "moved", ...next })).toEqual([{ bindingId: "moved" }]);
    expect(
      await db.consoleQuery((orm, t) => orm.select({ appId: t.userTokens.appId }).from(t.userTokens)),
    ).toEqual([{ appId: "wx1" }]);
  });

  it("can read a profile if they are of this very account, of a scope that may, and not refused", async () => {
    const forProfile = (appId: string, openid: string) => found(findProfileToken, { appId, openid });
    expect(await forProfile("wx0", "o-alice")).toEqual([
      { bindingId: "hers", accessToken: "a-hers", refreshToken: "r-hers" },
    ]);
    expect((await forProfile("wx1", "o-alice")).map(({ bindingId }) => bindingId)).toEqual([
      "of her other app",
    ]);
    for (const openid of ["o-base", "o-refused", "o-none"])
      expect(await forProfile("wx0", openid)).toEqual([]);
  });

  it("are deleted by their binding, or by their user, and no one else's with them", async () => {
    expect(await changed(deleteUserToken, { bindingId: "hers" })).toEqual({ "userTokens hers": "deleted" });
    expect(await changed(deleteTokensOfUser, { userId: "bob" })).toEqual({ "userTokens bob's": "deleted" });
  });

  it("are replaced by a refresh only where they are still those that were refreshed", async () => {
    const refreshed = { accessToken: "a", refreshToken: "r", expiresAt: at(70), now: at(60) };
    const replaced = (bindingId: string, before: string) =>
      changed(replaceUserToken, { bindingId, before, ...refreshed });
    const { now, ...columns } = refreshed;
    expect(await replaced("hers", "a-hers"), "another binding has the same token").toEqual({
      "userTokens hers": { ...columns, updatedAt: now, checkedAt: null },
    });
    expect(await replaced("refused", "a-refused")).toEqual({
      "userTokens refused": { ...columns, updatedAt: now, checkedAt: null, refusedErrcode: null },
    });
    expect(await replaced("hers", "a-bob's")).toEqual({});
  });
});

describe("the fetches of app tokens", () => {
  it("are remembered with all that is known of each", async () => {
    const fetch = {
      ...{ id: "new", appId: "wx2", kind: "jsapi_ticket" as const, at: at(7), source: "getticket" },
      ...{ requestedBy: "a host", latencyMs: 34, generation: 3, errcode: "40164" },
    };
    expect(await changed(insertAppTokenFetch, fetch)).toEqual({ "appTokenFetches new": fetch });
  });

  it("are counted by token and by who asked, from a moment on", async () => {
    const counts = await found(countAppTokenFetches, { since: at(50) });
    expect(counts.map((row) => Object.values(row).join(" ")).sort()).toEqual([
      "wx0 access_token a host 1",
      "wx0 access_token kim 2",
      "wx0 jsapi_ticket kim 1",
      "wx1 access_token kim 1",
    ]);
  });

  it("are deleted once they are older than a moment, a batch at a time, however many newer ones there are", async () => {
    expect(await changed(deleteAppTokenFetchesBefore, { before: at(50) })).toEqual({
      "appTokenFetches old": "deleted",
      "appTokenFetches older": "deleted",
    });
    const db = await emptyTables(await seeded());
    const several = (name: string, moment: Date) =>
      Array.from({ length: deleteBatchSize + 1 }, (_, n) => fetched(`${name} ${n}`, { at: moment }));
    await addRows(db, "appTokenFetches", [...several("a new one", at(50)), ...several("old", at(49))]);
    const deleted = await db.run(deleteAppTokenFetchesBefore, { before: at(50) });
    expect(deleted).toHaveLength(deleteBatchSize);
    expect(deleted.every(({ id }) => id.startsWith("old"))).toBe(true);
  });
});
