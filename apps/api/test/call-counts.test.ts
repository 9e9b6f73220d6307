import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseError } from "../src/db/database.js";
import { CallCounts } from "../src/domain/failures/call-counts.js";
import { keepAppTokensFresh } from "../src/domain/tokens/app-tokens.js";
import { breakable } from "./support/breakable-database.js";
import { userAgents } from "./support/browser.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let database: TestDatabase;
let db: ReturnType<typeof breakable>;
let system: System;
/** A whole minute, so that what a test does within seconds is counted in one. */
const at = new Date("2026-05-04T10:00:00.000Z");
const firstMinute = at.getTime() / 60_000;
beforeAll(async () => {
  database = await testDatabase();
  db = breakable(await database.open());
  system = await startSystem({ db, at, env: { RATE_LIMIT: "off" } });
});
afterAll(async () => {
  await system.close();
  await db.close();
  await database.remove();
});

const flush = () => system.app.deps.callCounts.flush(db);

/** The table as the charts read it: `minute app endpoint errcode: calls`. */
async function counts(): Promise<string[]> {
  const names = new Map([
    [system.officialAccount.appId, "oa"],
    [system.website.appId, "web"],
  ]);
  return (await rowsOf(db, "apiCallCounts"))
    .map(
      ({ minute, appId, endpoint, errcode, calls }) =>
        `${minute - firstMinute} ${names.get(appId) ?? appId} ${endpoint} ${errcode || "ok"}: ${calls}`,
    )
    .sort();
}

describe("the counts of calls to WeChat", () => {
  it("are by minute, app, endpoint and errcode, one for each request, and are added to at each flush", async () => {
    await system.browser({ person: "alice" }).signIn();
    await system.browser({ person: "alice", userAgent: userAgents.desktop }).signIn();
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40029 });
    await system.browser().signIn();
    system.simulator.fail("stable_token", { kind: "errcode", errcode: -1 });
    await keepAppTokensFresh(system.app.deps);
    await flush();
    const first = [
      "0 oa cgi-bin/stable_token -1: 1",
      "0 oa cgi-bin/stable_token ok: 1",
      "0 oa sign_in failed: 1",
      "0 oa sign_in signed_in: 1",
      "0 oa sns/oauth2/access_token 40029: 1",
      // Alice's first sign-in has two: silently, and after her tap for the profile.
      "0 oa sns/oauth2/access_token ok: 2",
      "0 oa sns/userinfo ok: 1",
      "0 web sign_in signed_in: 1",
      "0 web sns/oauth2/access_token ok: 1",
      "0 web sns/userinfo ok: 1",
    ];
    expect(await counts()).toEqual(first);

    await flush();
    expect(await counts(), "nothing is written twice").toEqual(first);

    await system.browser({ person: "alice" }).signIn();
    system.advance(60);
    system.simulator.fail("access_token", { kind: "invalid_json" });
    await system.browser().signIn();
    const refusing = system.browser();
    const { searchParams } = await refusing.callbackUrl();
    await refusing.visit(`/login/wechat/callback?state=${searchParams.get("state")}`);
    await flush();
    const second = first.map((line) =>
      line
        .replace("0 oa sns/oauth2/access_token ok: 2", "0 oa sns/oauth2/access_token ok: 3")
        .replace("0 oa sign_in signed_in: 1", "0 oa sign_in signed_in: 2"),
    );
    expect(await counts()).toEqual([
      ...second,
      "1 oa sign_in failed: 1",
      "1 oa sign_in refused: 1",
      "1 oa sns/oauth2/access_token BAD_JSON: 1",
    ]);
  });

  it("that could not be written are written with the next flush, together with those that came meanwhile", async () => {
    const before = await counts();
    const { callCounts } = system.app.deps;
    const [early, late] = [new Date(at.getTime() + 5 * 60_000), new Date(at.getTime() + 6 * 60_000 - 1)];
    callCounts.add(early, "wx1", "sns/auth", "");
    callCounts.add(late, "wx1", "sns/auth", "");
    callCounts.add(early, "wx1", "sns/auth", "40003");
    db.breakage = "unavailable";
    await expect(flush()).rejects.toThrow(DatabaseError);
    callCounts.add(late, "wx1", "sns/auth", "");
    callCounts.add(late, "wx2", "sns/auth", "");
    await expect(flush()).rejects.toThrow(DatabaseError);
    db.breakage = "none";
    expect(await counts()).toEqual(before);
    await flush();
    const after = [
      ...before,
      "5 wx1 sns/auth 40003: 1",
      "5 wx1 sns/auth ok: 3",
      "5 wx2 sns/auth ok: 1",
    ].sort();
    expect(await counts()).toEqual(after);
    await flush();
    expect(await counts()).toEqual(after);
  });

  it("that come while a flush is under way are part of the next one, also where that flush fails", async () => {
    const own = new CallCounts();
    const add = () => own.add(at, "wx3", "sns/auth", "");
    add();
    add();
    const failed = own.flush({
      ...db,
      batch: async () => {
        add();
        throw new Error("no answer");
      },
    });
    await expect(failed).rejects.toThrow("no answer");
    const written = own.flush({
      ...db,
      batch: async (steps) => {
        add();
        return db.batch(steps);
      },
    });
    await written;
    const mine = async () => (await counts()).filter((line) => line.includes("wx3"));
    expect(await mine()).toEqual(["0 wx3 sns/auth ok: 3"]);
    await own.flush(db);
    expect(await mine()).toEqual(["0 wx3 sns/auth ok: 4"]);
  });

  it("are written in one order, so that two processes which write the same ones cannot deadlock", async () => {
    const own = new CallCounts();
    const written: unknown[] = [];
    for (const appId of ["wx9", "wx7", "wx8"]) own.add(at, appId, "sns/auth", "");
    await own.flush({
      ...db,
      batch: async (steps) => {
        written.push(...steps.map(({ values }) => values.appId));
        return db.batch(steps);
      },
    });
    // Of minutes, of quarters of an hour and of days.
    expect(written).toEqual(["wx7", "wx8", "wx9", "wx7", "wx8", "wx9", "wx7", "wx8", "wx9"]);
  });
});
