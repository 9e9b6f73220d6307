import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { profileButton } from "./support/browser.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

let database: TestDatabase;
let db: Database;
let system: System;
beforeEach(async () => {
  database = await testDatabase();
  db = await database.open();
  system = await startSystem({ db });
});
afterEach(async () => {
  await system.close();
  await db.close();
  await database.remove();
});

describe("a database that another process locks for 3 s", () => {
  it("delays sign-ins but loses or doubles none, and /healthz answers at once [T85]", async () => {
    const people = Array.from({ length: 20 }, (_, n) => system.browser({ person: `crowd-${n}` }));
    const callbacks = await Promise.all(
      people.map(async (person) => {
        const asked = await person.follow(await person.callbackUrl());
        return person.callbackUrl(profileButton(asked.html) ?? "");
      }),
    );
    const release = await database.lock();
    let answered = 0;
    const statuses = people.map((person, n) =>
      person.visit(callbacks[n] ?? "").then((visit) => {
        answered += 1;
        return visit.status;
      }),
    );
    const slowest = await slowestHealth(3_000);
    expect(answered, "the lock held them back").toBe(0);
    await release();

    expect(await Promise.all(statuses)).toEqual(Array(20).fill(303));
    expect(slowest, "ms until /healthz answered").toBeLessThan(500);
    for (const person of people) expect(await userOf(person)).toBeDefined();
    expect(await rowsOf(db, "users")).toHaveLength(20);
    expect(await rowsOf(db, "bindings")).toHaveLength(20);
    expect(system.simulator.calls("access_token")).toBe(40);
  });
});

/** Polls /healthz for this long in real time, since the lock of another process is in real time. */
async function slowestHealth(forMs: number): Promise<number> {
  let slowest = 0;
  for (const end = performance.now() + forMs; performance.now() < end; await pause(20)) {
    const asked = performance.now();
    expect((await fetch(`${system.url}/healthz`)).status).toBe(200);
    slowest = Math.max(slowest, performance.now() - asked);
  }
  return slowest;
}
