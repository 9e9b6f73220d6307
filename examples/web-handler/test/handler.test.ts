import { demoOfficialAccount, demoWebsite, type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createLoginHandler, type LoginHandler } from "../src/handler.ts";
import { memoryStores } from "../src/memory-stores.ts";
import type { Stores } from "../src/stores.ts";
import { Browser, inWeChat, onDesktop } from "./browser.ts";

const apps = { officialAccount: demoOfficialAccount, website: demoWebsite };

let simulator: Simulator;
let stores: Stores;
let login: LoginHandler;
let now: number;
let errors: unknown[];

beforeAll(async () => {
  simulator = await startSimulator({ callbackHosts: ["localhost:4000"] });
});
afterAll(() => simulator.close());

beforeEach(() => {
  simulator.reset();
  now = 1_700_000_000_000;
  errors = [];
  stores = memoryStores(() => now);
  login = handlerWith(stores);
});

function handlerWith(stores: Stores): LoginHandler {
  const onError = (error: unknown) => void errors.push(error);
  return createLoginHandler({
    publicUrl: "http://localhost:4000",
    wechatUrl: simulator.url,
    onError,
    ...apps,
    ...stores,
  });
}

describe.each([
  ["inside WeChat", inWeChat],
  ["on a desktop", onDesktop],
])("signing in %s", (_, userAgent) => {
  it("creates a person and recognizes the same person next time and in another browser", async () => {
    const alice = new Browser(login, "alice", userAgent);
    expect(await alice.whoAmI()).toBeUndefined();
    const id = await alice.signIn();
    expect(id).toBeDefined();
    expect(await alice.signIn()).toBe(id);
    expect(await new Browser(login, "alice", userAgent).signIn()).toBe(id);
    expect(await new Browser(login, "emoji", userAgent).signIn()).not.toBe(id);
  });

  it("gives a repeated callback the same session", async () => {
    const alice = new Browser(login, "alice", userAgent);
    const callback = await alice.goToWeChat();
    const answers = [await alice.request(callback), await alice.request(callback)];
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(answers.map(sessionCookie)).toEqual(
      Array(2).fill(expect.stringMatching(/^session=[0-9a-f]{64};/)),
    );
    expect(new Set(answers.map(sessionCookie)).size).toBe(1);
    expect(simulator.calls("access_token")).toBe(1);
  });

  it("refuses another browser's callback without an exchange and without spending the state", async () => {
    const alice = new Browser(login, "alice", userAgent);
    const callback = await alice.goToWeChat();
    const thief = new Browser(login, "emoji", userAgent);
    expect((await thief.request(callback)).status).toBe(400);
    await thief.goToWeChat(); // sets another browser secret
    expect((await thief.request(callback)).status).toBe(400);
    expect([await thief.whoAmI(), simulator.calls("access_token")]).toEqual([undefined, 0]);
    await alice.request(callback);
    expect(await alice.whoAmI()).toBeDefined();
    expect((await thief.request(callback)).status).toBe(400);
  });

  it("shows a page after a refusal and lets the person try again", async () => {
    simulator.settings({ refusal: "state_only" });
    const alice = new Browser(login, "alice", userAgent);
    const refused = await alice.request(await alice.goToWeChat("refuse"));
    expect([refused.status, await refused.text()]).toEqual([200, expect.stringContaining("did not sign in")]);
    expect(await alice.whoAmI()).toBeUndefined();
    expect(await alice.signIn()).toBeDefined();
  });

  it("expires after ten minutes", async () => {
    const alice = new Browser(login, "alice", userAgent);
    const callback = await alice.goToWeChat();
    now += 600_000;
    expect((await alice.request(callback)).status).toBe(400);
    expect(simulator.calls("access_token")).toBe(0);
  });

  it("fails without a second exchange when WeChat refuses the first, and reports the reason to onError only", async () => {
    simulator.fail("access_token", { kind: "errcode", errcode: 40029 });
    const alice = new Browser(login, "alice", userAgent);
    const callback = await alice.goToWeChat();
    for (const _attempt of [1, 2]) expect((await alice.request(callback)).status).toBe(502);
    expect(simulator.calls("access_token")).toBe(1);
    expect(errors).toMatchObject([{ name: "WeChatApiError", errcode: 40029 }]);
  });
});

describe("two concurrent callback requests on two servers with one store", () => {
  it("cause one exchange, and the second request reloads and gets the same session", async () => {
    const other = handlerWith(stores);
    let turn = 0;
    const alice = new Browser((request) => (turn++ % 2 === 0 ? login : other)(request), "alice");
    const callback = await alice.goToWeChat();
    const [first, second] = await Promise.all([alice.request(callback), alice.request(callback)]);
    expect([first?.status, second?.status, second?.headers.get("refresh")]).toEqual([303, 200, "1"]);
    const refreshed = await alice.request(callback);
    expect(sessionCookie(refreshed)).toBe(first && sessionCookie(first));
    expect(simulator.calls("access_token")).toBe(1);
  });
});

describe("a person", () => {
  it("is the same inside WeChat and on a desktop because of the unionid", async () => {
    const id = await new Browser(login, "alice", inWeChat).signIn();
    expect(await new Browser(login, "alice", onDesktop).signIn()).toBe(id);
  });

  it("stays unchanged when a unionid appears that belongs to another person", async () => {
    const phone = await new Browser(login, "noavatar", inWeChat).signIn();
    const desktop = await new Browser(login, "noavatar", onDesktop).signIn();
    simulator.updatePerson("noavatar", { unionid: true });
    expect(await new Browser(login, "noavatar", inWeChat).signIn()).toBe(phone);
    expect(await new Browser(login, "noavatar", onDesktop).signIn()).toBe(desktop);
    expect(desktop).not.toBe(phone);
  });

  it("is not created from a snapshot's virtual identity", async () => {
    const visitor = new Browser(login, "snapshot");
    const answer = await visitor.request(await visitor.goToWeChat());
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("使用完整服务")]);
    expect(await visitor.whoAmI()).toBeUndefined();
  });
});

describe("a session", () => {
  it("ends at sign-out, also for the back button, and expires after a week", async () => {
    const alice = new Browser(login, "alice");
    const callback = await alice.goToWeChat();
    await alice.request(callback);
    expect((await alice.request("/login/sign-out", "POST")).status).toBe(303);
    await alice.request(callback);
    expect(await alice.whoAmI()).toBeUndefined();
    await alice.signIn();
    now += 7 * 86_400_000;
    expect(await alice.whoAmI()).toBeUndefined();
  });

  it("uses cookies over https that a subdomain cannot set", async () => {
    const secure = createLoginHandler({ publicUrl: "https://www.example.com", ...apps, ...stores });
    const answer = await secure(new Request("https://www.example.com/login"));
    expect(answer.headers.get("set-cookie")).toMatch(
      /^__Host-browser=[0-9a-f]{32}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
    );
  });
});

function sessionCookie(response: Response): string | undefined {
  return response.headers.getSetCookie().find((header) => header.startsWith("session="));
}
