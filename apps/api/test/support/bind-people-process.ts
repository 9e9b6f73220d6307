import { setTimeout as pause } from "node:timers/promises";
import { openDatabase } from "../../src/db/open.js";
import { createDeps } from "../../src/domain/create-deps.js";
import { publishEvents } from "../../src/domain/events/publish.js";
import { loadSettings } from "../../src/load-settings.js";
import { bindPeople } from "./bind-people.js";

// A process that binds the people of FIRST, STEP and COUNT until it is killed, and publishes their events beside that, as the
// jobs do.

const settings = loadSettings(process.env, () => []);
const db = await openDatabase(settings);
const silent = { info() {}, warn() {}, error() {} };
const deps = createDeps({ settings, db, now: () => new Date(), log: silent });
const { FIRST, STEP, COUNT } = process.env;

void bindPeople(deps, { first: Number(FIRST), step: Number(STEP), count: Number(COUNT) });
// Also when all are bound: a quick process must not end before it is killed.
for (;;) {
  await publishEvents(deps);
  await pause(5);
}
