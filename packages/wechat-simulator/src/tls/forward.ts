import { type Agent, type IncomingMessage, request as openRequest, type ServerResponse } from "node:http";

/** They concern one connection alone (RFC 9110 §7.6.1). */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection"]);

/**
 * Hands one request on to the simulator and its answer back, byte for byte.
 *
 * @param cut called when the simulator breaks the connection off: the client must see the same
 */
export function forward(
  simulatorUrl: string,
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  cut: () => void,
): void {
  const { hostname, port } = new URL(simulatorUrl);
  const upstream = openRequest(
    {
      agent,
      host: hostname.replace(/^\[|\]$/g, ""), // a URL has brackets around an IPv6 address; a connection knows none
      port,
      method: request.method,
      path: request.url,
      headers: upstreamHeaders(request),
    },
    (answer) => {
      answer.once("error", cut); // in the middle of the body
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutHopByHop(answer.rawHeaders));
      answer.pipe(response);
    },
  );
  upstream.on("error", cut);
  response.once("close", () => {
    if (!response.writableFinished) upstream.destroy(); // the client has given up
  });
  request.pipe(upstream);
}

/** The simulator speaks plain HTTP, so its own pages have the origin `http://…` there: their forms must still count. */
function upstreamHeaders({ headers }: IncomingMessage): Record<string, string | string[]> {
  const upstream: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) upstream[name] = value;
  }
  if (headers.origin !== undefined && headers.origin === `https://${headers.host}`) {
    upstream.origin = `http://${headers.host}`;
  }
  return upstream;
}

/** Name and value in turn, as they came. */
function withoutHopByHop(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const [name = "", value = ""] = raw.slice(index, index + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
