import type { AddressInfo } from "node:net";
import { buildServer } from "./build-simulator.js";
import { createHandle, type Simulator } from "./control/simulator.js";
import { type SimulatorOptions, Store } from "./stores/store.js";

/** Where to listen, and the initial state. */
export interface StartOptions extends SimulatorOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Default `127.0.0.1`. The simulator has no password: keep it on the loopback interface. */
  host?: string;
}

/**
 * Starts a simulated WeChat on a port of its own.
 *
 * @throws {Error} from `listen`, such as EADDRINUSE
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
