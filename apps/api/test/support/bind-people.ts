import { openDatabase } from "../../src/db/open.js";
import { createDeps } from "../../src/domain/create-deps.js";
import { publishEvents } from "../../src/domain/events/publish.js";
import { resolveIdentity } from "../../src/domain/identity/identity.js";
import { loadSettings } from "../../src/load-settings.js";

// A process that binds people until it is killed: those with the numbers from FIRST up to COUNT, in steps of STEP. It publishes
// their events beside that, as the jobs do.

const settings = loadSettings(process.env, () => []);
const db = await openDatabase(settings);
const silent = { info() {}, warn() {}, error() {} };
const deps = createDeps({ settings, db, now: () => new Date(), log: silent });
const app = deps.apps.byKey("web");
if (!app) throw new Error("there is no app web");

let isDone = false;
const publishing = (async () => {
  while (!isDone) {
    await publishEvents(deps);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
})();
const next = (() => {
  const step = Number(process.env.STEP);
  let n = Number(process.env.FIRST) - step;
  return () => {
    n += step;
    return n < Number(process.env.COUNT) ? n : undefined;
  };
})();
const bindPeople = async () => {
  for (let n = next(); n !== undefined; n = next()) {
    const identity = { app, openid: `oPerson${n}`, unionid: undefined, scope: "snsapi_login" };
    await resolveIdentity(deps, { ...identity, profile: undefined });
  }
};
await Promise.all(Array.from({ length: 8 }, bindPeople));
isDone = true;
await publishing;
await db.close();
process.stdout.write("done\n");
