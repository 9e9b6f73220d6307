import { demoOfficialAccount, demoWebsite, type Simulator, startSimulator } from "@wechat-login/simulator";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildApp } from "../src/app.js";
import { Browser, inWeChat, onDesktop } from "./browser.js";

let simulator: Simulator;
let app: FastifyInstance;
let now: number;
let logged: string;

beforeAll(async () => {
  simulator = await startSimulator({ callbackHosts: ["localhost:4000"] });
});
afterAll(() => simulator.close());

beforeEach(() => {
  simulator.reset();
  now = 1_700_000_000_000;
  logged = "";
  app = buildApp({
    publicUrl: "http://localhost:4000",
    officialAccount: demoOfficialAccount,
    website: demoWebsite,
    wechatUrl: simulator.url,
    now: () => now,
    log: {
      write(line) {
        logged += line;
      },
    },
  });
});
afterEach(() => app.close());

describe.each([
  ["inside WeChat", inWeChat],
  ["on a desktop", onDesktop],
])("signing in %s", (_, userAgent) => {
  it("creates a person and recognizes the same person next time and in another browser", async () => {
    const alice = new Browser(app, "alice", userAgent);
    expect(await alice.whoAmI()).toBeUndefined();
    const id = await alice.signIn();
    expect(id).toBeDefined();
    expect(await alice.signIn()).toBe(id);
    expect(await new Browser(app, "alice", userAgent).signIn()).toBe(id);
    expect(await new Browser(app, "emoji", userAgent).signIn()).not.toBe(id);
  });

  it("gives concurrent and later repeated callbacks the session of the first one", async () => {
    const alice = new Browser(app, "alice", userAgent);
    const callback = await alice.goToWeChat();
    const answers = [
      ...(await Promise.all([alice.request(callback), alice.request(callback)])),
      await alice.request(callback),
    ];
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers.location])).toEqual(
      Array(3).fill([303, "/"]),
    );
    expect(new Set(answers.map(({ cookies }) => cookies[0]?.value)).size).toBe(1);
    expect(simulator.calls("access_token")).toBe(1);
    expect(await alice.whoAmI()).toBeDefined();
  });

  it("refuses another browser's callback without an exchange and without spending the state", async () => {
    const alice = new Browser(app, "alice", userAgent);
    const callback = await alice.goToWeChat();
    const thief = new Browser(app, "emoji", userAgent);
    expect((await thief.request(callback)).statusCode).toBe(400);
    await thief.goToWeChat(); // sets another browser secret
    expect((await thief.request(callback)).statusCode).toBe(400);
    expect([await thief.whoAmI(), simulator.calls("access_token")]).toEqual([undefined, 0]);
    await alice.request(callback);
    expect(await alice.whoAmI()).toBeDefined();
  });

  it("shows a page after a refusal and lets the person try again", async () => {
    simulator.settings({ refusal: "state_only" });
    const alice = new Browser(app, "alice", userAgent);
    const refused = await alice.request(await alice.goToWeChat("refuse"));
    expect([refused.statusCode, refused.body]).toEqual([200, expect.stringContaining("You did not sign in")]);
    expect(await alice.whoAmI()).toBeUndefined();
    expect(await alice.signIn()).toBeDefined();
  });

  it("expires after ten minutes", async () => {
    const alice = new Browser(app, "alice", userAgent);
    const callback = await alice.goToWeChat();
    now += 600_000;
    expect((await alice.request(callback)).statusCode).toBe(400);
    expect(simulator.calls("access_token")).toBe(0);
  });

  it("fails without a second exchange of the same code when WeChat refuses the first", async () => {
    simulator.fail("access_token", { kind: "errcode", errcode: 40029 });
    const alice = new Browser(app, "alice", userAgent);
    const callback = await alice.goToWeChat();
    for (const _attempt of [1, 2]) expect((await alice.request(callback)).statusCode).toBe(502);
    expect(simulator.calls("access_token")).toBe(1);
    expect(await alice.signIn()).toBeDefined();
  });
});

describe("a person who signs in with both apps", () => {
  it("is linked by the unionid", async () => {
    const id = await new Browser(app, "alice", inWeChat).signIn();
    expect(await new Browser(app, "alice", onDesktop).signIn()).toBe(id);
  });

  it("counts as two people without a unionid, and both stay unchanged when a unionid appears", async () => {
    const phone = await new Browser(app, "noavatar", inWeChat).signIn();
    const desktop = await new Browser(app, "noavatar", onDesktop).signIn();
    expect(desktop).not.toBe(phone);
    simulator.updatePerson("noavatar", { unionid: true });
    expect(await new Browser(app, "noavatar", inWeChat).signIn()).toBe(phone);
    expect(await new Browser(app, "noavatar", onDesktop).signIn()).toBe(desktop);
  });
});

describe("a snapshot user", () => {
  it("sees what to tap, and no person is created from the virtual identity", async () => {
    const visitor = new Browser(app, "snapshot");
    const answer = await visitor.request(await visitor.goToWeChat());
    expect([answer.statusCode, answer.body]).toEqual([403, expect.stringContaining("使用完整服务")]);
    expect(await visitor.whoAmI()).toBeUndefined();
  });
});

describe("a session", () => {
  it("ends when the person signs out, and expires after a week", async () => {
    const alice = new Browser(app, "alice");
    await alice.signIn();
    const callback = await alice.goToWeChat();
    await alice.request(callback);
    expect((await alice.request("/logout", "POST")).statusCode).toBe(303);
    expect(await alice.whoAmI()).toBeUndefined();
    await alice.request(callback); // the back button: this session has ended
    expect(await alice.whoAmI()).toBeUndefined();
    await alice.signIn();
    now += 7 * 86_400_000;
    expect(await alice.whoAmI()).toBeUndefined();
  });

  it("shows any nickname as plain text", async () => {
    simulator.updatePerson("alice", { nickname: "<script>alert(1)</script>" });
    const alice = new Browser(app, "alice");
    await alice.signIn();
    const { body } = await alice.request("/");
    expect(body).toContain("&#60;script&#62;");
    expect(body).not.toContain("<script>");
  });

  it("uses cookies over https that a subdomain cannot set", async () => {
    const secure = buildApp({
      publicUrl: "https://www.example.com",
      officialAccount: demoOfficialAccount,
      website: demoWebsite,
    });
    const { headers } = await secure.inject("/login");
    await secure.close();
    expect(headers["set-cookie"]).toMatch(/^__Host-browser=[0-9a-f]{32}; .*HttpOnly; Secure; SameSite=Lax$/);
  });
});

describe("the follower check", () => {
  it("uses one global token for all callers and returns the person's current status", async () => {
    const alice = new Browser(app, "alice");
    await alice.signIn();
    simulator.unfollow("alice", demoOfficialAccount.appId);
    const both = await Promise.all([alice.request("/follower"), alice.request("/follower")]);
    expect(both.map((answer) => answer.json())).toEqual([{ follows: false }, { follows: false }]);
    simulator.follow("alice", demoOfficialAccount.appId);
    expect((await alice.request("/follower")).json()).toEqual({ follows: true });
    expect(simulator.calls("stable_token")).toBe(1);
  });

  it("returns unknown for a person who signed in by QR code only", async () => {
    const alice = new Browser(app, "alice", onDesktop);
    await alice.signIn();
    expect((await alice.request("/follower")).json()).toEqual({ follows: "unknown" });
  });

  it("shows the example's own page while WeChat refuses a token", async () => {
    simulator.setIpAllowList(demoOfficialAccount.appId, ["203.0.113.9"]);
    const alice = new Browser(app, "alice");
    await alice.signIn();
    const { statusCode, body } = await alice.request("/follower");
    expect([statusCode, body]).toEqual([502, expect.stringContaining("WeChat did not complete the request")]);
  });
});

describe("the log", () => {
  it("has the request's path and the called endpoint, but no code, secret or cookie", async () => {
    const alice = new Browser(app, "alice");
    const callback = new URL(await alice.goToWeChat());
    const { cookies } = await alice.request(callback.href);
    expect(logged).toContain('"path":"/login/callback"');
    expect(logged).toContain('"endpoint":"sns/oauth2/access_token"');
    const secrets = [callback.searchParams.get("code"), demoOfficialAccount.appSecret, cookies[0]?.value];
    for (const secret of secrets) {
      expect(secret).toMatch(/^\S{20,}$/);
      expect(logged).not.toContain(secret);
    }
  });
});
