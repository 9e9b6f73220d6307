import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** What stands before several processes: one address for browsers, each request to one of them. */
export interface Balancer {
  port: number;
  /** So many requests each process answered, by its port. */
  served: Map<number, number>;
  close(): Promise<void>;
}

/** @param pick the port of the process that answers the next request */
export async function startBalancer(pick: () => number, port = 0): Promise<Balancer> {
  const served = new Map<number, number>();
  const server = createServer((incoming, answer) => {
    const chosen = pick();
    served.set(chosen, (served.get(chosen) ?? 0) + 1);
    const { method, url: path, headers } = incoming;
    const passedOn = request({ host: "localhost", port: chosen, method, path, headers }, (theirs) => {
      answer.writeHead(theirs.statusCode ?? 502, theirs.headers);
      theirs.pipe(answer);
    });
    passedOn.on("error", () => answer.destroy());
    incoming.pipe(passedOn);
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
