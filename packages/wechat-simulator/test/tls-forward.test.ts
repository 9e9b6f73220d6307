import { once } from "node:events";
import {
  Agent,
  type ClientRequestArgs,
  createServer,
  type IncomingMessage,
  request as openRequest,
  type RequestListener,
  type Server,
} from "node:http";
import { request as openTls } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";
import { createConnectProxy } from "../src/tls/connect-proxy.js";
import { forward } from "../src/tls/forward.js";
import { startTlsProxy } from "../src/tls/start-tls-proxy.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

/** Replaces a machine with IPv6, which is not always available: records the target and connects to the simulator. */
class NotingAgent extends Agent {
  readonly hosts: (string | null | undefined)[] = [];

  override createConnection({ host }: ClientRequestArgs): Duplex {
    this.hosts.push(host);
    const { hostname, port } = new URL(simulator.url);
    return connect(Number(port), hostname);
  }
}

it("the TLS proxy reaches a simulator at an IPv6 address", async () => {
  const agent = new NotingAgent();
  const proxy = createServer((request, response) =>
    forward("http://[::1]:4010", agent, request, response, () => response.destroy()),
  );
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = proxy.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/sns/oauth2/access_token?appid=x`);
    expect(await answer.json()).toMatchObject({ errcode: 41004 });
    expect(agent.hosts).toEqual(["::1"]);
  } finally {
    proxy.close();
    agent.destroy();
  }
});

async function serve(listener: RequestListener): Promise<{ server: Server; port: number; url: string }> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { server, port, url: `http://127.0.0.1:${port}` };
}

it("the TLS proxy passes on everything but the headers of a single connection", async () => {
  const arrived: unknown[] = [];
  const { url } = await serve(async (request, response) => {
    const { connection: _, ...headers } = request.headers;
    arrived.push({ method: request.method, url: request.url, headers, body: await text(request) });
    response.sendDate = false;
    response.writeHead(299, "Odd", [
      ...["Set-Cookie", "a=1", "Set-Cookie", "b=2", "X-Name", "Value", "Content-Length", "3"],
      ...["Connection", "keep-alive", "Keep-Alive", "timeout=7", "Proxy-Connection", "keep-alive"],
    ]);
    response.end("abc");
  });
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const proxy = await serve((request, response) => {
    response.sendDate = false;
    forward(url, agent, request, response, () => response.destroy());
  });
  const headers = {
    host: "open.weixin.qq.com",
    origin: "https://open.weixin.qq.com",
    "x-name": "Value",
    "content-length": "4",
    "proxy-connection": "keep-alive",
    "keep-alive": "timeout=7",
    connection: "close",
  };
  const sent = openRequest({ port: proxy.port, method: "PUT", path: "/a?b=%20c&d", headers });
  sent.end("body");
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  expect(arrived).toEqual([
    {
      method: "PUT",
      url: "/a?b=%20c&d",
      headers: {
        host: "open.weixin.qq.com",
        origin: "http://open.weixin.qq.com", // the simulator's own
        "x-name": "Value",
        "content-length": "4",
      },
      body: "body",
    },
  ]);
  expect({
    status: [answer.statusCode, answer.statusMessage],
    headers: answer.rawHeaders.join(" "),
    body: await text(answer),
  }).toEqual({
    status: [299, "Odd"],
    headers: "Set-Cookie a=1 Set-Cookie b=2 X-Name Value Content-Length 3 Connection close",
    body: "abc",
  });
});

it("a closed TLS proxy leaves no connection to the simulator open", async () => {
  const upstream = await serve((_request, response) => response.end("{}"));
  upstream.server.keepAliveTimeout = 60_000;
  const closed = new Promise((resolve) => {
    upstream.server.on("connection", (socket) => socket.on("close", resolve));
  });
  const tlsProxy = await startTlsProxy({ url: upstream.url });
  const { port } = tlsProxy;
  const sent = openTls({ host: "127.0.0.1", port, rejectUnauthorized: false, agent: false, path: "/" });
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  expect(await text(answer)).toBe("{}");
  await tlsProxy.close();
  await closed;
});

it("a connection that the simulator resets within a body is reset for the client too", async () => {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { "content-length": "10" });
    response.write("12345", () => response.socket?.resetAndDestroy());
  });
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  let resets = 0;
  const proxy = await serve((request, response) =>
    forward(url, agent, request, response, () => {
      resets += 1;
      response.socket?.resetAndDestroy();
    }),
  );
  const sent = openRequest({ port: proxy.port });
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  await expect(text(answer)).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(resets).toBe(1);
});

it("a request whose client has left is ended at the simulator", async () => {
  let left: Promise<unknown> | undefined;
  const { url, server } = await serve((request) => {
    request.on("error", () => undefined); // it is cut
    left = new Promise((resolve) => request.once("close", resolve));
    client.destroy(); // now that the request has arrived
  });
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const proxy = await serve((request, response) => forward(url, agent, request, response, () => undefined));
  const client = openRequest({ port: proxy.port });
  client.on("error", () => undefined);
  client.end();
  await once(server, "request");
  await left;
}, 5000);

it("what a client sends together with CONNECT arrives as the beginning of its connection", async () => {
  const arrived = new Promise((resolve) => {
    const proxy = createConnectProxy((socket) => socket.once("data", (data) => resolve(String(data))));
    proxy.listen(0, "127.0.0.1", () => {
      const client = connect((proxy.address() as AddressInfo).port, "127.0.0.1");
      client.write("CONNECT api.weixin.qq.com:443 HTTP/1.1\r\nhost: api.weixin.qq.com:443\r\n\r\nhello");
      onTestFinished(() => {
        client.destroy();
        proxy.close();
      });
    });
  });
  expect(await arrived).toBe("hello");
}, 5000);

it("a client that cuts its connection to the proxy does not end the process", async () => {
  const sockets: Socket[] = [];
  const proxy = createConnectProxy(() => undefined);
  proxy.on("connection", (socket: Socket) => sockets.push(socket));
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => void proxy.close());
  const client = connect((proxy.address() as AddressInfo).port, "127.0.0.1");
  client.write("CONNECT api.weixin.qq.com:443 HTTP/1.1\r\nhost: api.weixin.qq.com:443\r\n\r\n");
  await once(client, "data");
  client.resetAndDestroy();
  const [socket] = sockets;
  await new Promise((resolve) => socket?.resume().once("close", resolve));
  expect(socket?.errored).toMatchObject({ code: "ECONNRESET" });
}, 5000);
