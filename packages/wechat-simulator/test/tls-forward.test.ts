import { Agent, type ClientRequestArgs, createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";
import { forward } from "../src/tls/forward.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

/** Replaces a machine with IPv6, which is not always available: records the target and connects to the simulator. */
class NotingAgent extends Agent {
  readonly hosts: (string | null | undefined)[] = [];

  override createConnection({ host }: ClientRequestArgs): Duplex {
    this.hosts.push(host);
    const { hostname, port } = new URL(simulator.url);
    return connect(Number(port), hostname);
  }
}

it("the TLS proxy reaches a simulator at an IPv6 address", async () => {
  const agent = new NotingAgent();
  const proxy = createServer((request, response) =>
    forward("http://[::1]:4010", agent, request, response, () => response.destroy()),
  );
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = proxy.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/sns/oauth2/access_token?appid=x`);
    expect(await answer.json()).toMatchObject({ errcode: 41004 });
    expect(agent.hosts).toEqual(["::1"]);
  } finally {
    proxy.close();
    agent.destroy();
  }
});
