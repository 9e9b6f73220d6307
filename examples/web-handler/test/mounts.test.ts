import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { loginFromEnvironment } from "../src/environment.ts";
import { memoryStores } from "../src/memory-stores.ts";
import { honoApp } from "../src/mounts/hono.ts";
import { GET, POST } from "../src/mounts/next-route.ts";
import worker from "../src/mounts/worker.ts";
import { Browser } from "./browser.ts";
import { environment } from "./settings.ts";

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ callbackHosts: ["localhost:4000"] });
});
afterAll(() => simulator.close());
afterEach(() => vi.unstubAllEnvs());

describe("the handler", () => {
  it("signs a person in and out under Hono, next to the application's routes", async () => {
    const app = honoApp(loginFromEnvironment(environment(simulator.url), memoryStores()));
    await walk((request) => Promise.resolve(app.fetch(request)));
    expect(await (await app.request("/")).text()).toContain("Sign in with WeChat");
    const alice = new Browser((request) => Promise.resolve(app.fetch(request)), "alice");
    const id = await alice.signIn();
    expect(await (await alice.request("/")).text()).toContain(`You are ${id}.`);
    expect((await app.request("/login/nothing")).status).toBe(404);
  });

  it("signs a person in and out as a route file of Next.js", async () => {
    for (const [name, value] of Object.entries(environment(simulator.url))) vi.stubEnv(name, value);
    await walk((request) => (request.method === "POST" ? POST(request) : GET(request)));
  });

  it("signs a person in and out as a Worker", async () => {
    await walk((request) => worker.fetch(request, environment(simulator.url)));
  });
});

it("names a missing setting at the start without showing a value", () => {
  const { WEBSITE_APP_SECRET: _, ...rest } = environment(simulator.url);
  expect(() => loginFromEnvironment(rest, memoryStores())).toThrow(/^WEBSITE_APP_SECRET is not set$/);
});

async function walk(send: (request: Request) => Promise<Response>): Promise<void> {
  const alice = new Browser(send, "alice");
  const id = await alice.signIn();
  expect(id).toBeDefined();
  await alice.request("/login/sign-out", "POST");
  expect(await alice.whoAmI()).toBeUndefined();
  expect(await new Browser(send, "alice").signIn()).toBe(id);
}
