import { createHash } from "node:crypto";
import {
  demoMiniProgram,
  demoOfficialAccount,
  type Simulator,
  startSimulator,
} from "@wechat-login/simulator";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asGlobalAccessToken, signJsSdk, type WeChatApiError, WeChatOAuthClient } from "../src/index.js";
import { failureOf, operationsOf } from "./fake-wechat.js";

const { appId, appSecret } = demoOfficialAccount;

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ apps: [demoOfficialAccount, demoMiniProgram] });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const clientOf = (app: { appId: string; appSecret: string } = { appId, appSecret }) =>
  new WeChatOAuthClient({ ...app, apiUrl: simulator.url });

async function account() {
  const client = clientOf();
  const { accessToken } = await client.getStableAccessToken();
  return { client, accessToken };
}

describe("looking up followers", () => {
  it("distinguishes followers from people who do not follow", async () => {
    const { client, accessToken } = await account();
    const { openid } = simulator.person("alice", appId);
    simulator.follow("alice", appId);
    expect(await client.getFollower({ accessToken, openid })).toMatchObject({
      isSubscribed: true,
      openid,
      subscribedAt: expect.any(Date),
      tagIds: expect.any(Array),
    });
    simulator.unfollow("alice", appId);
    expect(await client.getFollower({ accessToken, openid })).toMatchObject({ isSubscribed: false, openid });
  });

  it("lists several people by openid", async () => {
    const { client, accessToken } = await account();
    simulator.follow("alice", appId);
    const [alice, emoji] = ["alice", "emoji"].map((id) => simulator.person(id, appId).openid);
    if (!alice || !emoji) throw new Error("the simulator has neither alice nor emoji");
    simulator.unfollow("emoji", appId);
    const followers = await client.listFollowers({ accessToken, openids: [emoji, alice] });
    expect(followers.get(alice)).toMatchObject({ isSubscribed: true });
    expect(followers.get(emoji)).toMatchObject({ isSubscribed: false });
  });

  it("refuses an openid of another account (40003)", async () => {
    const { client, accessToken } = await account();
    const openid = simulator.person("alice", demoMiniProgram.appId).openid;
    await expect(client.getFollower({ accessToken, openid })).rejects.toMatchObject({ errcode: 40003 });
  });
});

describe("a JS-SDK page", () => {
  it("is signed with the account's ticket, which stays the same until it expires", async () => {
    const { client, accessToken } = await account();
    const { ticket, expiresInSeconds } = await client.getJsapiTicket(accessToken);
    expect(expiresInSeconds).toBeLessThanOrEqual(7200);
    const url = "https://www.example.com/page?a=1";
    const { nonceStr, timestamp, signature } = await signJsSdk({ ticket, url });
    const text = `jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url}`;
    expect(signature).toBe(createHash("sha1").update(text).digest("hex"));
  });

  it("gets no ticket with an invalid or expired token", async () => {
    const { client, accessToken } = await account();
    const badToken = asGlobalAccessToken("61_unknown");
    const { errcode } = (await failureOf(client.getJsapiTicket(badToken))) as WeChatApiError;
    expect([40001, 40014]).toContain(errcode);
    simulator.advance(7201);
    await expect(client.getJsapiTicket(accessToken)).rejects.toMatchObject({ errcode: 42001 });
  });
});

describe("an operator", () => {
  it("can look up a failed call by the rid of its error, without seeing a token", async () => {
    const { client, accessToken } = await account();
    const failure = (await failureOf(
      client.getFollower({ accessToken, openid: "oUnknownUnknownUnknownUnknow" }),
    )) as WeChatApiError;
    const { rid } = failure;
    if (!rid) throw new Error("the refusal has no rid");
    const request = await operationsOf(client).getRequest({ accessToken, rid });
    expect(request.requestUrl).toContain("/cgi-bin/user/info");
    expect(request.requestUrl).not.toContain(accessToken);
    expect(request.responseBody).toContain(String(failure.errcode));
    expect(request.clientIp).toMatch(/127\.0\.0\.1|::1/);
  });

  it("cannot look up the rid of a call with a person's token (76001)", async () => {
    const { client, accessToken } = await account();
    const { rid } = (await failureOf(client.refreshTokens("61_unknown"))) as WeChatApiError;
    await expect(operationsOf(client).getRequest({ accessToken, rid: rid ?? "" })).rejects.toMatchObject({
      errcode: expect.toSatisfy((errcode: number) => [76001, 76022].includes(errcode)),
    });
  });

  it("can read a quota and reset it", async () => {
    const { client, accessToken } = await account();
    const usedUp = () => operationsOf(client).getQuota({ accessToken, cgiPath: "/cgi-bin/user/info" });
    await client.getFollower({ accessToken, openid: simulator.person("alice", appId).openid });
    const before = await usedUp();
    expect(before.used).toBeGreaterThan(0);
    expect(before.remaining).toBe(before.dailyLimit - before.used);
    await operationsOf(client).clearQuota(accessToken);
    expect((await usedUp()).used).toBe(0);
  });

  it("cannot read the quota of a call with a person's token (76022)", async () => {
    const { client, accessToken } = await account();
    await expect(
      operationsOf(client).getQuota({ accessToken, cgiPath: "/sns/userinfo" }),
    ).rejects.toMatchObject({
      errcode: 76022,
    });
  });

  it("is told which address is missing on the allow-list (40164)", async () => {
    simulator.setIpAllowList(appId, ["203.0.113.7"]);
    const failure = await failureOf(clientOf().getStableAccessToken());
    simulator.setIpAllowList(appId, null);
    expect(failure).toMatchObject({ errcode: 40164, callerIp: "127.0.0.1", attempt: 1 });
  });

  it("can list WeChat's addresses", async () => {
    const { client, accessToken } = await account();
    for (const ips of [
      await operationsOf(client).listApiDomainIps(accessToken),
      await operationsOf(client).listCallbackIps(accessToken),
    ]) {
      for (const ip of ips) expect(ip).toMatch(/^\d+\.\d+\.\d+\.\d+(\/\d+)?$/);
    }
  });

  it("can check the callback URL, but only if one is set (40201)", async () => {
    const { client, accessToken } = await account();
    await expect(operationsOf(client).checkCallback({ accessToken, action: "all" })).rejects.toMatchObject({
      errcode: 40201,
    });
    simulator.updateApp(appId, { messageUrl: "https://www.example.com/push" });
    const found = await operationsOf(client).checkCallback({ accessToken, action: "all" });
    simulator.updateApp(appId, { messageUrl: null });
    expect(found.dns.length + found.ping.length).toBeGreaterThan(0);
    for (const { time, packageLoss } of found.ping)
      expect([time, packageLoss]).toEqual([expect.any(String), "0%"]);
  });
});

describe("exchangeJsCode", () => {
  it("returns the ids of a mini program's user, and refuses the js_code the second time", async () => {
    const client = clientOf(demoMiniProgram);
    const jsCode = simulator.createJsCode("alice", demoMiniProgram.appId);
    const { openid, unionid } = simulator.person("alice", demoMiniProgram.appId);
    const session = await client.exchangeJsCode(jsCode);
    expect(session).toMatchObject({ openid, unionid, sessionKey: expect.stringMatching(/./) });
    await expect(client.exchangeJsCode(jsCode)).rejects.toMatchObject({ errcode: 40163 });
  });
});

describe("a call that WeChat refuses as busy", () => {
  it("is retried once, and the retry is reported as attempt 2", async () => {
    const reports: unknown[] = [];
    const { accessToken } = await account();
    const client = new WeChatOAuthClient({
      ...{ appId, appSecret, apiUrl: simulator.url },
      onCall: ({ attempt, outcome }) => reports.push({ attempt, outcome }),
    });
    simulator.fail("getticket", { kind: "errcode", errcode: -1 });
    await client.getJsapiTicket(accessToken);
    expect(reports).toEqual([
      { attempt: 1, outcome: "refused" },
      { attempt: 2, outcome: "ok" },
    ]);
  });
});
