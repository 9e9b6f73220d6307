import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { freePort } from "./support/free-port.js";
import { createHost } from "./support/hosts.js";
import { type ApiProcess, getStatus, killAll, spawnApi, waitUntil } from "./support/process.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

/** A process that was frozen for longer than its lease is, for the others, one whose clock is behind by more than the lease. */
const leaseSeconds = 10;

let database: TestDatabase;
let simulator: Simulator;
let others: System[];
beforeEach(async () => {
  [database, simulator] = [await testDatabase(), await startSimulator()];
  others = [];
  for (let n = 0; n < 2; n++) {
    const at = new Date(Date.now() + (leaseSeconds + 1) * 1000);
    others.push(await startSystem({ db: await database.open(), simulator, at }));
  }
});
afterEach(async () => {
  await killAll();
  for (const other of others) await other.close().then(() => other.db.close());
  await simulator.close();
  await database.remove();
});

const tokens = () => simulator.tokens().filter(({ kind }) => kind === "global_token");

/** Not amid a commit: a process that is frozen with the lock of SQLite keeps every other one from writing. */
async function freeze({ child }: ApiProcess): Promise<void> {
  await waitUntil(async () => {
    child.kill("SIGSTOP");
    if (inject("engine") === "postgres") return true;
    const unlock = await database.lock().catch(() => undefined);
    if (!unlock) child.kill("SIGCONT");
    await unlock?.();
    return unlock !== undefined;
  }, "it holds no lock");
}

describe("a process that is frozen while it fetches the global token", () => {
  it("is overtaken by two others, which fetch once, and when it wakes up it stores nothing and hands out the newer token [T95]", async () => {
    const [other] = others;
    if (!other) throw new Error("two others are started");
    const appId = other.officialAccount.appId;
    const { key } = await createHost(other, { scopes: ["tokens"] });
    const stored = async () => (await rowsOf(other.db, "appTokens"))[0];
    const lost = async () => (await rowsOf(other.db, "appTokenFetches")).map(({ errcode }) => errcode);

    simulator.fail("stable_token", { kind: "delay", ms: 500 }, 1);
    const port = await freePort();
    const frozen = spawnApi("main", {
      ...database.env,
      ...{ PORT: String(port), LOG_LEVEL: "warn" },
      ...{ WECHAT_OPEN_URL: simulator.url, WECHAT_API_URL: simulator.url },
    });
    await waitUntil(() => simulator.calls("stable_token") === 1, "it asks WeChat, and holds the lease");
    await freeze(frozen);
    await waitUntil(() => tokens().length === 1, "WeChat has answered it");
    const leased = await stored();
    expect(leased).toMatchObject({ version: 1, generation: 0, token: null });
    simulator.endToken(tokens()[0]?.value ?? "");

    const asks = [...others, ...others, ...others].map(({ app }) => app.deps.appToken(appId).get());
    const fetched = await Promise.all(asks);
    expect(simulator.calls("stable_token")).toBe(2);
    const newest = tokens().find(({ state }) => state === "alive")?.value;
    expect(fetched.map(({ value, generation }) => [value, generation])).toEqual(asks.map(() => [newest, 1]));
    const row = await stored();
    expect(row).toMatchObject({ version: 3, generation: 1, leaseUntil: null });

    frozen.child.kill("SIGCONT");
    await waitUntil(async () => (await lost()).includes("LOST_LEASE"), "its answer comes too late");
    expect(await stored()).toEqual(row);
    await waitUntil(async () => (await getStatus(port, "/readyz")) === 200, "it is ready");
    const answer = await fetch(`http://localhost:${port}/api/v1/apps/oa/token`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(await answer.json()).toMatchObject({ token: newest, generation: 1 });
    expect(await stored()).toEqual(row);
    expect(simulator.calls("stable_token")).toBe(2);
  }, 60_000);
});
