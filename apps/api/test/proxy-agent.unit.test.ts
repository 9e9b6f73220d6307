import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { NetworkError, WeChatOAuthClient } from "@wechat-login/oauth";
import { nodeTransport } from "@wechat-login/oauth/node";
import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { startTlsProxy, type TlsProxy } from "@wechat-login/simulator/tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ProxyAgent } from "../src/domain/proxy-agent.js";

let simulator: Simulator;
let wechat: TlsProxy;
beforeAll(async () => {
  simulator = await startSimulator();
  wechat = await startTlsProxy(simulator);
});
afterAll(async () => {
  await wechat.close();
  await simulator.close();
});

/** What the proxy was asked, one line for each connection: target and credentials. */
let asked: string[];
let proxy: Server;
let answer: (socket: Socket) => void;
const open = new Set<Socket>();
beforeEach(async () => {
  asked = [];
  answer = (socket) => {
    const tunnel = connect(wechat.port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\nvia: a test\r\n\r\n");
      socket.pipe(tunnel).pipe(socket);
    });
    tunnel.on("error", () => socket.destroy());
    socket.on("error", () => tunnel.destroy());
  };
  proxy = createServer().on("connect", (request, stream) => {
    asked.push(`${request.url} ${request.headers["proxy-authorization"] ?? "-"}`);
    answer(stream as Socket);
  });
  proxy.on("connection", (socket) => open.add(socket));
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
});
afterEach(() => {
  for (const socket of open) socket.destroy();
  proxy.close();
});

const port = () => (proxy.address() as AddressInfo).port;

/** Asks WeChat for a token through the proxy; an agent without the simulator's CA trusts only real servers. */
function getToken(credentials = "", { trusts = true, proxyPort = port() } = {}) {
  const app = simulator.apps.find(({ kind }) => kind === "official_account");
  const agent = new ProxyAgent(new URL(`http://${credentials}127.0.0.1:${proxyPort}`), {
    connectTimeoutMs: 300,
    ...(trusts ? { ca: readFileSync(wechat.caFile) } : {}),
  });
  const client = new WeChatOAuthClient({
    appId: app?.appId ?? "",
    appSecret: app?.appSecret ?? "",
    transport: nodeTransport({ agent }),
  });
  return { get: () => client.getStableAccessToken(), agent };
}
const failureOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof NetworkError)) throw new Error("there is no NetworkError", { cause: error });
  const { name, message } = error.cause as Error;
  return `${error.code} ${name}: ${message}`;
};

describe("a call to WeChat through the proxy", () => {
  it.each([
    ["", "-"],
    ["us%40er:p%3Aw%2Fd@", `Basic ${Buffer.from("us@er:p:w/d").toString("base64")}`],
    [":token@", `Basic ${Buffer.from(":token").toString("base64")}`],
  ])(
    "is made over TLS with WeChat itself, on one kept connection (credentials %j) [T70]",
    async (credentials, sent) => {
      const { get, agent } = getToken(credentials);
      const { accessToken } = await get();
      expect(await get()).toMatchObject({ accessToken });
      expect(asked).toEqual([`api.weixin.qq.com:443 ${sent}`]);
      agent.destroy();
    },
  );

  it("is not sent to a server that cannot prove to be WeChat [T70]", async () => {
    const before = simulator.requests().length;
    expect(await failureOf(getToken("", { trusts: false }).get())).toMatch(/^NETWORK Error: .*certificate/);
    expect(simulator.requests()).toHaveLength(before);
  });

  it.each([
    ["403 Forbidden", "refused the connection: HTTP 403"],
    [
      "407 Proxy Authentication Required",
      "refused the connection: HTTP 407, wrong or no user name and password",
    ],
    ["201 Created", "refused the connection: HTTP 201"],
    ["200 OK", "answered with more than a connection"],
  ])(
    "takes no answer of the proxy (%s) for one of WeChat's, and names the proxy [T70, T72]",
    async (status, problem) => {
      const body = JSON.stringify({ access_token: "forged", expires_in: 7200 });
      answer = (socket) => socket.end(`HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      expect(await failureOf(getToken("user:hunter2@").get())).toBe(
        `NETWORK ProxyError: the proxy of HTTPS_PROXY ${problem}`,
      );
    },
  );

  it("fails with the proxy's name if it hangs, hangs up, speaks no HTTP or is not there", async () => {
    const failures: string[] = [];
    for (const fault of [
      () => {},
      (socket: Socket) => socket.destroy(),
      (socket: Socket) => socket.end("SSH-2.0\r\n\r\n"),
    ]) {
      answer = fault;
      failures.push(await failureOf(getToken().get()));
    }
    failures.push(await failureOf(getToken("", { proxyPort: 9 }).get()));
    const problems = ["did not answer within 300 ms", "cannot be used: ECONNRESET"];
    problems.push("cannot be used: HPE_INVALID_CONSTANT", "cannot be used: ECONNREFUSED");
    expect(failures).toEqual(
      problems.map((problem) => `NETWORK ProxyError: the proxy of HTTPS_PROXY ${problem}`),
    );
    const refused = getToken("", { proxyPort: 9 }).get();
    await expect(refused).rejects.toMatchObject({ cause: { cause: { code: "ECONNREFUSED" } } });
  });
});
