import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deleteExpired } from "../src/domain/jobs/delete-expired.js";
import { refreshAppToken } from "../src/domain/tokens/app-tokens.js";
import { Browser, profileButton } from "./support/browser.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { freePort } from "./support/free-port.js";
import { type LoadBalancer, startLoadBalancer } from "./support/load-balancer.js";
import { makeOperator } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { profileCallback, repeatCallback, userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

// Two instances on one database, behind a load balancer. Each has its own connections, caches and limits, as two
// processes have; processes.postgres.test.ts tests real processes.

let database: TestDatabase;
let simulator: Simulator;
let balancer: LoadBalancer;
let instances: [System, System];
/** The instance that answers the next request: in turn, unless a test chooses one. */
let next: () => System;

async function start(env: Record<string, string> = {}): Promise<void> {
  database = await testDatabase();
  simulator = await startSimulator();
  balancer = await startLoadBalancer(() => next().port);
  const instance = async () =>
    startSystem({
      db: await database.open(),
      simulator,
      port: await freePort(),
      env: { PUBLIC_URL: address(), ...env },
    });
  instances = [await instance(), await instance()];
  simulator.settings({ callbackHosts: [`localhost:${balancer.port}`] });
  let turn = 0;
  next = () => instances[turn++ % 2] as System;
}

async function stop(): Promise<void> {
  for (const instance of instances) await instance.close().then(() => instance.db.close());
  await balancer.close();
  await simulator.close();
  await database.remove();
}

const address = () => `http://localhost:${balancer.port}`;
const browser = (person = "alice") => new Browser(address(), { person });
const by = (instance: 0 | 1) => {
  next = () => instances[instance];
};

describe("two instances on one database", () => {
  beforeEach(() => start());
  afterEach(stop);

  it("finish each other's sign-ins, from every step [T96]", async () => {
    const person = browser();
    by(0);
    const silent = await person.callbackUrl("/login/wechat?return_to=/orders");
    by(1);
    const asked = await person.follow(silent);
    by(0);
    const consented = await person.callbackUrl(profileButton(asked.html) ?? "");
    by(1);
    expect((await person.visit(consented)).location?.pathname).toBe("/orders");
    by(0);
    expect(await userOf(person)).toBeDefined();
  });

  it("exchange a callback that reaches both many times at once only once, with one session [T6, T96]", async () => {
    const person = browser();
    const callback = await profileCallback(person);
    const exchanges = simulator.calls("access_token");
    const visits = await repeatCallback(person, callback, 20);
    expect(new Set(visits.map((visit) => visit.status))).toEqual(new Set([303]));
    expect(simulator.calls("access_token")).toBe(exchanges + 1);
    expect(await rowsOf(instances[0].db, "users")).toHaveLength(1);
    expect(await rowsOf(instances[0].db, "sessions")).toHaveLength(1);
    expect(Math.min(...balancer.served.values())).toBeGreaterThanOrEqual(10);
  });

  it("share a sign-out, from the next request on [T23, T96]", async () => {
    const person = browser();
    await person.signIn();
    const copied = person.copy();
    by(1);
    expect(await userOf(copied)).toBeDefined();
    by(0);
    await person.mutate("session.signOut");
    by(1);
    expect(await userOf(copied)).toBeUndefined();
  });

  it("share a sign-out everywhere, which ends sessions that began at the other [T24, T96]", async () => {
    const phone = browser();
    by(0);
    await phone.signIn();
    const laptop = browser();
    by(1);
    await laptop.signIn();
    by(0);
    expect(await userOf(phone)).toBe(await userOf(laptop));
    by(1);
    await laptop.mutate("session.signOutEverywhere");
    by(0);
    expect(await userOf(phone)).toBeUndefined();
  });

  it("share a demotion or disabling of an operator, from the next request on [T47, T96]", async () => {
    const [here] = instances;
    by(0);
    const console = await makeOperator({ url: address(), app: here.app }, "operator");
    by(1);
    const refresh = () =>
      console.mutate("tokens.refreshApp", { appId: here.officialAccount.appId, reason: "a try" });
    expect((await refresh()).status).toBe(200);

    const change = (to: { role: "viewer" } | { status: "disabled" }) =>
      here.db.consoleQuery((orm, { operators }) =>
        orm.update(operators).set(to).where(eq(operators.username, "otto")).returning({ id: operators.id }),
      );
    await change({ role: "viewer" });
    expect((await refresh()).status).toBe(403);
    await change({ status: "disabled" });
    expect((await refresh()).status).toBe(401);
  });

  it("fetch one token between them [T95]", async () => {
    const [here, there] = instances;
    const app = here.settings.apps.find(({ appId }) => appId === here.officialAccount.appId);
    if (!app) throw new Error("the official account is configured");
    simulator.fail("stable_token", { kind: "delay", ms: 100 }, 1);
    await Promise.all(
      [here, there, here, there].map(({ app: { deps } }) =>
        refreshAppToken(deps, { appId: app.appId, kind: "access_token" }, "test"),
      ),
    );
    expect(simulator.calls("stable_token")).toBe(1);
    expect(await rowsOf(there.db, "appTokens")).toMatchObject([{ generation: 1, leaseUntil: null }]);
  });

  it("delete expired rows at the same time without conflicts, and keep live ones [T96]", async () => {
    const people = await Promise.all(
      Array.from({ length: 6 }, async (_, n) => {
        const person = browser(`crowd-${n}`);
        await person.signIn();
        await browser(`crowd-${n}`).callbackUrl(); // a sign-in that is never finished
        return person;
      }),
    );
    for (const instance of instances) instance.advance(700);
    await Promise.all(instances.flatMap(({ app: { deps } }) => [deleteExpired(deps), deleteExpired(deps)]));
    const outcomes = (await rowsOf(instances[0].db, "signIns")).map((signIn) => signIn.outcome).sort();
    expect(outcomes).toEqual([...Array(6).fill("abandoned"), ...Array(6).fill("signed_in")]);
    for (const person of people) expect(await userOf(person)).toBeDefined();
  });
});

describe("the rate limits of two instances", () => {
  beforeEach(() => start({ RATE_LIMIT: "20", TRUST_PROXY: "1" }));
  afterEach(stop);

  const startFrom = async (address: string) =>
    (await browser().visit("/login/wechat", { headers: { "x-forwarded-for": address } })).status;

  it("are shared within a second: a source that one has refused is soon refused by the other [T96, T100]", async () => {
    by(0);
    const statuses = await Promise.all(Array.from({ length: 25 }, () => startFrom("203.0.113.7")));
    expect(statuses.filter((status) => status === 302)).toHaveLength(20);
    for (const instance of instances) instance.advance(1);
    expect(await startFrom("203.0.113.7")).toBe(429);
    by(1);
    let admitted = 0;
    while ((await startFrom("203.0.113.7")) === 302) admitted++;
    expect(admitted).toBeLessThan(10);
    expect(await startFrom("203.0.113.8"), "another source").toBe(302);
    for (const instance of instances) instance.advance(60);
    for (const instance of [0, 1] as const) {
      by(instance);
      expect(await startFrom("203.0.113.7")).toBe(302);
    }
  });

  it("count an IPv6 /64 network as one source [T97]", async () => {
    by(0);
    for (let n = 0; n < 20; n++) expect(await startFrom(`2001:db8:1:2::${n + 1}`)).toBe(302);
    expect(await startFrom("2001:db8:1:2:ffff::1")).toBe(429);
    expect(await startFrom("2001:db8:1:3::1")).toBe(302);
  });
});
