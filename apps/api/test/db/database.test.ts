import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { storeContract } from "wechat-oauth/testing";
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
import { rowsOf } from "../support/rows.js";
import { addFailure, at, signInRow, tripRow } from "./rows.js";

describe("a database", () => {
  let db: Database;
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
    db = await database.open();
  });
  afterEach(() => db.close().then(database.remove));

  const attempt = (key: string, now = at(0)) => incrementThrottle.with({ key, now, expiresAt: at(60_000) });

  describe("a batch", () => {
    it("answers the rows of each statement, in order", async () => {
      const [signIns, trips, counts] = await db.batch([signInRow(), tripRow(), attempt("key")]);
      expect(signIns).toEqual([{ id: "sign-in" }]);
      expect(trips).toEqual([{ signInId: "sign-in" }]);
      expect(counts).toEqual([{ count: 1, expiresAt: at(60_000) }]);
    });

    it("is kept whole or not at all", async () => {
      await db.batch([signInRow()]);
      const doomed = db.batch([attempt("first"), tripRow(), signInRow(), attempt("last")]);
      await expect(doomed).rejects.toMatchObject({ name: "DatabaseError", reason: "rejected" });
      await expect(doomed).rejects.toHaveProperty("cause");
      expect(await rowsOf(db, "throttles")).toEqual([]);
      expect(await rowsOf(db, "authorizationRequests")).toEqual([]);
    });

    it("that fails takes nothing of the others, or of single statements, with it", async () => {
      await db.batch([signInRow()]);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 30 }, (_, n) => {
          if (n % 3 === 0) return db.batch([attempt(`doomed-${n}`), signInRow()]);
          if (n % 3 === 1) return db.batch([attempt("kept"), attempt("kept")]);
          return db.run(incrementThrottle, { key: "single", now: at(0), expiresAt: at(60_000) });
        }),
      );
      expect(outcomes.filter((outcome) => outcome.status === "rejected")).toHaveLength(10);
      const counts = Object.fromEntries((await rowsOf(db, "throttles")).map((row) => [row.key, row.count]));
      expect(counts).toEqual({ kept: 20, single: 10 });
    });

    it("that waits for another which waits for it is done all the same, both once", async () => {
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

    it("of nothing answers nothing", async () => {
      expect(await db.batch([])).toEqual([]);
    });
  });

  describe("a statement", () => {
    it("that a rule of the schema forbids is a DatabaseError with its cause", async () => {
      const orphan = db.run(insertSession, {
        secretHash: "hash",
        id: "session",
        userId: "nobody",
        signInId: "sign-in",
        now: at(0),
        expiresAt: at(1),
        ip: null,
        userAgent: null,
      });
      await expect(orphan).rejects.toBeInstanceOf(DatabaseError);
      await expect(orphan).rejects.toMatchObject({ reason: "rejected", cause: expect.any(Error) });
    });

    it("keeps moments to the millisecond, and absent ones as null", async () => {
      await db.batch([signInRow({ now: at(1), expiresAt: at(2) })]);
      expect(await rowsOf(db, "signIns")).toMatchObject([
        { createdAt: at(1), expiresAt: at(2), outcome: null, outcomeAt: null, ip: null, userId: null },
      ]);
      const end = { id: "sign-in", outcome: "refused", openid: null, userId: null, now: at(3) } as const;
      await db.run(finishSignIn, end);
      expect(await rowsOf(db, "signIns")).toMatchObject([
        { outcome: "refused", outcomeAt: at(3), openid: null },
      ]);
    });

    it("keeps text exactly: case, blanks, emoji, quotes and markup", async () => {
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

    it("that deletes a journey takes its trips and events along", async () => {
      const event = { signInId: "sign-in", at: at(0), kind: "started", durationMs: null, detail: null };
      await db.batch([signInRow(), tripRow(), insertEvent.with({ id: "event", ...event })]);
      await db.batch([signInRow({ id: "younger", now: at(1) })]);
      expect(await db.run(deleteSignInsBefore, { before: at(1) })).toEqual([{ id: "sign-in" }]);
      expect(await rowsOf(db, "authorizationRequests")).toEqual([]);
      expect(await rowsOf(db, "signInEvents")).toEqual([]);
      expect(await rowsOf(db, "signIns")).toHaveLength(1);
    });
  });

  describe("the claim of a trip", () => {
    const claim = (about: Partial<{ stateHash: string; browserHash: string; now: Date }> = {}) =>
      db.run(claimAuthorizationRequest, { stateHash: "state", browserHash: "browser", now: at(1), ...about });

    beforeEach(() => db.batch([signInRow(), tripRow(), tripRow({ stateHash: "other" })]));

    it("T6: is given once of twenty at once", async () => {
      const claims = await Promise.all(Array.from({ length: 20 }, () => claim()));
      expect(claims.flat()).toEqual([{ scope: "snsapi_base", expiresAt: at(600_000) }]);
      expect(await claim()).toEqual([]);
    });

    it("T1, T3: is given to nobody else and for no other state, and says when it expires", async () => {
      expect(await claim({ browserHash: "another" })).toEqual([]);
      expect(await claim({ stateHash: "unknown" })).toEqual([]);
      expect(await claim({ now: at(600_000) })).toEqual([{ scope: "snsapi_base", expiresAt: at(600_000) }]);
    });

    it("T6: once ended well stays so: an error that comes after sends no repeat elsewhere", async () => {
      const end = (outcome: "signed_in" | "failed", page: string | null) =>
        db.run(finishAuthorizationRequest, { stateHash: "state", outcome, page, errcode: null });
      await end("failed", "used");
      await end("signed_in", null);
      await end("failed", "sign-in-failed");
      const [trip] = await db.run(findAuthorizationRequest, { stateHash: "state" });
      expect(trip).toMatchObject({ outcome: "signed_in", page: null });
    });

    it("leaves the journey's other trip alone", async () => {
      await claim();
      expect(await claim({ stateHash: "other" })).toHaveLength(1);
    });
  });

  describe("a throttle", () => {
    const count = (now: Date, expiresAt: Date) => db.run(incrementThrottle, { key: "key", now, expiresAt });

    it("counts every attempt once, however many come at once", async () => {
      const rows = await Promise.all(Array.from({ length: 20 }, () => count(at(0), at(60_000))));
      const counts = rows.map(([row]) => row?.count).sort((a = 0, b = 0) => a - b);
      expect(counts).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    });

    it("keeps the end of its window, and starts again at it", async () => {
      await count(at(0), at(1000));
      expect(await count(at(999), at(1999))).toEqual([{ count: 2, expiresAt: at(1000) }]);
      expect(await db.run(findThrottle, { key: "key", now: at(999) })).toEqual([{ count: 2 }]);
      expect(await db.run(findThrottle, { key: "key", now: at(1000) })).toEqual([]);
      expect(await count(at(1000), at(2000))).toEqual([{ count: 1, expiresAt: at(2000) }]);
    });

    it("takes an attempt back, never below none", async () => {
      await count(at(0), at(1000));
      for (let times = 0; times < 3; times++) await db.run(decrementThrottle, { key: "key" });
      expect(await count(at(0), at(1000))).toMatchObject([{ count: 1 }]);
    });
  });

  describe("a list in pages", () => {
    it("is newest first, then by id, and shows every row once though many have one time", async () => {
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
          const page = await listFailures(db, {}, { after, limit });
          seen.push(...page.map((row) => `${row.at.getTime() - at(0).getTime()} ${row.id}`));
          const last = page.at(-1);
          if (!last) break;
          after = { at: last.at, id: last.id };
        }
        expect(seen).toEqual(expected);
      }
    });

    it("is not shifted by rows that arrive while somebody turns pages", async () => {
      for (const n of [1, 2, 3, 4]) await addFailure(db, `id-${n}`, at(n));
      const first = await listFailures(db, {}, { limit: 2 });
      await addFailure(db, "id-5", at(5));
      const last = first.at(-1);
      const second = await listFailures(db, {}, { after: last && { at: last.at, id: last.id }, limit: 2 });
      expect([...first, ...second].map((row) => row.id)).toEqual(["id-4", "id-3", "id-2", "id-1"]);
    });
  });

  describe("as the store where keepers of an app's token meet", () => {
    it.each(storeContract(() => appTokenStore(db)).map(({ name }, place) => [name, place] as const))(
      "T95: %s",
      async (_, place) => {
        const other = await database.open();
        const stores = [appTokenStore(db), appTokenStore(other)];
        await storeContract(() => stores.shift() ?? appTokenStore(db))[place]?.run();
        await other.close();
      },
    );
  });
});
