import { storeContract } from "@wechat-login/oauth/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listFailures } from "../../src/db/console/failures.js";
import { type Database, DatabaseError } from "../../src/db/database.js";
import { insertSession } from "../../src/db/sessions.js";
import {
  claimAuthorizationRequest,
  deleteSignInsBefore,
  findAuthorizationRequest,
  finishAuthorizationRequest,
  finishSignIn,
  insertEvent,
} from "../../src/db/sign-ins.js";
import { decrementThrottle, findThrottle, incrementThrottle } from "../../src/db/throttles.js";
import { appTokenStore } from "../../src/domain/tokens/app-token-store.js";
import { type TestDatabase, testDatabase } from "../support/engine.js";
import { addRows, rowsOf } from "../support/rows.js";
import { addFailure, at, authorizationRequestRow, signInRow } from "./rows.js";

describe("a database", () => {
  let db: Database;
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
    db = await database.open();
  });
  afterEach(() => db.close().then(database.remove));

  const attempt = (key: string, now = at(0)) =>
    incrementThrottle.with({ key, now, expiresAt: at(60_000), latestEnd: at(120_000) });

  describe("a batch", () => {
    it("returns the rows of each statement, in order", async () => {
      const [signIns, requests, counts] = await db.batch([
        signInRow(),
        authorizationRequestRow(),
        attempt("key"),
      ]);
      expect(signIns).toEqual([{ id: "sign-in" }]);
      expect(requests).toEqual([{ signInId: "sign-in" }]);
      expect(counts).toEqual([{ count: 1, expiresAt: at(60_000) }]);
    });

    it("is stored completely or not at all", async () => {
      await db.batch([signInRow()]);
      const doomed = db.batch([attempt("first"), authorizationRequestRow(), signInRow(), attempt("last")]);
      await expect(doomed).rejects.toMatchObject({ name: "DatabaseError", reason: "rejected" });
      await expect(doomed).rejects.toHaveProperty("cause");
      expect(await rowsOf(db, "throttles")).toEqual([]);
      expect(await rowsOf(db, "authorizationRequests")).toEqual([]);
    });

    it("does not undo other batches or single statements if it fails", async () => {
      await db.batch([signInRow()]);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 30 }, (_, n) => {
          if (n % 3 === 0) return db.batch([attempt(`doomed-${n}`), signInRow()]);
          if (n % 3 === 1) return db.batch([attempt("kept"), attempt("kept")]);
          return db.run(incrementThrottle, {
            key: "single",
            now: at(0),
            expiresAt: at(60_000),
            latestEnd: at(60_000),
          });
        }),
      );
      expect(outcomes.filter((outcome) => outcome.status === "rejected")).toHaveLength(10);
      const counts = Object.fromEntries((await rowsOf(db, "throttles")).map((row) => [row.key, row.count]));
      expect(counts).toEqual({ kept: 20, single: 10 });
    });

    it("survives a deadlock with another batch: both are executed once", async () => {
      await db.batch([attempt("left"), attempt("right")]);
      for (let round = 0; round < 3; round++) {
        await Promise.all([
          db.batch([attempt("left"), attempt("right")]),
          db.batch([attempt("right"), attempt("left")]),
        ]);
      }
      const counts = Object.fromEntries((await rowsOf(db, "throttles")).map((row) => [row.key, row.count]));
      expect(counts).toEqual({ left: 7, right: 7 });
    });

    it("returns nothing if it is empty", async () => {
      expect(await db.batch([])).toEqual([]);
    });
  });

  describe("a statement", () => {
    it("rejects with a DatabaseError and its cause if the schema forbids it", async () => {
      const orphan = db.run(insertSession, {
        secretHash: "hash",
        id: "session",
        userId: "unknown",
        signInId: "sign-in",
        now: at(0),
        expiresAt: at(1),
        ip: null,
        userAgent: null,
      });
      await expect(orphan).rejects.toBeInstanceOf(DatabaseError);
      await expect(orphan).rejects.toMatchObject({ reason: "rejected", cause: expect.any(Error) });
    });

    it("stores timestamps to the millisecond, and absent ones as null", async () => {
      await db.batch([signInRow({ now: at(1), expiresAt: at(2) })]);
      expect(await rowsOf(db, "signIns")).toMatchObject([
        { createdAt: at(1), expiresAt: at(2), outcome: null, outcomeAt: null, ip: null, userId: null },
      ]);
      const ofUnknown = { openid: null, userId: null, browserUserId: null };
      const end = { id: "sign-in", outcome: "refused", ...ofUnknown, now: at(3) } as const;
      await db.run(finishSignIn, end);
      expect(await rowsOf(db, "signIns")).toMatchObject([
        { outcome: "refused", outcomeAt: at(3), openid: null },
      ]);
    });

    it("stores text exactly: case, blanks, emoji, quotes and markup", async () => {
      const texts = [
        "oAbC",
        "oabc",
        "oABC",
        "oAbC ",
        " oAbC",
        "🦊👩‍👩‍👧",
        "'; drop table users; --",
        '<b>&"',
        "\\%_",
      ];
      for (const [n, key] of texts.entries()) {
        await db.batch(Array.from({ length: n + 1 }, () => attempt(key)));
      }
      for (const [n, key] of texts.entries()) {
        expect(await db.run(findThrottle, { key, now: at(0) })).toEqual([{ count: n + 1 }]);
      }
    });

    it("deletes a sign-in together with its authorization requests and events", async () => {
      const event = { signInId: "sign-in", at: at(0), kind: "started", durationMs: null, detail: null };
      await db.batch([signInRow(), authorizationRequestRow(), insertEvent.with({ id: "event", ...event })]);
      await db.batch([signInRow({ id: "younger", now: at(1) })]);
      expect(await db.run(deleteSignInsBefore, { before: at(1) })).toEqual([{ id: "sign-in" }]);
      expect(await rowsOf(db, "authorizationRequests")).toEqual([]);
      expect(await rowsOf(db, "signInEvents")).toEqual([]);
      expect(await rowsOf(db, "signIns")).toHaveLength(1);
    });
  });

  describe("the claim of an authorization request", () => {
    const claim = (about: Partial<{ stateHash: string; browserHash: string; now: Date }> = {}) =>
      db.run(claimAuthorizationRequest, { stateHash: "state", browserHash: "browser", now: at(1), ...about });

    beforeEach(() =>
      db.batch([signInRow(), authorizationRequestRow(), authorizationRequestRow({ stateHash: "other" })]),
    );

    it("succeeds for exactly one of twenty simultaneous callers [T6]", async () => {
      const claims = await Promise.all(Array.from({ length: 20 }, () => claim()));
      expect(claims.flat()).toEqual([{ scope: "snsapi_base", expiresAt: at(600_000) }]);
      expect(await claim()).toEqual([]);
    });

    it("fails for another browser and for an unknown state, and returns when the request expires [T1, T3]", async () => {
      expect(await claim({ browserHash: "another" })).toEqual([]);
      expect(await claim({ stateHash: "unknown" })).toEqual([]);
      expect(await claim({ now: at(600_000) })).toEqual([{ scope: "snsapi_base", expiresAt: at(600_000) }]);
    });

    it("keeps a success that is followed by a late error [T6]", async () => {
      const end = (outcome: "signed_in" | "failed", page: string | null) =>
        db.run(finishAuthorizationRequest, { stateHash: "state", outcome, page, errcode: null });
      await end("failed", "used");
      await end("signed_in", null);
      await end("failed", "sign-in-failed");
      const [request] = await db.run(findAuthorizationRequest, { stateHash: "state" });
      expect(request).toMatchObject({ outcome: "signed_in", page: null });
    });

    it("does not claim the other request of the sign-in", async () => {
      await claim();
      expect(await claim({ stateHash: "other" })).toHaveLength(1);
    });
  });

  describe("a throttle", () => {
    const count = (now: Date, expiresAt: Date) =>
      db.run(incrementThrottle, { key: "key", now, expiresAt, latestEnd: expiresAt });

    it("counts each of many simultaneous attempts once", async () => {
      const rows = await Promise.all(Array.from({ length: 20 }, () => count(at(0), at(60_000))));
      const counts = rows.map(([row]) => row?.count).sort((a = 0, b = 0) => a - b);
      expect(counts).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    });

    it("keeps the end of its window, and restarts after it", async () => {
      await count(at(0), at(1000));
      expect(await count(at(999), at(1999))).toEqual([{ count: 2, expiresAt: at(1000) }]);
      expect(await db.run(findThrottle, { key: "key", now: at(999) })).toEqual([{ count: 2 }]);
      expect(await db.run(findThrottle, { key: "key", now: at(1000) })).toEqual([]);
      expect(await count(at(1000), at(2000))).toEqual([{ count: 1, expiresAt: at(2000) }]);
    });

    it("restarts also where its window ends later than any that began by this clock", async () => {
      const add = (now: Date, latestEnd: Date) =>
        db.run(incrementThrottle, { key: "key", now, expiresAt: at(1000), latestEnd });
      await db.run(incrementThrottle, { key: "key", now: at(0), expiresAt: at(5000), latestEnd: at(5000) });
      expect(await add(at(0), at(5000))).toEqual([{ count: 2, expiresAt: at(5000) }]);
      expect(await add(at(0), at(4999))).toEqual([{ count: 1, expiresAt: at(1000) }]);
    });

    it("releases an attempt, but never below zero", async () => {
      await count(at(0), at(1000));
      for (let times = 0; times < 3; times++) await db.run(decrementThrottle, { key: "key" });
      expect(await count(at(0), at(1000))).toMatchObject([{ count: 1 }]);
    });
  });

  describe("a paged list", () => {
    it("is ordered by time and id, newest first, and has each row once even if many share a timestamp", async () => {
      const moments = [5, 3, 5, 5, 1, 3, 5, 3, 5, 2];
      const ids = moments.map((moment, n) => ({ moment, id: `id-${(n * 7) % 10}` }));
      for (const { moment, id } of ids) await addFailure(db, id, at(moment));
      const expected = ids
        .sort((a, b) => b.moment - a.moment || (a.id < b.id ? 1 : -1))
        .map(({ moment, id }) => `${moment} ${id}`);

      for (const limit of [1, 2, 3, 10]) {
        const seen: string[] = [];
        let after: { at: Date; id: string } | undefined;
        for (;;) {
          const { rows: page } = await listFailures(db, {}, { after, limit });
          seen.push(...page.map((row) => `${row.at.getTime() - at(0).getTime()} ${row.id}`));
          const last = page.at(-1);
          if (!last) break;
          after = { at: last.at, id: last.id };
        }
        expect(seen).toEqual(expected);
      }
    });

    it("is not shifted by rows that arrive between pages", async () => {
      for (const n of [1, 2, 3, 4]) await addFailure(db, `id-${n}`, at(n));
      const { rows: first } = await listFailures(db, {}, { limit: 2 });
      await addFailure(db, "id-5", at(5));
      const last = first.at(-1);
      const after = last && { at: last.at, id: last.id };
      const { rows: second } = await listFailures(db, {}, { after, limit: 2 });
      expect([...first, ...second].map((row) => row.id)).toEqual(["id-4", "id-3", "id-2", "id-1"]);
    });
  });

  describe("the store of an app's token", () => {
    it("reads what an earlier version or a crash left incomplete: due since it was fetched, or no token", async () => {
      const row = { appId: "wx1", source: "stable_token", version: 4, generation: 2, failuresInRow: 0 };
      const token = { token: "sealed", fingerprint: "print", fetchedAt: at(1), expiresAt: at(9) };
      await addRows(db, "appTokens", [
        { ...row, ...token, kind: "access_token" },
        { ...row, ...token, kind: "jsapi_ticket", fingerprint: null, failuresInRow: 3 },
      ]);
      const store = appTokenStore(db);
      expect(await store.read("wx1:access_token")).toEqual({
        version: 4,
        leaseUntilMs: 0,
        token: {
          ...{ sealed: "sealed", fingerprint: "print", generation: 2 },
          ...{ fetchedAtMs: at(1).getTime(), expiresAtMs: at(9).getTime(), refreshAtMs: at(1).getTime() },
        },
        forcedAtMs: [],
      });
      expect(await store.read("wx1:jsapi_ticket")).toEqual({
        version: 4,
        leaseUntilMs: 0,
        failure: { reason: "", failuresInRow: 3, failedAtMs: 0, retryAtMs: 0 },
        forcedAtMs: [],
      });
      expect(await store.read("wx2:access_token")).toBeUndefined();
    });

    it.each(storeContract(() => appTokenStore(db)).map(({ name }, index) => [name, index] as const))(
      "%s [T95]",
      async (_, index) => {
        const other = await database.open();
        const stores = [appTokenStore(db), appTokenStore(other)];
        await storeContract(() => stores.shift() ?? appTokenStore(db))[index]?.run();
        await other.close();
      },
    );
  });
});
