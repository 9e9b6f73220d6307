import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A webhook as its receiver got it. */
export interface Received {
  id: string;
  headers: Record<string, string>;
  body: string;
  event: { type: string; timestamp: string; data: Record<string, unknown> };
}

export interface Receiver {
  url: string;
  port: number;
  received: Received[];
  /** What it does with the next requests; by default it answers 204. */
  answer(how: number | ((request: IncomingMessage, response: ServerResponse) => void)): void;
  close(): Promise<void>;
}

/** The server of a host application that takes webhooks, on this machine. */
export async function startReceiver(): Promise<Receiver> {
  let answer: Parameters<Receiver["answer"]>[0] = 204;
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const headers = request.headers as Record<string, string>;
      received.push({ id: headers["webhook-id"] ?? "", headers, body, event: JSON.parse(body) });
      if (typeof answer === "function") answer(request, response);
      else response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhooks`,
    port,
    received,
    answer(how) {
      answer = how;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
