// The entry "wechat-oauth/node": Node's HTTP client in place of its `fetch`.

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
  /** With a proxy, an authority or limits of its own. Of `node:https`, unless the client's `apiUrl` is http. */
  agent?: Agent | undefined;
}

/** Shorter than servers keep a connection: a request that meets one being closed is lost, and its code with it. */
const idleMs = 4000;

/**
 * What the client's `transport` option takes, over Node's `http` and `https`: a call costs about a third of the CPU
 * that it costs over Node's `fetch`, whose streams and signals it does without.
 *
 * Connections are kept for 4 s after use; clients that are given the same transport share them. One that WeChat closed
 * just when it was used again costs nothing but a second try by another, which no report counts; an exchange, which may
 * not be tried twice, fails (NETWORK), as it does over `fetch`. No proxy is taken from
 * the environment: give an agent that has one. Tracing of `http` records the app secret, as tracing of `fetch` does.
 */
export function nodeTransport({ agent }: NodeTransportOptions = {}): Transport {
  const agents = {
    http: agent ?? new HttpAgent({ keepAlive: true, timeout: idleMs }),
    https: agent ?? new HttpsAgent({ keepAlive: true, timeout: idleMs }),
  };
  // A list of names and values is sent as it is. An agent that writes a request anew, for a proxy, must find them by name.
  const toHeaders = (fields: readonly Field[]): OutgoingHttpHeaders | string[] =>
    agent ? Object.fromEntries(fields) : fields.flat();
  let latest: Origin | undefined; // taking a URL apart costs as much as sending it, and a client has one base URL
  return (request, limits) => {
    const { url, body } = request;
    const pathAt = url.indexOf("/", url.indexOf("//") + 2);
    const base = url.slice(0, pathAt);
    if (latest?.base !== base) latest = toOrigin(base, agents, toHeaders);
    const { hostname, port, begin, fields } = latest;
    const options: RequestOptions = { agent: latest.agent, hostname, port, path: url.slice(pathAt) };
    if (body === undefined) {
      options.headers = latest.headers;
    } else {
      options.method = "POST";
      const length = String(Buffer.byteLength(body));
      options.headers = toHeaders([...fields, ["Content-Type", bodyType], ["Content-Length", length]]);
    }
    return exchange(begin, options, agent ?? false, request, limits);
  };
}

/** Where requests go, and by whom. */
interface Origin {
  readonly base: string;
  readonly begin: (options: RequestOptions) => ClientRequest;
  readonly agent: Agent;
  readonly hostname: string;
  readonly port: string;
  readonly fields: readonly Field[];
  /** The same, as Node takes them. */
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
    ["Accept-Encoding", "identity"], // or a server may choose one
    ["User-Agent", "wechat-oauth"],
  ];
  return {
    base,
    begin: isHttps ? httpsRequest : httpRequest,
    agent: isHttps ? agents.https : agents.http,
    hostname: hostname.replace(/^\[|\]$/g, ""), // of IPv6
    port,
    fields,
    headers: toHeaders(fields),
  };
}

/** A kept connection that the server closed just then says one of these when it is used again. */
const closings: readonly unknown[] = ["ECONNRESET", "EPIPE"];

/** Sends one request, once more where a kept connection was closed just then, and reads its answer. */
function exchange(
  begin: Origin["begin"],
  options: RequestOptions,
  agentOnce: Agent | false,
  request: WireRequest,
  { timeoutMs, maxBytes }: WireLimits,
): Promise<WireAnswer> {
  const { endpoint, body, isRepeatable } = request;
  return new Promise((resolve, reject) => {
    let latest: ClientRequest | undefined;
    let isOver = false;
    const fail = (error: unknown) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      reject(toWireError(request, error));
      latest?.destroy(); // closes the connection, whatever is left on it
    };
    const timer = setTimeout(() => fail(new NetworkError(endpoint, "TIMEOUT")), timeoutMs);
    const send = (options: RequestOptions, isAgain: boolean) => {
      const sending = begin(options);
      latest = sending;
      let isAnswered = false;
      sending.on("error", (error: Error & { code?: unknown }) => {
        if (isOver || sending !== latest) return;
        const wasClosed = sending.reusedSocket && !isAnswered && closings.includes(error.code);
        // Once, and by a connection of its own: a WeChat that breaks must not get each call many times.
        if (wasClosed && isRepeatable && !isAgain) send({ ...options, agent: agentOnce }, true);
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
        let length = 0; // counted: a declared length proves nothing
        answer.on("error", fail);
        answer.on("data", (piece: Uint8Array) => {
          length += piece.byteLength;
          pieces.push(piece);
          if (length > maxBytes) fail(tooLargeError(endpoint, httpStatus, maxBytes));
        });
        answer.on("end", () => {
          isOver = true;
          clearTimeout(timer);
          resolve({ httpStatus, text: toText(pieces, length) });
        });
      });
      sending.end(body);
    };
    try {
      send(options, false);
    } catch (error) {
      fail(error); // an agent that is not for this protocol
    }
  });
}
