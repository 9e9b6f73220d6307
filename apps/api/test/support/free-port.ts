import { createServer } from "node:net";

/**
 * A port of the loopback that nobody listens on, and that the system gives to no outgoing connection meanwhile: below
 * the ranges that Linux (32768) and macOS (49152) take those from.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
