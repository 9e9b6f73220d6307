import {
  type ClientRequest,
  createServer,
  Agent as HttpAgent,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { type AddressInfo, createServer as createTcpServer, Socket } from "node:net";
import { inspect } from "node:util";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { WeChatOAuthClient } from "../src/index.js";
import { nodeTransport } from "../src/node.js";
import {
  accessToken,
  appId,
  appSecret,
  code,
  failureOf,
  globalToken,
  grantFor,
  openid,
  tokenAnswer,
  tokensOf,
  userInfoAnswer,
} from "./fake-wechat.js";
import { serve } from "./local-server.js";

/** A WeChat on the loopback interface that accepts every request, and the requests it received. */
async function acceptingServer() {
  const requests: IncomingMessage[] = [];
  const { url, server } = await serve((request, response) => {
    requests.push(request);
    response.setHeader("content-type", "text/plain").end(JSON.stringify({ ...tokenAnswer, errcode: 0 }));
  });
  return { url, server, requests };
}

describe("a connection that the server closes after each answer without notice", () => {
  /** Answers the first request of each connection and resets the connection at the second. */
  async function closingServer() {
    const asked: string[] = [];
    const server = createTcpServer((socket) => {
      let isUsed = false;
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        const path = String(bytes).split(/[ ?]/)[1] ?? "";
        asked.push(path);
        if (isUsed) {
          socket.resetAndDestroy();
          return;
        }
        isUsed = true;
        const text = JSON.stringify(path === "/sns/userinfo" ? userInfoAnswer : tokenAnswer);
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { asked, client: new WeChatOAuthClient({ appId, appSecret, apiUrl, transport: nodeTransport() }) };
  }

  it("does not fail a repeatable request: it is sent again on another connection", async () => {
    const { asked, client } = await closingServer();
    const tokens = await tokensOf(client.exchangeCode(await grantFor()));
    expect(await client.getUserInfo(tokens)).toMatchObject({ openid });
    expect(asked).toEqual(["/sns/oauth2/access_token", "/sns/userinfo", "/sns/userinfo"]);
  });

  it.each([
    ["the default agent", undefined],
    ["the given agent", new HttpAgent({ keepAlive: true })],
  ])("causes one retry, not one per kept connection, with %s", async (_which, agent) => {
    const held: ServerResponse[] = [];
    let asked = 0;
    let isBroken = false;
    const { url } = await serve((request, response) => {
      asked++;
      if (isBroken) request.socket.resetAndDestroy();
      else held.push(response);
    });
    const transport = nodeTransport({ agent });
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, transport });
    const ask = () => client.getUserInfo({ accessToken, openid });
    const calls = Array.from({ length: 20 }, ask); // each on a separate connection, which is then kept
    while (held.length < calls.length) await new Promise(setImmediate);
    for (const response of held) response.end(JSON.stringify(userInfoAnswer));
    await Promise.all(calls);
    isBroken = true;
    asked = 0;
    expect(await failureOf(ask())).toMatchObject({ code: "NETWORK" });
    expect(asked).toBe(2);
  });

  it("never causes a second exchange of a code", async () => {
    const { asked, client } = await closingServer();
    await client.exchangeCode(await grantFor());
    const failure = await failureOf(client.exchangeCode(await grantFor()));
    expect(failure).toMatchObject({ name: "NetworkError", code: "NETWORK" });
    expect(asked).toEqual(["/sns/oauth2/access_token", "/sns/oauth2/access_token"]);
  });
});

describe("a connection that the server closes soon after each answer", () => {
  /** In a thread of its own, so that it closes while this one is busy. `closed` counts the connections. */
  async function hastyServer(): Promise<{ url: string; closed: Int32Array<SharedArrayBuffer> }> {
    const closed = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(
      `const { createServer } = require("node:http");
      const { parentPort, workerData } = require("node:worker_threads");
      const { answer, closed } = workerData;
      const server = createServer((request, response) => {
        response.setHeader("content-length", answer.length).end(answer);
        setTimeout(() => request.socket.end(() => Atomics.add(closed, 0, 1)), 1);
      });
      server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
      { eval: true, workerData: { answer: JSON.stringify(tokenAnswer), closed } },
    );
    onTestFinished(() => void worker.terminate());
    const port = await new Promise((resolve) => worker.once("message", resolve));
    return { url: `http://127.0.0.1:${port}`, closed };
  }

  it("does not fail the next exchange, although the program was busy when it was closed", async () => {
    const { url, closed } = await hastyServer();
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, transport: nodeTransport() });
    const grant = await grantFor();
    for (let round = 0; round < 20; round++) {
      await client.exchangeCode(grant);
      while (Atomics.load(closed, 0) <= round); // busy
    }
  });
});

describe("Node's HTTP client", () => {
  it("sends the same request as fetch", async () => {
    const { url, requests } = await acceptingServer();
    const viaFetch = new WeChatOAuthClient({ appId, appSecret, apiUrl: url });
    const viaNode = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, transport: nodeTransport() });
    for (const client of [viaFetch, viaNode]) await client.exchangeCode(await grantFor());
    const [byFetch, byNode] = requests;
    expect(byNode?.url).toBe(byFetch?.url);
    expect(byNode?.method).toBe("GET");
    expect(byNode?.headers).toEqual({
      host: new URL(url).host,
      accept: "*/*",
      "accept-encoding": "identity",
      "user-agent": "wechat-oauth",
      connection: "keep-alive",
    });
  });

  it("sends JSON with its length in bytes", async () => {
    const bodies: string[] = [];
    const { url } = await serve((request, response) => {
      const { "content-type": type, "content-length": length } = request.headers;
      const { method } = request;
      request
        .setEncoding("utf8")
        .on("data", (text: string) => bodies.push(`${method} ${type} ${length} ${text}`));
      request.on("end", () => response.end('{"errcode":0,"user_info_list":[]}'));
    });
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, transport: nodeTransport() });
    await client.listFollowers({ accessToken: globalToken, openids: ["oÄ"] });
    const body = JSON.stringify({ user_list: [{ openid: "oÄ" }] });
    expect(bodies).toEqual([`POST application/json ${Buffer.byteLength(body)} ${body}`]);
  });

  it("reuses its connection for the next call and for other clients with the same transport", async () => {
    const { url, server } = await acceptingServer();
    let connections = 0;
    server.on("connection", () => connections++);
    const transport = nodeTransport();
    for (const secret of [appSecret, appSecret.toUpperCase()]) {
      const client = new WeChatOAuthClient({ appId, appSecret: secret, apiUrl: url, transport });
      for (let call = 0; call < 3; call++) await client.exchangeCode(await grantFor());
    }
    expect(connections).toBe(1);
  });

  it("uses each client's base URL, also with a path", async () => {
    const [here, there] = [await acceptingServer(), await acceptingServer()];
    let connections = 0;
    here.server.on("connection", () => connections++);
    const transport = nodeTransport();
    for (const apiUrl of [`${here.url}/wechat/`, there.url, here.url]) {
      await new WeChatOAuthClient({ appId, appSecret, apiUrl, transport }).exchangeCode(await grantFor());
    }
    expect(here.requests.map(({ url }) => url?.split("?")[0])).toEqual([
      "/wechat/sns/oauth2/access_token",
      "/sns/oauth2/access_token",
    ]);
    expect(there.requests).toHaveLength(1);
    expect(connections).toBe(1);
  });

  it("keeps a connection for 1 s after its use", async () => {
    const { url, server } = await acceptingServer();
    server.keepAliveTimeout = 0; // otherwise the server's own time decides, which Node's agent follows
    const setTimeout = vi.spyOn(Socket.prototype, "setTimeout");
    onTestFinished(() => setTimeout.mockRestore());
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, transport: nodeTransport() });
    await client.exchangeCode(await grantFor());
    expect(setTimeout.mock.calls.map(([ms]) => ms)).toContain(1000);
  });

  it("connects to an IPv6 address", async () => {
    const server = createServer((_, response) => response.end(JSON.stringify(tokenAnswer)));
    await new Promise<void>((resolve) => server.listen(0, "::1", resolve));
    onTestFinished(() => void server.close());
    const apiUrl = `http://[::1]:${(server.address() as AddressInfo).port}`;
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl, transport: nodeTransport() });
    expect(await client.exchangeCode(await grantFor())).toMatchObject({ openid });
  });

  it("uses the given agent", async () => {
    const { url } = await acceptingServer();
    let connections = 0;
    class CountingAgent extends HttpAgent {
      override createConnection(...parameters: Parameters<HttpAgent["createConnection"]>) {
        connections++;
        return super.createConnection(...parameters);
      }
    }
    const transport = nodeTransport({ agent: new CountingAgent() });
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, transport });
    await client.exchangeCode(await grantFor());
    expect(connections).toBe(1);
  });

  it("fails without showing a secret if the agent is for another protocol", async () => {
    const { url } = await acceptingServer();
    const transport = nodeTransport({ agent: new HttpsAgent() });
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, transport });
    const failure = await failureOf(client.exchangeCode(await grantFor()));
    expect(failure).toMatchObject({ code: "NETWORK", cause: { code: "ERR_INVALID_PROTOCOL" } });
    expect(inspect(failure)).not.toMatch(new RegExp(`${appSecret}|${code}`));
  });

  it("asks the server for an uncompressed answer, because it cannot decompress", async () => {
    const { url, requests } = await acceptingServer();
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, transport: nodeTransport() });
    await client.exchangeCode(await grantFor());
    expect(requests[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("passes headers by name to an agent, which may rewrite the request", async () => {
    const { url, requests } = await acceptingServer();
    let host: unknown;
    class ProxyAgent extends HttpAgent {
      // As proxy agents do; the type declares only this part.
      addRequest(request: ClientRequest, ...rest: unknown[]) {
        host = request.getHeader("host");
        const { addRequest } = HttpAgent.prototype as unknown as {
          addRequest(...parameters: unknown[]): void;
        };
        addRequest.call(this, request, ...rest);
      }
    }
    const transport = nodeTransport({ agent: new ProxyAgent() });
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, transport });
    await client.listFollowers({ accessToken: globalToken, openids: [openid] }).catch(() => {});
    expect(host).toBe(new URL(url).host);
    expect(requests[0]?.headers).toMatchObject({ host, "content-type": "application/json" });
  });

  it("cannot be combined with a custom fetch", () => {
    const both = { appId, appSecret, fetch, transport: nodeTransport() };
    expect(() => new WeChatOAuthClient(both)).toThrow("fetch and transport cannot be combined");
  });
});
