import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { type CallReport, type Transport, WeChatOAuthClient } from "../src/index.js";
import { nodeTransport } from "../src/node.js";
import {
  accessToken,
  appId,
  appSecret,
  clientAnswering,
  failureOf,
  openid,
  unionid,
  userInfoAnswer,
} from "./fake-wechat.js";
import { serve } from "./local-server.js";

const userInfo = (client: WeChatOAuthClient, signal: AbortSignal) =>
  client.getUserInfo({ accessToken, openid }, { signal });

/** A WeChat that never answers, and how many of its connections have ended. */
async function silentServer() {
  const connections = { open: 0, closed: 0 };
  const { url, server } = await serve(() => {});
  server.on("connection", (socket) => {
    connections.open++;
    socket.on("close", () => connections.closed++);
  });
  return { url, connections };
}

const until = async (isSo: () => boolean) => {
  while (!isSo()) await sleep(5);
};

describe("a call with a signal", () => {
  it("ends when the signal is aborted, closes its connection and is reported", async () => {
    for (const transport of [undefined, nodeTransport()]) {
      const { url, connections } = await silentServer();
      const reports: CallReport[] = [];
      const onCall = (report: CallReport) => reports.push(report);
      const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, transport, onCall });
      const abort = new AbortController();
      const failure = failureOf(userInfo(client, abort.signal));
      await until(() => connections.open === 1);
      const reason = new Error("the browser went away");
      abort.abort(reason);
      expect(await failure).toMatchObject({ name: "NetworkError", code: "ABORTED", cause: reason });
      await until(() => connections.closed === 1);
      expect(reports).toMatchObject([{ endpoint: "sns/userinfo", outcome: "failed", code: "ABORTED" }]);
    }
  });

  it("makes no request if the signal was aborted before", async () => {
    const { client, requests } = clientAnswering([userInfoAnswer]);
    const failure = await failureOf(userInfo(client, AbortSignal.abort("late")));
    expect(failure).toMatchObject({ code: "ABORTED", cause: "late" });
    expect(requests).toEqual([]);
  });

  it.each<[string, (abort: () => void) => unknown]>([
    ["at once", (abort) => abort()],
    ["while it waits", (abort) => setTimeout(abort, 5)],
  ])("ends although the transport ignores the signal, and is not retried: %s", async (_when, plan) => {
    const abort = new AbortController();
    let sent = 0;
    const transport: Transport = async () => {
      sent++;
      plan(() => abort.abort());
      return new Promise(() => {});
    };
    const client = new WeChatOAuthClient({ appId, appSecret, transport });
    expect(await failureOf(userInfo(client, abort.signal))).toMatchObject({ code: "ABORTED" });
    expect(sent).toBe(1);
  });

  it.each<[string, Transport | undefined]>([
    ["fetch", undefined],
    ["Node's HTTP client", nodeTransport()],
  ])("leaves nothing at the signal, which may live as long as its server: %s", async (_which, transport) => {
    const { url } = await serve((_request, response) => response.end(JSON.stringify(userInfoAnswer)));
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, transport });
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");
    await userInfo(client, signal);
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      expect.arrayContaining(added.mock.calls.map(([, listener]) => listener)),
    );
  });

  it("answers as without one while the signal is not aborted", async () => {
    const { signal } = new AbortController();
    const { client } = clientAnswering([userInfoAnswer]);
    expect(await userInfo(client, signal)).toEqual(await client.getUserInfo({ accessToken, openid }));
  });
});

describe("a call with the limits of its client", () => {
  it.each([
    [{}, { timeoutMs: 5000, maxBytes: 262_144 }],
    [
      { timeoutMs: 700, maxResponseBytes: 1000 },
      { timeoutMs: 700, maxBytes: 1000 },
    ],
  ])("has those that were set, or 5 s and 256 KiB: %j", async (options, limits) => {
    const given: unknown[] = [];
    const transport: Transport = async (_request, its) => {
      given.push(its);
      return { httpStatus: 200, text: JSON.stringify(userInfoAnswer) };
    };
    const client = new WeChatOAuthClient({ appId, appSecret, transport, ...options });
    await client.getUserInfo({ accessToken, openid });
    expect(given).toEqual([limits]);
  });
});

describe("a call with onAnswer", () => {
  const whole = { ...userInfoAnswer, unionid, province: "Guangdong", new_field: [1] };

  it("passes WeChat's whole answer on", async () => {
    const { client } = clientAnswering([whole]);
    const answers: unknown[] = [];
    const info = await client.getUserInfo(
      { accessToken, openid },
      { onAnswer: (answer) => answers.push(answer) },
    );
    expect(answers).toEqual([whole]);
    expect(info).not.toHaveProperty("province");
  });

  it.each([
    ["a refusal", { errcode: 40001, errmsg: "invalid credential" }],
    ["another person's answer", { ...whole, openid: "oAnotherPersonAnotherPerson0" }],
    ["an answer that repeats the token", { ...whole, city: accessToken }],
  ])("passes nothing on for %s", async (_, reply) => {
    const { client } = clientAnswering([reply]);
    const answers: unknown[] = [];
    const onAnswer = (answer: object) => void answers.push(answer);
    await failureOf(client.getUserInfo({ accessToken, openid }, { onAnswer }));
    expect(answers).toEqual([]);
  });

  it("rejects with what onAnswer throws, and is then reported once, as failed", async () => {
    const mine = new RangeError("mine");
    const reports: CallReport[] = [];
    const { client } = clientAnswering([whole], { onCall: (report) => reports.push(report) });
    const call = client.getUserInfo(
      { accessToken, openid },
      {
        onAnswer: () => {
          throw mine;
        },
      },
    );
    expect(await failureOf(call)).toBe(mine);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["failed"]);
  });
});
