import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type CallReport, type Fetch, type Transport, WeChatOAuthClient } from "../src/index.js";
import {
  accessToken,
  appId,
  appSecret,
  clientAnswering,
  failureOf,
  grantFor,
  openid,
  refreshToken,
  tokenAnswer,
  userInfoAnswer,
} from "./fake-wechat.js";

const busy = { errcode: -1, errmsg: "system error rid: 6326ffdf-41c7c0d8-5a6bb364" };

afterEach(() => {
  vi.useRealTimers();
});

describe("a busy answer (errcode -1)", () => {
  it("causes one immediate retry of an idempotent request", async () => {
    const repeatable: [(client: WeChatOAuthClient) => Promise<unknown>, unknown][] = [
      [(client) => client.getUserInfo({ accessToken, openid }), userInfoAnswer],
      [(client) => client.checkAccessToken({ accessToken, openid }), { errcode: 0 }],
      [(client) => client.getStableAccessToken(), { access_token: "61_global", expires_in: 7200 }],
    ];
    for (const [call, answer] of repeatable) {
      const { client, requests } = clientAnswering([busy, answer]);
      await call(client);
      expect(requests).toHaveLength(2);
      expect(requests[1]).toEqual(requests[0]);
    }
  });

  it("causes no second retry", async () => {
    const { client, requests } = clientAnswering([busy]);
    await expect(client.getUserInfo({ accessToken, openid })).rejects.toMatchObject({ errcode: -1 });
    expect(requests).toHaveLength(2);
  });

  it.each([
    [
      "an exchange, which may spend the code",
      async (c: WeChatOAuthClient) => c.exchangeCode(await grantFor()),
    ],
    ["a refresh", (c: WeChatOAuthClient) => c.refreshTokens(refreshToken)],
    ["a new global token, which invalidates the previous one", (c: WeChatOAuthClient) => c.getAccessToken()],
    ["a forced global token", (c: WeChatOAuthClient) => c.getStableAccessToken({ forceRefresh: true })],
  ])("causes no retry of %s", async (_, call) => {
    const { client, requests } = clientAnswering([busy]);
    await expect(call(client)).rejects.toMatchObject({ errcode: -1 });
    expect(requests).toHaveLength(1);
  });
});

describe("any other failure", () => {
  it.each([
    ["a refusal", { errcode: 40001, errmsg: "no" }],
    ["no connection", new TypeError("fetch failed")],
    ["no JSON", "<html>"],
  ])("causes no retry: %s", async (_, reply) => {
    const { client, requests } = clientAnswering([reply]);
    await failureOf(client.getUserInfo({ accessToken, openid }));
    expect(requests).toHaveLength(1);
  });
});

describe("the deadline", () => {
  const never: Fetch = () => new Promise(() => {});

  it("holds even if fetch ignores its signal", async () => {
    vi.useFakeTimers();
    const client = new WeChatOAuthClient({ appId, appSecret, fetch: never });
    const failure = failureOf(client.exchangeCode(await grantFor()));
    await vi.advanceTimersByTimeAsync(4999);
    expect(await Promise.race([failure, "still waiting"])).toBe("still waiting");
    await vi.advanceTimersByTimeAsync(1);
    expect(await failure).toMatchObject({ name: "NetworkError", code: "TIMEOUT" });
  });

  it("covers a busy answer and its retry together", async () => {
    vi.useFakeTimers();
    let requests = 0;
    const fetch: Fetch = async () => {
      if (requests++ > 0) return never("", { redirect: "manual", signal: new AbortController().signal });
      await new Promise((resolve) => setTimeout(resolve, 700));
      return new Response(JSON.stringify(busy));
    };
    const client = new WeChatOAuthClient({ appId, appSecret, fetch, timeoutMs: 1000 });
    const failure = failureOf(client.getUserInfo({ accessToken, openid }));
    await vi.advanceTimersByTimeAsync(1000);
    expect(await failure).toMatchObject({ code: "TIMEOUT" });
    expect(requests).toBe(2);
  });

  it("leaves no timer behind", async () => {
    vi.useFakeTimers();
    await clientAnswering([tokenAnswer]).client.exchangeCode(await grantFor());
    await failureOf(clientAnswering(["no"]).client.exchangeCode(await grantFor()));
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a client with a custom transport", () => {
  async function failureOver(transport: Transport) {
    const reports: CallReport[] = [];
    const onCall = (call: CallReport) => reports.push(call);
    const client = new WeChatOAuthClient({ appId, appSecret, transport, onCall });
    return { failure: await failureOf(client.exchangeCode(await grantFor())), reports };
  }

  it("shows no secret if an error of the transport contains the request", async () => {
    const { failure, reports } = await failureOver(async ({ url }) => {
      throw Object.assign(new Error(`GET ${url}`), { request: url });
    });
    expect(failure).toMatchObject({ name: "NetworkError", code: "NETWORK" });
    expect(inspect(failure, { depth: 9 })).not.toContain(appSecret);
    expect(reports).toMatchObject([{ outcome: "failed", code: "NETWORK" }]);
  });

  it("reports a call as failed if the transport returns nothing", async () => {
    const { reports } = await failureOver((async () => undefined) as unknown as Transport);
    expect(reports).toMatchObject([{ outcome: "failed" }]);
  });
});

describe("a report", () => {
  async function reportsOf(replies: unknown[]): Promise<CallReport[]> {
    const reports: CallReport[] = [];
    const { client } = clientAnswering(replies, { onCall: (call) => reports.push(call) });
    await client.getUserInfo({ accessToken, openid }).catch(() => {});
    return reports;
  }

  it("is sent for each request, both the busy one and its retry", async () => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
    const common = { appId, endpoint: "sns/userinfo", startedAtMs: 1_700_000_000_000, durationMs: 0 };
    expect(await reportsOf([busy, userInfoAnswer])).toEqual([
      { ...common, attempt: 1, outcome: "refused", errcode: -1, rid: "6326ffdf-41c7c0d8-5a6bb364" },
      { ...common, attempt: 2, outcome: "ok" },
    ]);
  });

  it.each([
    ["no JSON", "<html>", "BAD_JSON"],
    ["a wrong shape", {}, "BAD_SHAPE"],
    ["a status", new Response("", { status: 502 }), "HTTP_STATUS"],
    ["no connection", new Error("reset"), "NETWORK"],
  ])("has the code of the failure: %s", async (_, reply, code) => {
    expect(await reportsOf([reply])).toMatchObject([{ outcome: "failed", code }]);
  });

  it("fails no call if onCall throws", async () => {
    const rejecting = async () => Promise.reject(new Error("the log is full"));
    const throwing = () => {
      throw new Error("the log is full");
    };
    for (const onCall of [rejecting, throwing]) {
      const { client } = clientAnswering([tokenAnswer], { onCall });
      expect(await client.exchangeCode(await grantFor())).toMatchObject({ openid });
    }
  });
});
