import { request } from "node:http";
import { Agent, type AgentOptions, type RequestOptions } from "node:https";
import type { Duplex } from "node:stream";

/** The proxy of HTTPS_PROXY gave no connection to WeChat. The message holds neither its address nor its credentials. */
export class ProxyError extends Error {
  override readonly name = "ProxyError" as const;
}

/** Less than the deadline of a call to WeChat, so that the failure names the proxy. */
const connectTimeoutMs = 3_000;

/** Shorter than a server's keep-alive: a request on a connection that is being closed is lost, and its code with it. */
const idleMs = 4_000;

/**
 * An agent that reaches https servers through an http proxy (`CONNECT`); TLS is with the server, not with the proxy.
 *
 * What the proxy answers instead of a connection is an error, and never read as the server's answer: the way to the proxy
 * is not encrypted, so an answer of its own could otherwise say who a person is.
 */
export class ProxyAgent extends Agent {
  readonly #proxy: URL;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;

  /** @param proxy an http address, which may have a user name and a password, percent-encoded. */
  constructor(proxy: URL, options: AgentOptions & { connectTimeoutMs?: number } = {}) {
    super({ keepAlive: true, timeout: idleMs, ...options });
    this.#proxy = new URL(proxy.origin); // without the credentials, which Node would send as those for the server
    const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    this.#headers =
      credentials === ":"
        ? {}
        : { "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}` };
    this.#timeoutMs = options.connectTimeoutMs ?? connectTimeoutMs;
  }

  override createConnection(
    options: RequestOptions,
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#connect(`${options.host}:${options.port}`).then(
      (socket) => done?.(null, super.createConnection({ ...options, socket } as RequestOptions) as Duplex),
      (error: ProxyError) => done?.(error, undefined as never),
    );
  }

  /** Opens a connection to `host:port` through the proxy. */
  #connect(authority: string): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const asked = request(this.#proxy, {
        method: "CONNECT",
        path: authority,
        headers: { host: authority, ...this.#headers },
        agent: false,
      });
      const fail = (problem: string, cause?: Error) => {
        clearTimeout(timer);
        asked.destroy();
        reject(new ProxyError(`the proxy of HTTPS_PROXY ${problem}`, { cause }));
      };
      const timer = setTimeout(() => fail(`did not answer within ${this.#timeoutMs} ms`), this.#timeoutMs);
      asked.on("error", (error: Error & { code?: string }) =>
        fail(`cannot be used: ${error.code ?? "the connection failed"}`, error),
      );
      asked.once("connect", ({ statusCode = 0 }, socket, head) => {
        if (statusCode !== 200) {
          socket.destroy();
          return fail(
            `refused the connection: HTTP ${statusCode}${statusCode === 407 ? ", wrong or no user name and password" : ""}`,
          );
        }
        // A TLS server never speaks first, so these bytes are the proxy's own.
        if (head.length > 0) {
          socket.destroy();
          return fail("answered with more than a connection");
        }
        clearTimeout(timer);
        resolve(socket);
      });
      asked.end();
    });
  }
}
