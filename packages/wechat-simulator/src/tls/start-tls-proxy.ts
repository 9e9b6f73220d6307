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
  /** Port of the HTTPS proxy (`CONNECT`). Default 0: any free port. */
  proxyPort?: number;
  /** File for the CA certificate. Default: a file in a new folder inside the system's temporary folder. */
  caFile?: string;
  /** Unix milliseconds. Default `Date.now`. */
  now?: () => number;
}

/** A simulated WeChat at `https://api.weixin.qq.com` and `https://open.weixin.qq.com`, for clients on this machine. */
export interface TlsProxy {
  /** `https://127.0.0.1:<port>`: the target for the two names. */
  readonly url: string;
  readonly port: number;
  /** `http://127.0.0.1:<port>`: an HTTPS proxy that leads the two names here and refuses all others. */
  readonly proxyUrl: string;
  /** The file with the CA certificate (PEM) that clients must trust, valid for a day. */
  readonly caFile: string;
  /** SHA-256 of the server's public key (SPKI), base64: Chromium accepts the certificate by it. */
  readonly publicKeyHash: string;
  /** Stops listening, closes open connections, removes the file. */
  close(): Promise<void>;
}

/**
 * Serves a running simulator over HTTPS.
 *
 * @param simulator the handle of `startSimulator`, or the address of one in another process
 * @throws {Error} from `listen`, such as EADDRINUSE or EACCES, or from writing the file
 */
export async function startTlsProxy(
  simulator: { readonly url: string },
  options: TlsProxyOptions = {},
): Promise<TlsProxy> {
  const identity = createServerIdentity((options.now ?? Date.now)());
  const secureContext = createSecureContext({ key: identity.privateKey, cert: identity.certificate });
  const agent = new Agent({ keepAlive: true });
  const open = new Set<Socket>();
  /** The TCP socket below each TLS socket; only the TCP socket can be reset. */
  const tcpSockets = new WeakMap<object, Socket>();

  const web = createHttpServer((request, response) => {
    const { socket } = request;
    forward(simulator.url, agent, request, response, () =>
      (tcpSockets.get(socket) ?? socket).resetAndDestroy(),
    );
  });

  const accept = (socket: Socket): void => {
    track(open, socket);
    const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ["http/1.1"] });
    tcpSockets.set(secure, socket);
    // A client that does not trust the certificate sends an alert and reports the error itself.
    secure.on("error", () => socket.destroy());
    web.emit("connection", secure);
  };

  const tlsServer = createServer(accept);
  const connectProxy = createConnectProxy(accept);
  connectProxy.on("connection", (socket: Socket) => track(open, socket));

  const close = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    agent.destroy();
    await Promise.all([stop(tlsServer), stop(connectProxy)]);
    await file?.remove();
  };
  let file: CaFile | undefined;
  try {
    await listen(tlsServer, options.port ?? 0);
    await listen(connectProxy, options.proxyPort ?? 0);
    file = await writeCaFile(identity.caCertificate, options.caFile);
  } catch (error) {
    await close();
    throw error;
  }
  const { port } = tlsServer.address() as AddressInfo;
  return {
    url: `https://${LOCAL_ADDRESS}:${port}`,
    port,
    proxyUrl: `http://${LOCAL_ADDRESS}:${(connectProxy.address() as AddressInfo).port}`,
    caFile: file.path,
    publicKeyHash: identity.publicKeyHash,
    close,
  };
}

interface CaFile {
  path: string;
  remove(): Promise<void>;
}

async function writeCaFile(pem: string, requestedPath: string | undefined): Promise<CaFile> {
  // An unpredictable folder name: in a shared temporary folder another user could prepare a fixed one.
  const folder = requestedPath === undefined ? await mkdtemp(join(tmpdir(), "wechat-simulator-")) : undefined;
  const path = requestedPath ?? join(folder ?? "", "ca.pem");
  // Never overwrites a file: this one is removed at close.
  await writeFile(path, pem, { flag: "wx" });
  return { path, remove: () => rm(folder ?? path, { recursive: folder !== undefined, force: true }) };
}

function track(open: Set<Socket>, socket: Socket): void {
  open.add(socket);
  socket.once("close", () => open.delete(socket));
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, LOCAL_ADDRESS);
  await once(server, "listening"); // rejects with an error of the server
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve()); // an error only means that it was not listening
  });
}
