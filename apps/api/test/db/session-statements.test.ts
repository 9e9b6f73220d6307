import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import { deleteBatchSize } from "../../src/db/delete-batch.js";
import {
  confirmSession,
  deleteExpiredSession,
  deleteExpiredSessions,
  deleteSessionsOfBinding,
  findLiveSession,
  findStoredSession,
} from "../../src/db/sessions.js";
import { emptyTables } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

/** A session is named by its user and how it is; its secret's hash is that name with an `h-` before it. */
const session = (id: string, about: { signInId?: string; lastSeenAt?: Date; expiresAt?: Date } = {}) => ({
  ...{ secretHash: `h-${id}`, id, userId: id.split(" ")[0] as string, signInId: "not stored" },
  ...{ createdAt: at(0), lastSeenAt: at(50), expiresAt: at(100), ...about },
});

const users = [
  { id: "alice", createdAt: at(0) },
  { id: "bob", createdAt: at(0) },
  { id: "mallory", createdAt: at(0), status: "blocked" as const },
];

const signIn = (id: string, appId: string, openid: string | null) => ({
  ...{ id, purpose: "sign_in" as const, appId, openid, returnTo: "/", browserHash: "-" },
  ...{ createdAt: at(0), expiresAt: at(100) },
});

async function seed(db: Database): Promise<void> {
  await addRows(db, "users", users);
  await addRows(db, "signIns", [
    signIn("hers", "wx0", "o-alice"),
    signIn("of her other app", "wx1", "o-alice"),
    signIn("of her other account", "wx0", "o-alice-2"),
    signIn("unfinished", "wx0", null),
  ]);
  await addRows(db, "sessions", [
    session("alice live", { signInId: "hers" }),
    session("alice also live", { signInId: "of her other app" }),
    session("alice past its end", { signInId: "of her other account", expiresAt: at(60) }),
    session("alice left alone", { signInId: "unfinished", lastSeenAt: at(10) }),
    session("alice of unknown origin"),
    session("bob live", { signInId: "hers" }),
    session("mallory live", { signInId: "hers" }),
    session("mallory past its end", { expiresAt: at(60) }),
  ]);
}

const { changed, found, seeded } = seededStatements(seed);
const now = { now: at(60), seenAfter: at(10) };

describe("a session", () => {
  it("is confirmed while it is live, its own user's, and that user active", async () => {
    const confirmed = (id: string, userId: string) => changed(confirmSession, { id, userId, ...now });
    expect(await confirmed("alice live", "alice")).toEqual({
      "sessions h-alice live": { lastSeenAt: at(60) },
    });
    expect(await confirmed("alice live", "bob")).toEqual({});
    expect(await confirmed("alice past its end", "alice")).toEqual({});
    expect(await confirmed("alice left alone", "alice")).toEqual({});
    expect(await confirmed("mallory live", "mallory")).toEqual({});
  });

  it("is found once while it is live and its user active", async () => {
    const live = (id: string) => found(findLiveSession, { secretHash: `h-${id}`, ...now });
    expect(await live("alice live")).toEqual([
      { id: "alice live", userId: "alice", lastSeenAt: at(50), expiresAt: at(100) },
    ]);
    expect(await live("alice past its end")).toEqual([]);
    expect(await live("alice left alone")).toEqual([]);
    expect(await live("mallory live")).toEqual([]);
  });

  it("is known to be stored, live or not, by its own secret alone", async () => {
    for (const id of ["alice live", "alice past its end", "mallory live"])
      expect(await found(findStoredSession, { secretHash: `h-${id}` })).toEqual([{ id }]);
    expect(await found(findStoredSession, { secretHash: "h-of none" })).toEqual([]);
  });

  it("is deleted as expired only when it is, and no other with it", async () => {
    const deleted = (id: string) => changed(deleteExpiredSession, { secretHash: `h-${id}`, ...now });
    expect(await deleted("alice past its end")).toEqual({ "sessions h-alice past its end": "deleted" });
    expect(await deleted("alice left alone")).toEqual({ "sessions h-alice left alone": "deleted" });
    expect(await deleted("alice live")).toEqual({});
    expect(await deleted("mallory live"), "a blocked user's is no expired one").toEqual({});
  });
});

describe("sessions", () => {
  it("that a binding opened end with it, and those that it may have opened; not those of another app, account or user", async () => {
    const binding = { userId: "alice", appId: "wx0", openid: "o-alice" };
    expect(await changed(deleteSessionsOfBinding, binding)).toEqual({
      "sessions h-alice live": "deleted",
      "sessions h-alice left alone": "deleted",
      "sessions h-alice of unknown origin": "deleted",
    });
  });

  it("are cleaned up once they have expired, those of blocked users as well", async () => {
    expect(await changed(deleteExpiredSessions, now)).toEqual({
      "sessions h-alice past its end": "deleted",
      "sessions h-alice left alone": "deleted",
      "sessions h-mallory past its end": "deleted",
    });
  });

  it("are cleaned up a batch at a time, however many live ones were written before", async () => {
    const db = await emptyTables(await seeded());
    await addRows(db, "users", users);
    const several = (name: string, about: Parameters<typeof session>[1]) =>
      Array.from({ length: deleteBatchSize + 1 }, (_, n) => session(`alice ${name} ${n}`, about));
    await addRows(db, "sessions", several("a live one", { lastSeenAt: at(90), expiresAt: at(1000) }));
    await addRows(db, "sessions", several("past its end", { lastSeenAt: at(99), expiresAt: at(60) }));
    expect(await db.run(deleteExpiredSessions, now)).toHaveLength(deleteBatchSize);
    expect(await db.run(deleteExpiredSessions, now)).toHaveLength(1);
    expect(await db.run(deleteExpiredSessions, now)).toEqual([]);
  });
});
