import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CallReport, type Fetch, NetworkError, WeChatOAuthClient } from "../src/index.js";
import {
  accessToken,
  appId,
  appSecret,
  failureOf,
  globalToken,
  grantFor,
  openid,
  operationsOf,
  userInfoAnswer,
} from "./fake-wechat.js";

const startMs = 1_700_000_000_000;
const busy = { errcode: -1, errmsg: "system error rid: 6326ffdf-41c7c0d8-5a6bb364" };
const busyReport = { outcome: "refused", errcode: -1, rid: "6326ffdf-41c7c0d8-5a6bb364" };

beforeEach(() => {
  vi.useFakeTimers({ now: startMs });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A client whose WeChat takes `ms` for each reply. No reply at all is `undefined`. */
function slowClient(replies: readonly [ms: number, reply: unknown][], options: { timeoutMs?: number } = {}) {
  const reports: CallReport[] = [];
  const signals: AbortSignal[] = [];
  const fetch: Fetch = async (_url, { signal }) => {
    const [ms, reply] = replies[signals.length] ?? [0, undefined];
    signals.push(signal);
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (reply === undefined) return new Promise(() => {});
    if (reply instanceof Error) throw reply;
    return reply instanceof Response ? reply : new Response(JSON.stringify(reply));
  };
  const onCall = (call: CallReport) => reports.push(call);
  const client = new WeChatOAuthClient({ appId, appSecret, fetch, onCall, ...options });
  return { client, reports, signals };
}

describe("the report of a call", () => {
  const userinfo = { appId, endpoint: "sns/userinfo", attempt: 1, startedAtMs: startMs, durationMs: 250 };
  const ask = (client: WeChatOAuthClient) => client.getUserInfo({ accessToken, openid });

  it.each<[string, unknown, Partial<CallReport>]>([
    ["a success", userInfoAnswer, { outcome: "ok" }],
    [
      "a refusal",
      { errcode: 40001, errmsg: "invalid credential, rid: 637ec754-5b28c0ef-058e9cba" },
      { outcome: "refused", errcode: 40001, rid: "637ec754-5b28c0ef-058e9cba" },
    ],
    ["a refusal without a rid", { errcode: 48001, errmsg: "" }, { outcome: "refused", errcode: 48001 }],
    ["a lost connection", new TypeError("fetch failed"), { outcome: "failed", code: "NETWORK" }],
    ["an error of a gateway", new Response("", { status: 502 }), { outcome: "failed", code: "HTTP_STATUS" }],
    ["text that is not JSON", new Response("<html>"), { outcome: "failed", code: "BAD_JSON" }],
    ["another person's answer", { openid: "oAnotherPerson" }, { outcome: "failed", code: "BAD_SHAPE" }],
    ["a long answer", new Response("x".repeat(262_145)), { outcome: "failed", code: "TOO_LARGE" }],
  ])("has its times in ms, its outcome and nothing else: %s", async (_title, reply, outcome) => {
    const { client, reports } = slowClient([[250, reply]]);
    const call = ask(client).catch(() => {});
    await vi.advanceTimersByTimeAsync(250);
    await call;
    expect(reports).toStrictEqual([{ ...userinfo, ...outcome }]);
  });

  it("has the time until a timeout, which also ends the request", async () => {
    const { client, reports, signals } = slowClient([[0, undefined]], { timeoutMs: 700 });
    const failure = failureOf(ask(client));
    await vi.advanceTimersByTimeAsync(699);
    expect([reports.length, signals[0]?.aborted]).toEqual([0, false]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await failure).toMatchObject({ endpoint: "sns/userinfo", attempt: 1, code: "TIMEOUT" });
    expect(await failure).toBeInstanceOf(NetworkError);
    expect(reports).toEqual([{ ...userinfo, durationMs: 700, outcome: "failed", code: "TIMEOUT" }]);
    expect(signals[0]?.aborted).toBe(true);
  });

  it("is one for each attempt, each with its own start and duration, and the error names the second", async () => {
    const { client, reports } = slowClient([
      [300, busy],
      [40, { errcode: 45011, errmsg: "slower" }],
    ]);
    const failure = failureOf(ask(client));
    await vi.advanceTimersByTimeAsync(340);
    expect(await failure).toMatchObject({ errcode: 45011, attempt: 2 });
    expect(reports).toEqual([
      { ...userinfo, durationMs: 300, ...busyReport },
      {
        ...userinfo,
        attempt: 2,
        startedAtMs: startMs + 300,
        durationMs: 40,
        outcome: "refused",
        errcode: 45011,
      },
    ]);
  });
});

describe("the retry of a busy answer", () => {
  const reportsOf = async (busyAfterMs: number) => {
    const { client, reports } = slowClient(
      [
        [busyAfterMs, busy],
        [0, undefined],
      ],
      { timeoutMs: 1000 },
    );
    const failure = failureOf(client.getUserInfo({ accessToken, openid }));
    await vi.advanceTimersByTimeAsync(1000);
    await failure;
    return reports.map(({ attempt, durationMs, code }) => ({ attempt, durationMs, code }));
  };

  it("is sent with 100 ms left, has the rest of the time, and is not sent with less", async () => {
    expect(await reportsOf(900)).toEqual([
      { attempt: 1, durationMs: 900, code: undefined },
      { attempt: 2, durationMs: 100, code: "TIMEOUT" },
    ]);
    expect(await reportsOf(901)).toEqual([{ attempt: 1, durationMs: 901, code: undefined }]);
  });

  const one = { accessToken: globalToken };
  const [action, cgiPath, rid] = ["dns", "/cgi-bin/token", "637ec754-5b28c0ef-058e9cba"] as const;

  it.each<[string, number, (client: WeChatOAuthClient) => Promise<unknown>]>([
    ["exchangeCode", 1, async (client) => client.exchangeCode(await grantFor())],
    ["refreshTokens", 1, (client) => client.refreshTokens("61_refresh")],
    ["getUserInfo", 2, (client) => client.getUserInfo({ accessToken, openid })],
    ["checkAccessToken", 2, (client) => client.checkAccessToken({ accessToken, openid })],
    ["exchangeJsCode", 1, (client) => client.exchangeJsCode("code")],
    ["getStableAccessToken", 2, (client) => client.getStableAccessToken()],
    ["getStableAccessToken, forced", 1, (client) => client.getStableAccessToken({ forceRefresh: true })],
    ["getAccessToken", 1, (client) => client.getAccessToken()],
    ["getJsapiTicket", 2, (client) => client.getJsapiTicket(globalToken)],
    ["getFollower", 2, (client) => client.getFollower({ ...one, openid })],
    ["listFollowers", 2, (client) => client.listFollowers({ ...one, openids: [openid] })],
    ["getRequest", 2, (client) => operationsOf(client).getRequest({ ...one, rid })],
    ["getQuota", 2, (client) => operationsOf(client).getQuota({ ...one, cgiPath })],
    ["clearQuota", 1, (client) => operationsOf(client).clearQuota(globalToken)],
    ["listApiDomainIps", 2, (client) => operationsOf(client).listApiDomainIps(globalToken)],
    ["listCallbackIps", 2, (client) => operationsOf(client).listCallbackIps(globalToken)],
    ["checkCallback", 2, (client) => operationsOf(client).checkCallback({ ...one, action })],
  ])(
    "is made only where a second call changes nothing: %s is sent %i times",
    async (_method, times, call) => {
      const { client, reports } = slowClient([
        [0, busy],
        [0, busy],
        [0, busy],
      ]);
      const failure = failureOf(call(client));
      await vi.advanceTimersByTimeAsync(1);
      expect(await failure).toMatchObject({ errcode: -1, attempt: times });
      expect(reports.map(({ attempt }) => attempt)).toEqual([1, 2].slice(0, times));
    },
  );
});

describe("the limits of a call", () => {
  it.each(["timeoutMs", "maxResponseBytes"])(
    "are whole numbers from 1 to 2147483647, the longest time of a timer: %s",
    (name) => {
      const withLimit = (value: number) => () => new WeChatOAuthClient({ appId, appSecret, [name]: value });
      for (const value of [1, 2 ** 31 - 1]) expect(withLimit(value)).not.toThrow();
      for (const value of [0, 0.5, -1, 2 ** 31, Number.NaN]) expect(withLimit(value)).toThrow(TypeError);
    },
  );
});
