import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { listFeed } from "../src/db/events.js";
import type { Deps } from "../src/domain/deps.js";
import { publishEvents } from "../src/domain/events/publish.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { rowsOf } from "./support/rows.js";
import { secretKey } from "./support/system.js";

/** EVENTS_PEOPLE=10000 is the long version: processes take seconds to start. */
const count = Number(process.env.EVENTS_PEOPLE ?? 400);
const kills = process.env.EVENTS_PEOPLE === undefined ? 1 : 4;

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await testDatabase();
  db = await database.open();
});
afterAll(() => db.close().then(database.remove));

function bindPeople(first: number, step: number): ChildProcess {
  const script = fileURLToPath(new URL("support/bind-people.ts", import.meta.url));
  return spawn(process.execPath, ["--conditions=dev-source", "--import", "tsx", script], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: {
      ...{
        PATH: process.env.PATH,
        SECRET_KEYS: secretKey,
        FIRST: String(first),
        STEP: String(step),
        COUNT: String(count),
      },
      ...database.env,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

describe("two processes that bind people and are killed again and again", () => {
  it("leave one event for each binding and each user, numbered without a gap, and no reader has to look back [T112]", async () => {
    const read: number[] = [];
    let isDone = false;
    const reading = (async () => {
      while (!isDone) {
        const after = read.at(-1) ?? 0;
        const all = { clientId: "shop", after, upTo: 2 ** 31 - 1, types: "[]", limit: 200 };
        read.push(...(await db.run(listFeed, all)).map(({ number }) => number ?? 0));
        await pause(20);
      }
    })();
    const bindings = async () => (await rowsOf(db, "bindings")).length;
    await Promise.all(
      [0, 1].map(async (first) => {
        for (let n = 1; n <= kills; n++) {
          const child = bindPeople(first, 2);
          const exit = once(child, "exit");
          // In the middle of its work, a little further each time.
          while ((await bindings()) < (count * n) / (kills + 2) && child.exitCode === null) await pause(100);
          child.kill("SIGKILL");
          await exit;
        }
      }),
    );
    // All of them again: who is bound stays as they are, and tells nothing.
    expect(await once(bindPeople(0, 1), "exit")).toEqual([0, null]);
    await publishEvents({ db, now: () => new Date() } as Deps);
    isDone = true;
    await reading;

    const bound = await rowsOf(db, "bindings");
    const events = await rowsOf(db, "outbox");
    expect(bound).toHaveLength(count);
    const told = (type: string) => events.filter((event) => event.type === type);
    expect(
      told("binding.created")
        .map(({ data }) => JSON.parse(data).bindingId)
        .sort(),
    ).toEqual(bound.map(({ id }) => id).sort());
    expect(
      told("user.created")
        .map(({ userId }) => userId)
        .sort(),
    ).toEqual((await rowsOf(db, "users")).map(({ id }) => id).sort());
    const numbers = events.map(({ number }) => number ?? 0).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 2 * count }, (_, n) => n + 1));
    expect(read).toEqual(numbers.slice(0, read.length));
    expect(read.length).toBeGreaterThan(0);
  }, 600_000);
});
