import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import { createConnectProxy } from "./connect-proxy.js";
import { createServerIdentity } from "./ephemeral-ca.js";
import { forward } from "./forward.js";
import { LOCAL_ADDRESS } from "./hosts.js";

export interface TlsProxyOptions {
  /** Default 0: any free port. Names in /etc/hosts need 443. */
  port?: number;
  /** Of the proxy. Default 0: any free port. */
  proxyPort?: number;
  /** Where the authority's certificate is written. Default: a new folder under the system's temporary one. */
  caFile?: string;
  /** Unix milliseconds. Default `Date.now`. */
  now?: () => number;
}

/** A simulated WeChat at `https://api.weixin.qq.com` and `https://open.weixin.qq.com`, for clients on this machine. */
export interface TlsProxy {
  /** `https://127.0.0.1:<port>`: all that the two names must lead to. */
  readonly url: string;
  readonly port: number;
  /** `http://127.0.0.1:<port>`: an HTTPS proxy that leads the two names here, and nothing else anywhere. */
  readonly proxyUrl: string;
  /** PEM of the authority that clients must trust; only its certificate, valid for a day. */
  readonly caFile: string;
  /** SHA-256 of the server's public key (SPKI), base64: by it Chromium takes this very certificate. */
  readonly publicKeyHash: string;
  /** Stops listening, cuts open connections, removes the file. */
  close(): Promise<void>;
}

/**
 * Puts HTTPS in front of a simulator that listens.
 *
 * @param simulator what `startSimulator` gave, or the address of one in another process
 * @throws whatever `listen` throws, such as EADDRINUSE or EACCES; whatever writing the file throws
 */
export async function startTlsProxy(
  simulator: { readonly url: string },
  options: TlsProxyOptions = {},
): Promise<TlsProxy> {
  const identity = createServerIdentity((options.now ?? Date.now)());
  const secureContext = createSecureContext({ key: identity.privateKey, cert: identity.certificate });
  const agent = new Agent({ keepAlive: true });
  const open = new Set<Socket>();
  /** What lies under TLS: only there a connection can be cut hard. */
  const under = new WeakMap<object, Socket>();

  const web = createHttpServer((request, response) => {
    const { socket } = request;
    forward(simulator.url, agent, request, response, () => (under.get(socket) ?? socket).resetAndDestroy());
  });

  const accept = (socket: Socket): void => {
    track(open, socket);
    const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ["http/1.1"] });
    under.set(secure, socket);
    // A client that does not trust the certificate says so by an alert; it knows best why.
    secure.on("error", () => socket.destroy());
    web.emit("connection", secure);
  };

  const front = createServer(accept);
  const proxy = createConnectProxy(accept);
  proxy.on("connection", (socket: Socket) => track(open, socket));

  const close = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    agent.destroy();
    await Promise.all([stop(front), stop(proxy)]);
    await file?.remove();
  };
  let file: CaFile | undefined;
  try {
    await listen(front, options.port ?? 0);
    await listen(proxy, options.proxyPort ?? 0);
    file = await writeCaFile(identity.authority, options.caFile);
  } catch (error) {
    await close();
    throw error;
  }
  const { port } = front.address() as AddressInfo;
  return {
    url: `https://${LOCAL_ADDRESS}:${port}`,
    port,
    proxyUrl: `http://${LOCAL_ADDRESS}:${(proxy.address() as AddressInfo).port}`,
    caFile: file.path,
    publicKeyHash: identity.publicKeyHash,
    close,
  };
}

interface CaFile {
  path: string;
  remove(): Promise<void>;
}

async function writeCaFile(pem: string, asked: string | undefined): Promise<CaFile> {
  // A folder with a name that nobody can guess: in a shared temporary folder a fixed one could be somebody's trap.
  const folder = asked === undefined ? await mkdtemp(join(tmpdir(), "wechat-simulator-")) : undefined;
  const path = asked ?? join(folder ?? "", "ca.pem");
  // Never over a file that is there: it goes when the front stops.
  await writeFile(path, pem, { flag: "wx" });
  return { path, remove: () => rm(folder ?? path, { recursive: folder !== undefined, force: true }) };
}

function track(open: Set<Socket>, socket: Socket): void {
  open.add(socket);
  socket.once("close", () => open.delete(socket));
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, LOCAL_ADDRESS);
  await once(server, "listening"); // throws what the server reports as its error
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve()); // an error here says only that it never listened
  });
}
