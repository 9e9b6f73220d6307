import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { listFeed } from "../src/db/events.js";
import { createDeps } from "../src/domain/create-deps.js";
import { publishEvents } from "../src/domain/events/publish.js";
import { loadSettings } from "../src/load-settings.js";
import { bindPeople } from "./support/bind-people.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { rowsOf } from "./support/rows.js";
import { secretKey } from "./support/system.js";

/** `npm run test:long` binds 10,000, and kills each process four times: one takes seconds to start. */
const count = Number(process.env.EVENTS_PEOPLE ?? 400);
const kills = process.env.EVENTS_PEOPLE === undefined ? 1 : 4;

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await testDatabase();
  db = await database.open();
});
afterAll(() => db.close().then(database.remove));

function startBinding(first: number): ChildProcess {
  const script = fileURLToPath(new URL("support/bind-people-process.ts", import.meta.url));
  return spawn(process.execPath, ["--conditions=dev-source", "--import", "tsx", script], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: {
      ...{ PATH: process.env.PATH, SECRET_KEYS: secretKey, ...database.env },
      ...{ FIRST: String(first), STEP: "2", COUNT: String(count) },
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

describe("two processes that bind people and are killed again and again", () => {
  it(
    "leave one event for each binding and each user, numbered without a gap, and no reader has to look back [T112]",
    async () => {
      const read: number[] = [];
      const readOn = async () => {
        const after = read.at(-1) ?? 0;
        const all = { clientId: "shop", after, upTo: 2 ** 31 - 1, types: "[]", limit: 200 };
        const rows = await db.run(listFeed, all);
        read.push(...rows.map(({ number }) => number ?? 0));
        return rows.length;
      };
      let isDone = false;
      const reading = (async () => {
        while (!isDone) {
          await readOn();
          await pause(20);
        }
      })();
      const ends = await Promise.all(
        [0, 1].map(async (first) => {
          const signals: unknown[] = [];
          for (let n = 1; n <= kills; n++) {
            const child = startBinding(first);
            const exit = once(child, "exit");
            // In the middle of its work, a little further each time. Each binding has two events.
            while (read.length < (2 * count * n) / (kills + 2) && child.exitCode === null) await pause(20);
            child.kill("SIGKILL");
            signals.push((await exit)[1]);
          }
          return signals;
        }),
      );
      expect(ends).toEqual([Array(kills).fill("SIGKILL"), Array(kills).fill("SIGKILL")]);
      // All of them again: who is bound stays as they are, and tells nothing.
      const settings = loadSettings({ SECRET_KEYS: secretKey, ...database.env }, () => []);
      const log = { info() {}, warn() {}, error() {} };
      const deps = createDeps({ settings, db, now: () => new Date(), log });
      await bindPeople(deps, { first: 0, step: 1, count });
      await publishEvents(deps);
      isDone = true;
      await reading;
      while ((await readOn()) > 0);

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
      const numbers = Array.from({ length: 2 * count }, (_, n) => n + 1);
      expect(events.map(({ number }) => number ?? 0).sort((a, b) => a - b)).toEqual(numbers);
      expect(read).toEqual(numbers);
    },
    120_000 + 100 * count,
  );
});
