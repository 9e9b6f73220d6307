import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimAuthorizationRequest } from "../src/db/sign-ins.js";
import { hashSecret } from "../src/domain/key-ring.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { freePort } from "./support/free-port.js";
import { profileCallback, userOf } from "./support/sign-ins.js";
import { type System, secretKey, startSystem } from "./support/system.js";

let database: TestDatabase;
let simulator: Simulator;
let port: number;
let system: System;

async function start(env: Record<string, string> = {}): Promise<void> {
  system = await startSystem({ db: await database.open(), simulator, port, env });
}

async function stop(): Promise<void> {
  await system.close();
  await system.db.close();
}

/** Closes the system and starts a new one on the same database; nothing in memory is kept. */
async function restart(env?: Record<string, string>): Promise<void> {
  await stop();
  await start(env);
}

beforeEach(async () => {
  database = await testDatabase();
  simulator = await startSimulator();
  port = await freePort();
  await start();
});
afterEach(async () => {
  await stop();
  await simulator.close();
  await database.remove();
});

describe("a sign-in that a restart interrupts", () => {
  it("finishes afterwards, from every step it had reached [T88]", async () => {
    const atWeChat = system.browser({ person: "alice" });
    const silent = await atWeChat.callbackUrl("/login/wechat?return_to=/orders");
    const atConsent = system.browser({ person: "emoji" });
    const consented = await profileCallback(atConsent, "/login/wechat?return_to=/orders");
    await restart();

    const visit = await atConsent.visit(consented);
    expect(visit.location?.pathname).toBe("/orders");
    expect(await userOf(atConsent)).toBeDefined();

    await atWeChat.visit(silent);
    const end = await atWeChat.signIn((await atWeChat.visit(silent)).location?.href);
    expect(end.url.pathname).toBe("/orders");
    expect(await userOf(atWeChat)).toBeDefined();
  });

  it("keeps its session if it had finished: its repeated callback gets the same one [T2, T30]", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await profileCallback(browser);
    await browser.visit(callback);
    const session = browser.session;
    const exchanges = simulator.calls("access_token");
    await restart();

    const visit = await browser.visit(callback);
    expect(visit.status).toBe(303);
    expect(browser.session).toBe(session);
    expect(await userOf(browser)).toBeDefined();
    expect(simulator.calls("access_token")).toBe(exchanges);
  });

  it("has a state whose lifetime counts from before the restart [T3]", async () => {
    await restart({ STATE_TTL_SECONDS: "60" });
    const browser = system.browser();
    const callback = await browser.callbackUrl();
    const inTime = system.browser();
    const inTimeCallback = await inTime.callbackUrl();
    // A longer setting does not extend a state that was issued earlier.
    await restart({ STATE_TTL_SECONDS: "600" });

    system.advance(50);
    expect((await inTime.visit(inTimeCallback)).status).toBe(303);
    const exchanges = simulator.calls("access_token");
    system.advance(11);
    const late = await browser.visit(callback);
    expect(late.status).toBe(410);
    expect(browser.session).toBeUndefined();
    expect(simulator.calls("access_token")).toBe(exchanges);
  });

  it("is restarted if the process died while it answered the callback [T2]", async () => {
    await system.browser({ person: "alice" }).signIn();
    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl("/login/wechat?return_to=/orders");
    const claimed = await system.db.run(claimAuthorizationRequest, {
      stateHash: hashSecret(callback.searchParams.get("state") ?? ""),
      browserHash: hashSecret(browser.cookies.get("wl_browser") ?? ""),
      now: new Date(),
    });
    expect(claimed).toHaveLength(1);
    const exchanges = simulator.calls("access_token");
    await restart();
    system.advance(10);

    const visit = await browser.visit(callback);
    expect(visit.status).toBe(302);
    expect(visit.location?.origin).toBe(simulator.url);
    expect(simulator.calls("access_token")).toBe(exchanges);
    const end = await browser.follow(visit.location ?? "");
    expect(end.url.pathname).toBe("/orders");
    expect(await userOf(browser)).toBeDefined();
  });
});

describe("a restart with a new key in front of the old one", () => {
  const newKey = "n3w-k3y-for-tests-Hq8Ty1Uz6Ox5Wc2Ra4";

  it("keeps everyone signed in, and sign-ins started under the old key finish [T67]", async () => {
    const signedIn = system.browser({ person: "alice" });
    const old = await profileCallback(signedIn);
    await signedIn.visit(old);
    const session = signedIn.session;
    const begun = system.browser({ person: "emoji" });
    const callback = await profileCallback(begun);
    await restart({ SECRET_KEYS: `${newKey},${secretKey}` });

    expect(await userOf(signedIn)).toBeDefined();
    // A callback whose answer was lost is repeated without the cookie, and gets the same one.
    signedIn.cookies.delete("wl_session");
    expect((await signedIn.visit(old)).status).toBe(303);
    expect(signedIn.session).toBe(session);
    await begun.visit(callback);
    expect(await userOf(begun)).toBeDefined();
  });
});
