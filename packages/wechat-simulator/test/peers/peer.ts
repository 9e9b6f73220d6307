import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { AppOptions, Simulator } from "../../src/index.js";
import { startSimulator } from "../../src/index.js";
import { startTlsProxy, type TlsProxy } from "../../src/tls/start-tls-proxy.js";
import { open, WECHAT_UA } from "../phone.js";

/** What a library threw, as far as it travels between processes. */
export interface PeerError {
  name: string;
  message: string;
  code?: number | string;
}

/** A library of somebody else in a process of its own, as it is. */
export interface Peer {
  /** Calls one of the functions of its file in clients/. @throws {PeerError} what the library threw */
  call(name: string, ...args: unknown[]): Promise<unknown>;
  stop(): void;
}

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

/** WeChat as the libraries meet it: over HTTPS, by its real names. */
export interface RealNames {
  simulator: Simulator;
  /** Starts a library; it ends with this WeChat. */
  startPeer(client: string, app: AppOptions, env?: Record<string, string>): Promise<Peer>;
  close(): Promise<void>;
}

export async function startRealNames(): Promise<RealNames> {
  const simulator = await startSimulator();
  const front = await startTlsProxy(simulator);
  const peers: Peer[] = [];
  return {
    simulator,
    async startPeer(client, app, env = {}) {
      const peer = await forkPeer(client, app, front, env);
      peers.push(peer);
      return peer;
    },
    async close() {
      for (const peer of peers) peer.stop();
      await front.close();
      await simulator.close();
    },
  };
}

async function forkPeer(
  client: string,
  { appId, appSecret }: AppOptions,
  front: TlsProxy,
  env: Record<string, string>,
): Promise<Peer> {
  const file = fileURLToPath(new URL(`./clients/${client}.mjs`, import.meta.url));
  const child = fork(file, {
    cwd: PACKAGE,
    execArgv: ["--import", "tsx", "--import", "./src/tls/node-preload.ts"],
    env: {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: front.caFile,
      WECHAT_SIMULATOR_TLS_PORT: String(front.port),
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

/** Opens a link of WeChat's on the person's phone (or by the QR code they scan); the person allows. */
export function openLink(simulator: Simulator, link: string, person = "alice"): Promise<Response> {
  const { host, pathname, search } = new URL(link);
  if (host !== "open.weixin.qq.com") throw new Error(`${host} is not where people are sent`);
  // The query as the library wrote it: its order counts.
  return open(`${simulator.url}${pathname}${search}`, {
    "user-agent": WECHAT_UA,
    "x-simulator-person": person,
    "x-simulator-decision": "allow",
  });
}
