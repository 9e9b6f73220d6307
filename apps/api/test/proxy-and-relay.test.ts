import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { startTlsProxy, type TlsProxy } from "@wechat-login/simulator/tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { freePort } from "./support/free-port.js";
import { killAll, spawnApi, waitUntilReady } from "./support/process.js";
import { send } from "./support/raw-http.js";
import { rowsOf } from "./support/rows.js";

// A process in production, whose WeChat is the real address: only the network leads it to the simulator.

const publicUrl = "https://login.example.com";
const app = { appId: "wx1234567890abcdef", appSecret: "0f1e2d3c4b5a69788796a5b4c3d2e1f0" };
const [user, password] = ["gateway", "hunter2-hunter2"];

let database: TestDatabase;
let dataDir: string;
let simulator: Simulator;
let wechat: TlsProxy;
let proxy: Server;
/** The status with which the proxy answers. */
let proxyStatus: number;
let proxied: string[];
const open = new Set<Socket>();

beforeAll(async () => {
  simulator = await startSimulator({
    apps: [{ ...app, kind: "official_account", name: "Shop", callbackHosts: ["login.example.com"] }],
  });
  wechat = await startTlsProxy(simulator);
  dataDir = await mkdtemp(join(tmpdir(), "wechat-login-proxy-"));
  proxy = createServer().on("connect", (request, stream: Socket) => {
    const isKnown =
      request.headers["proxy-authorization"] ===
      `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    proxied.push(request.url ?? "");
    if (!isKnown || proxyStatus !== 200) {
      stream.end(`HTTP/1.1 ${isKnown ? proxyStatus : 407} Refused\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const tunnel = connect(wechat.port, "127.0.0.1", () => {
      stream.write("HTTP/1.1 200 OK\r\n\r\n");
      stream.pipe(tunnel).pipe(stream);
    });
    for (const side of [tunnel, stream]) side.on("error", () => side.destroy());
  });
  proxy.on("connection", (socket) => open.add(socket));
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
});
beforeEach(async () => {
  [proxyStatus, proxied] = [200, []];
  database = await testDatabase();
});
afterEach(async () => {
  await killAll();
  await database.remove();
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  proxy.close();
  await wechat.close();
  await simulator.close();
  await rm(dataDir, { recursive: true });
});

async function start(env: Record<string, string>) {
  const port = await freePort();
  const api = spawnApi("main", {
    ...{ NODE_ENV: "production", PUBLIC_URL: publicUrl, PORT: String(port), DATA_DIR: dataDir },
    ...{ NODE_EXTRA_CA_CERTS: wechat.caFile, ...database.env },
    WECHAT_APPS: JSON.stringify([
      { ...app, key: "oa", kind: "official_account", profile: "none", name: "Shop" },
    ]),
    ...env,
  });
  await waitUntilReady(api, port);
  return { api, port };
}

/** A sign-in inside WeChat: the real address in the redirect is the simulator's, the public one this process. */
async function signIn(port: number): Promise<{ status: number; signedIn: boolean }> {
  const headers = { "user-agent": "MicroMessenger/8.0.49", accept: "text/html" };
  const leaving = await send({ port }, { path: "/login/wechat", headers });
  const authorize = new URL(String(leaving.headers.location));
  expect(authorize.origin).toBe("https://open.weixin.qq.com");
  const person = { "x-simulator-person": "alice", "x-simulator-decision": "allow", ...headers };
  const back = await fetch(simulator.url + authorize.pathname + authorize.search, {
    headers: person,
    redirect: "manual",
  });
  const callback = new URL(back.headers.get("location") ?? "");
  expect(callback.origin).toBe(publicUrl);
  const cookie = [leaving.headers["set-cookie"]]
    .flat()
    .map((text) => String(text).split(";")[0])
    .join("; ");
  const path = callback.pathname + callback.search;
  const answer = await send({ port }, { path, headers: { ...headers, cookie } });
  return { status: answer.status, signedIn: String(answer.headers["set-cookie"]).includes("wl_session=") };
}

const eventsOf = (stdout: string) =>
  stdout
    .split("\n")
    .filter((line) => /"event":"(proxy|relay|simulator_in_production)"/.test(line))
    .map((line) => JSON.parse(line) as { level: number; event: string; host: string })
    .map(({ level, event, host }) => [level, event, host]);

describe("production", { timeout: 60_000 }, () => {
  it("signs people in through the proxy of HTTPS_PROXY, and says with a refused one that the proxy refused [T70]", async () => {
    const { port: proxyPort } = proxy.address() as AddressInfo;
    const HTTPS_PROXY = `http://${user}:${password}@127.0.0.1:${proxyPort}`;
    const { api, port } = await start({ WECHAT_API_URL: "", HTTPS_PROXY });
    expect(await signIn(port)).toEqual({ status: 303, signedIn: true });
    expect(new Set(proxied)).toEqual(new Set(["api.weixin.qq.com:443"]));
    const db = await database.open();
    // The server fetches its token at the start: cut off in the middle, that call would be a failure too.
    await vi.waitFor(async () =>
      expect(await rowsOf(db, "appTokens")).toMatchObject([{ token: expect.any(String), leaseUntil: null }]),
    );

    proxyStatus = 403;
    for (const socket of open) socket.destroy(); // the next call opens a new connection
    expect(await signIn(port)).toEqual({ status: 424, signedIn: false });
    expect(await rowsOf(db, "apiFailures")).toMatchObject([
      {
        ...{ endpoint: "sns/oauth2/access_token", errcode: "NETWORK" },
        errmsg:
          "sns/oauth2/access_token gave no answer: NETWORK (the proxy of HTTPS_PROXY refused the connection: HTTP 403)",
      },
    ]);
    await db.close();
    expect(eventsOf(api.stdout())).toEqual([[30, "proxy", `127.0.0.1:${proxyPort}`]]);
    expect(api.stdout() + api.stderr()).not.toMatch(/hunter2|gateway|Basic /);
  });

  it("signs people in through a relay that is allowed by name, with a warning at the start [T70, T79]", async () => {
    // The relay's certificate is WeChat's here, so its name is too: the network leads that name to the relay.
    const relay = { WECHAT_API_URL: "https://open.weixin.qq.com", ALLOW_RELAY: "yes" };
    const { port: proxyPort } = proxy.address() as AddressInfo;
    const HTTPS_PROXY = `http://${user}:${password}@127.0.0.1:${proxyPort}`;
    const { api, port } = await start({ ...relay, HTTPS_PROXY });
    expect(await signIn(port)).toEqual({ status: 303, signedIn: true });
    expect(new Set(proxied)).toEqual(new Set(["open.weixin.qq.com:443"]));
    expect(eventsOf(api.stdout())).toEqual([
      [40, "relay", "open.weixin.qq.com"],
      [30, "proxy", `127.0.0.1:${proxyPort}`],
    ]);
  });
});
