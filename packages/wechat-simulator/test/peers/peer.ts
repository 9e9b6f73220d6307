import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import type { AppOptions, Simulator } from "../../src/index.js";
import { startSimulator } from "../../src/index.js";
import { startTlsProxy, type TlsProxy } from "../../src/tls/start-tls-proxy.js";
import { open, WECHAT_UA } from "../phone.js";

/** An error of the library, as sent between processes. */
export interface PeerError {
  name: string;
  message: string;
  code?: number | string;
}

/** An unmodified third-party library in a child process. */
export interface Peer {
  /** Calls a function of its file in clients/. @throws {PeerError} the error of the library */
  call(name: string, ...args: unknown[]): Promise<unknown>;
  stop(): void;
}

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

/** WeChat over HTTPS at its real names, as the libraries call it. */
export interface RealNames {
  simulator: Simulator;
  /** Starts a library, by its name in clients/ or the path of such a file elsewhere; `close` ends it too. */
  startPeer(client: string, app: AppOptions, env?: Record<string, string>): Promise<Peer>;
  close(): Promise<void>;
}

export async function startRealNames(): Promise<RealNames> {
  const simulator = await startSimulator();
  const tlsProxy = await startTlsProxy(simulator);
  const peers: Peer[] = [];
  return {
    simulator,
    async startPeer(client, app, env = {}) {
      const peer = await forkPeer(client, app, tlsProxy, env);
      peers.push(peer);
      return peer;
    },
    async close() {
      for (const peer of peers) peer.stop();
      await tlsProxy.close();
      await simulator.close();
    },
  };
}

async function forkPeer(
  client: string,
  { appId, appSecret }: AppOptions,
  tlsProxy: TlsProxy,
  env: Record<string, string>,
): Promise<Peer> {
  const file = isAbsolute(client)
    ? client
    : fileURLToPath(new URL(`./clients/${client}.mjs`, import.meta.url));
  const child = fork(file, {
    cwd: PACKAGE,
    execArgv: ["--import", "tsx", "--import", "./src/tls/node-preload.ts"],
    env: {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: tlsProxy.caFile,
      WECHAT_SIMULATOR_TLS_PORT: String(tlsProxy.port),
      APP_ID: appId,
      APP_SECRET: appSecret,
      ...env,
    },
  });
  await Promise.race([once(child, "message"), neverComes(child, client)]);
  let calls = 0;
  return {
    call: (name, ...args) => {
      calls += 1;
      return ask(child, { id: calls, name, args });
    },
    stop: () => child.kill("SIGKILL"),
  };
}

async function neverComes(child: ChildProcess, client: string): Promise<never> {
  await once(child, "exit");
  throw new Error(`${client} ended before it was ready`);
}

function ask(child: ChildProcess, call: { id: number; name: string; args: unknown[] }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const hear = (said: { id?: number; value?: unknown; error?: PeerError }) => {
      if (said.id !== call.id) return;
      child.off("message", hear);
      if (said.error) reject(said.error);
      else resolve(said.value);
    };
    child.on("message", hear);
    child.send(call);
  });
}

/** Opens a WeChat link on the person's phone, or its QR page; the person allows. */
export function openLink(simulator: Simulator, link: string, person = "alice"): Promise<Response> {
  const { host, pathname, search } = new URL(link);
  if (host !== "open.weixin.qq.com") throw new Error(`${host} is not where people are sent`);
  // The query as the library wrote it, because its order matters.
  return open(`${simulator.url}${pathname}${search}`, {
    "user-agent": WECHAT_UA,
    "x-simulator-person": person,
    "x-simulator-decision": "allow",
  });
}
