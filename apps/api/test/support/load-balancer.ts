import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** One address in front of several processes; each request goes to one of them. */
export interface LoadBalancer {
  port: number;
  /** How many requests each process received, by port. */
  served: Map<number, number>;
  close(): Promise<void>;
}

/** @param pick chooses the port that the next request goes to */
export async function startLoadBalancer(pick: () => number, port = 0): Promise<LoadBalancer> {
  const served = new Map<number, number>();
  const server = createServer((incoming, answer) => {
    const chosen = pick();
    served.set(chosen, (served.get(chosen) ?? 0) + 1);
    const { method, url: path, headers } = incoming;
    const forwarded = request({ host: "localhost", port: chosen, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    forwarded.on("error", () => answer.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(port, "localhost", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    served,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
