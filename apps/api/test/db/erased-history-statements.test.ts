import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import {
  forgetBrowserUser,
  forgetUnboundFailure,
  forgetUnboundSignIn,
  historyBatchSize,
  listGuessedSignIns,
  listSignInsOfOpenid,
  listSignInsOfUser,
  pseudonymizeFailures,
  pseudonymizeSignIn,
} from "../../src/db/erased-history.js";
import type { Tables } from "../../src/db/schema.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const signIn = (id: string, about: Partial<Tables["signIns"]["$inferInsert"]> = {}) => ({
  ...{ id, purpose: "sign_in" as const, appId: "wx0", openid: "o-alice", userId: null, ip: `ip of ${id}` },
  ...{ browserHash: `hash of ${id}`, browserUserId: null, returnTo: "/", userAgent: "agent" },
  ...{ sessionId: "session", createdAt: at(0), expiresAt: at(100), ...about },
});

const failure = (id: string, about: Partial<Tables["apiFailures"]["$inferInsert"]> = {}) => ({
  ...{ id, at: at(0), appId: "wx0", endpoint: "sns/auth", errcode: "40003", errmsg: "words", rid: "rid" },
  ...{ openid: "o-alice", attempt: 1, latencyMs: 1, request: "{}", answer: "{}", ...about },
});

async function seed(db: Database): Promise<void> {
  await addRows(
    db,
    "bindings",
    ["alice", "bob"].map((id) => ({
      ...{ id: `of ${id}`, appId: "wx0", openid: `o-${id}`, userId: id, scope: "snsapi_base" },
      ...{ createdAt: at(0), lastSignInAt: at(0) },
    })),
  );
  await addRows(db, "signIns", [
    signIn("hers", { userId: "alice", browserUserId: "alice" }),
    signIn("of bob", { openid: "o-bob", userId: "bob", browserUserId: "bob" }),
    signIn("by openid only"),
    signIn("by openid in another app", { appId: "wx1" }),
    signIn("by another openid", { openid: "o-gone" }),
    signIn("tried by bob", { userId: "bob", outcome: "bound_elsewhere" }),
    signIn("another's by now", { userId: "bob", outcome: "signed_in" }),
    signIn("without an openid", { openid: null, userId: "with a sign-in", browserUserId: "alice" }),
  ]);
  await addRows(db, "apiFailures", [
    failure("hers"),
    failure("in another app", { appId: "wx1" }),
    failure("of bob", { openid: "o-bob" }),
    failure("by another openid", { openid: "o-gone" }),
    failure("without an openid", { openid: null }),
  ]);
}

const { changed, found, seeded } = seededStatements(seed);

const many = <Row>(count: number, rowOf: (n: number) => Row) =>
  Array.from({ length: count }, (_, n) => rowOf(n));

describe("the history of an erased person", () => {
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();

  it("is found by the user, by the openid alone, and by the user of the browser, a batch at a time [T122]", async () => {
    expect(await found(listSignInsOfUser, { userId: "alice" })).toEqual([
      {
        ...{ id: "hers", appId: "wx0", openid: "o-alice", userId: "alice" },
        ...{ ip: "ip of hers", browserHash: "hash of hers" },
      },
    ]);
    expect(ids(await found(listSignInsOfOpenid, { appId: "wx0", openid: "o-alice" }))).toEqual([
      "by openid only",
      "tried by bob",
    ]);
    expect(ids(await found(listGuessedSignIns, { userId: "alice" }))).toEqual(["hers", "without an openid"]);
    const db = await seeded();
    const more = { userId: "carol", browserUserId: "carol" };
    await addRows(
      db,
      "signIns",
      many(historyBatchSize + 1, (n) => signIn(`more ${n}`, more)),
    );
    await addRows(
      db,
      "signIns",
      many(historyBatchSize + 1, (n) => signIn(`by openid ${n}`)),
    );
    for (const listed of [
      await db.run(listSignInsOfUser, { userId: "carol" }),
      await db.run(listGuessedSignIns, { userId: "carol" }),
      await db.run(listSignInsOfOpenid, { appId: "wx0", openid: "o-alice" }),
    ])
      expect(listed).toHaveLength(historyBatchSize);
  });

  it("stays under pseudonyms, one sign-in at a time, without the words of a failure [T122]", async () => {
    const pseudonyms = { openid: "p-1", ip: "p-2", browserHash: "p-3", returnTo: "/elsewhere" };
    expect(await changed(pseudonymizeSignIn, { id: "hers", ...pseudonyms })).toEqual({
      "signIns hers": { ...pseudonyms, userAgent: null, userId: null, browserUserId: null, sessionId: null },
    });
    expect(await changed(forgetBrowserUser, { id: "of bob" })).toEqual({
      "signIns of bob": { browserUserId: null },
    });
    const wordless = { errmsg: "", rid: null, request: null, answer: null };
    const hers = { appId: "wx0", openid: "o-alice", pseudonym: "p-1" };
    expect(await changed(pseudonymizeFailures, hers)).toEqual({
      "apiFailures hers": { ...wordless, openid: "p-1" },
    });
    const db = await seeded();
    await addRows(
      db,
      "apiFailures",
      many(historyBatchSize, (n) => failure(`more ${n}`)),
    );
    expect(await db.run(pseudonymizeFailures, hers)).toHaveLength(historyBatchSize);
  });

  it("loses an openid that was written while its person was erased, and no other [T122]", async () => {
    const wordless = { openid: null, errmsg: "", rid: null, request: null, answer: null };
    expect(await changed(forgetUnboundSignIn, { id: "by another openid" })).toEqual({
      "signIns by another openid": { openid: null },
    });
    expect(await changed(forgetUnboundSignIn, { id: "by openid in another app" })).toEqual({
      "signIns by openid in another app": { openid: null },
    });
    expect(await changed(forgetUnboundFailure, { id: "by another openid" })).toEqual({
      "apiFailures by another openid": wordless,
    });
    expect(await changed(forgetUnboundFailure, { id: "in another app" })).toEqual({
      "apiFailures in another app": wordless,
    });
    expect(await changed(forgetUnboundSignIn, { id: "by openid only" }), "bound").toEqual({});
    expect(await found(forgetUnboundSignIn, { id: "without an openid" })).toEqual([]);
    for (const id of ["hers", "without an openid"])
      expect(await changed(forgetUnboundFailure, { id })).toEqual({});
  });
});
