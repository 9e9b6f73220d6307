import { type Agent, type IncomingMessage, request as openRequest, type ServerResponse } from "node:http";

/** They apply to a single connection (RFC 9110 §7.6.1). */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "proxy-connection"]);

/**
 * Forwards one request to the simulator and its response back, byte for byte.
 *
 * @param reset called when the simulator resets the connection, so that the client sees a reset too
 */
export function forward(
  simulatorUrl: string,
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  reset: () => void,
): void {
  const { hostname, port } = new URL(simulatorUrl);
  const upstream = openRequest(
    {
      agent,
      host: hostname.replace(/^\[|\]$/g, ""), // a URL has brackets around an IPv6 address, a connection does not
      port,
      method: request.method,
      path: request.url,
      headers: upstreamHeaders(request),
    },
    (answer) => {
      answer.once("error", reset); // in the middle of the body
      response.writeHead(
        answer.statusCode ?? 502,
        answer.statusMessage,
        withoutConnectionHeaders(answer.rawHeaders),
      );
      answer.pipe(response);
    },
  );
  upstream.on("error", reset);
  response.once("close", () => {
    if (!response.writableFinished) upstream.destroy(); // the client has disconnected
  });
  request.pipe(upstream);
}

/** The simulator uses plain HTTP, so the origin of its own pages becomes `http://…`: their forms must stay same-origin. */
function upstreamHeaders({ headers }: IncomingMessage): Record<string, string | string[]> {
  const upstream: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !CONNECTION_HEADERS.has(name)) upstream[name] = value;
  }
  if (headers.origin !== undefined && headers.origin === `https://${headers.host}`) {
    upstream.origin = `http://${headers.host}`;
  }
  return upstream;
}

/** Names and values alternate, as received. */
function withoutConnectionHeaders(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const [name = "", value = ""] = raw.slice(index, index + 2);
    if (!CONNECTION_HEADERS.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
