// The entry "@wechat-login/oauth/node": Node's HTTP client in place of its `fetch`.

import {
  type Agent,
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type OutgoingHttpHeaders,
  type RequestOptions,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { NetworkError } from "./errors.js";
import {
  bodyType,
  redirectError,
  type Transport,
  tooLargeError,
  toText,
  toWireError,
  type WireAnswer,
  type WireLimits,
  type WireRequest,
} from "./transport.js";

export interface NodeTransportOptions {
  /** For a proxy, a private CA or connection limits. An agent of `node:https`, or of `node:http` if `apiUrl` is http. */
  agent?: Agent | undefined;
}

/** Shorter than a server's keep-alive: a request on a connection that is being closed is lost, and its code with it. */
const idleMs = 1000;

/**
 * Calls back after the event loop has read its sockets: a kept connection that the server closed meanwhile is not used
 * again. The first step ends the present turn, whose list of readable sockets is older; the second one is a whole turn.
 */
const afterReadingSockets = (then: () => void) => setImmediate(() => setImmediate(then));

/**
 * A value for the client's `transport` option, over Node's `http` and `https`: a call uses about a third of the CPU
 * of Node's `fetch`, because it needs no streams or signals.
 *
 * Connections stay open for 1 s after use; clients with the same transport share them. If WeChat closes a connection
 * just as it is reused, the request is sent again on another one, without a separate report. A code exchange is sent again
 * only if no byte of it was sent; otherwise it fails (NETWORK), as over `fetch`. Proxy settings in the environment are ignored: pass an agent
 * with a proxy. Tracing of `http` records the app secret, as tracing of `fetch` does.
 */
export function nodeTransport({ agent }: NodeTransportOptions = {}): Transport {
  const agents = {
    http: agent ?? new HttpAgent({ keepAlive: true, timeout: idleMs }),
    https: agent ?? new HttpsAgent({ keepAlive: true, timeout: idleMs }),
  };
  // Node sends a flat list of names and values as it is. A proxy agent that rewrites a request needs an object.
  const toHeaders = (fields: readonly Field[]): OutgoingHttpHeaders | string[] =>
    agent ? Object.fromEntries(fields) : fields.flat();
  let latest: Origin | undefined; // cached: parsing a URL costs as much as sending it, and a client has one base URL
  return (request, limits) => {
    const { url, body } = request;
    const pathAt = url.indexOf("/", url.indexOf("//") + 2);
    const base = url.slice(0, pathAt);
    if (latest?.base !== base) latest = toOrigin(base, agents, toHeaders);
    const { hostname, port, createRequest, fields } = latest;
    const options: RequestOptions = { agent: latest.agent, hostname, port, path: url.slice(pathAt) };
    if (body === undefined) {
      options.headers = latest.headers;
    } else {
      options.method = "POST";
      const length = String(Buffer.byteLength(body));
      options.headers = toHeaders([...fields, ["Content-Type", bodyType], ["Content-Length", length]]);
    }
    return sendRequest(createRequest, options, agent ?? false, request, limits);
  };
}

/** Where requests go, and what sends them. */
interface Origin {
  readonly base: string;
  readonly createRequest: (options: RequestOptions) => ClientRequest;
  readonly agent: Agent;
  readonly hostname: string;
  readonly port: string;
  readonly fields: readonly Field[];
  /** `fields` in the form that Node takes. */
  readonly headers: OutgoingHttpHeaders | string[];
}

type Field = readonly [name: string, value: string];

function toOrigin(
  base: string,
  agents: { http: Agent; https: Agent },
  toHeaders: (fields: readonly Field[]) => OutgoingHttpHeaders | string[],
): Origin {
  const { protocol, hostname, port, host } = new URL(base);
  const isHttps = protocol === "https:";
  const fields: Field[] = [
    ["Host", host],
    ["Accept", "*/*"],
    ["Accept-Encoding", "identity"], // without this header a server may compress
    ["User-Agent", "wechat-oauth"],
  ];
  return {
    base,
    createRequest: isHttps ? httpsRequest : httpRequest,
    agent: isHttps ? agents.https : agents.http,
    hostname: hostname.replace(/^\[|\]$/g, ""), // an IPv6 address without its brackets
    port,
    fields,
    headers: toHeaders(fields),
  };
}

/** The error codes of a kept connection that the server closed just before it was reused. */
const staleConnectionCodes: readonly unknown[] = ["ECONNRESET", "EPIPE"];

/** Sends one request and reads its answer. Sends it again if a kept connection was closed just before. */
function sendRequest(
  createRequest: Origin["createRequest"],
  options: RequestOptions,
  retryAgent: Agent | false,
  request: WireRequest,
  { timeoutMs, maxBytes, signal }: WireLimits,
): Promise<WireAnswer> {
  const { endpoint, body, isRepeatable } = request;
  return new Promise((resolve, reject) => {
    let latest: ClientRequest | undefined;
    let isOver = false;
    const settle = () => {
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    };
    const fail = (error: unknown) => {
      if (isOver) return;
      settle();
      reject(toWireError(request, error));
      latest?.destroy(); // closes the connection
    };
    const stop = () => fail(new Error("the caller aborted the request"));
    signal?.addEventListener("abort", stop);
    const timer = setTimeout(() => fail(new NetworkError(endpoint, "TIMEOUT")), timeoutMs);
    const send = (options: RequestOptions, isAgain: boolean) => {
      const sending = createRequest(options);
      latest = sending;
      let isAnswered = false;
      sending.on("error", (error: Error & { code?: unknown }) => {
        if (isOver || sending !== latest) return;
        const wasClosed = sending.reusedSocket && !isAnswered && staleConnectionCodes.includes(error.code);
        // A GET is one write, and after EPIPE the kernel took none of it.
        const wasNotSent = error.code === "EPIPE" && body === undefined;
        // Once, on a new connection: a failing WeChat must not receive each call many times.
        if (wasClosed && (isRepeatable || wasNotSent) && !isAgain)
          send({ ...options, agent: retryAgent }, true);
        else fail(error);
      });
      sending.on("close", () => {
        if (!isAnswered && sending === latest) fail(new Error("the connection was closed without an answer"));
      });
      sending.on("response", (answer) => {
        isAnswered = true;
        const httpStatus = answer.statusCode ?? 0;
        const redirect = redirectError(endpoint, httpStatus);
        if (redirect) return fail(redirect);
        const pieces: Uint8Array[] = [];
        let length = 0; // counted here: a declared length proves nothing
        answer.on("error", fail);
        answer.on("data", (piece: Uint8Array) => {
          length += piece.byteLength;
          pieces.push(piece);
          if (length > maxBytes) fail(tooLargeError(endpoint, httpStatus, maxBytes));
        });
        answer.on("end", () => {
          settle();
          resolve({ httpStatus, text: toText(pieces, length) });
        });
      });
      sending.end(body);
    };
    const begin = () => {
      if (isOver) return;
      try {
        send(options, false);
      } catch (error) {
        fail(error); // the agent is for another protocol
      }
    };
    if (isRepeatable) begin();
    else afterReadingSockets(begin);
  });
}
