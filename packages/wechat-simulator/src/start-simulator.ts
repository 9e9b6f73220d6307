import type { AddressInfo } from "node:net";
import { buildServer } from "./build-simulator.js";
import { createHandle, type Simulator } from "./control/simulator.js";
import { type SimulatorOptions, Store } from "./stores/store.js";

/** Where to listen, beside what the simulated WeChat is like. */
export interface StartOptions extends SimulatorOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Default `127.0.0.1`. It has no password: keep it on the loopback. */
  host?: string;
}

/**
 * Starts a simulated WeChat on a port of its own.
 *
 * @throws whatever `listen` throws, such as EADDRINUSE
 */
export async function startSimulator(options: StartOptions = {}): Promise<Simulator> {
  const store = new Store(options);
  const server = buildServer(store);
  const host = options.host ?? "127.0.0.1";
  await server.listen({ port: options.port ?? 0, host });
  const { port } = server.server.address() as AddressInfo;

  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  return createHandle(store, url, () => server.close());
}
