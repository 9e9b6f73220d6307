import { once } from "node:events";
import { Agent, get } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  buildSimulator,
  demoOfficialAccount,
  demoWebsite,
  type LoggedRequest,
  type Simulator,
  type SimulatorState,
  startSimulator,
} from "../src/index.js";
import { readSwitch, SWITCH_GROUPS } from "../src/panel/switches.js";
import { authorizeUrl, exchange, getCode, openAs } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${simulator.url}/_simulator/${path}`, {
    method,
    redirect: "manual",
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Many calls over one connection, which keeps their order and is much faster than as many fetches. */
async function getInTurn(paths: readonly string[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const calls = paths.map((path) => get(simulator.url + path, { agent }, (answer) => answer.resume()));
  await Promise.all(calls.map((call) => once(call, "close")));
  agent.destroy();
}

async function state(): Promise<SimulatorState> {
  return (await (await send("GET", "state")).json()) as SimulatorState;
}

describe("the control API", () => {
  it("returns people, apps, faults and the number of valid codes without an app secret", async () => {
    await getCode(simulator);
    await send("POST", "faults", { endpoint: "userinfo", fault: { kind: "errcode", errcode: -1 }, times: 3 });
    const told = await state();
    const named = ["alice", "emoji", "noavatar", "longname", "snapshot", "control", "bigavatar"];
    expect(told.people.map(({ id }) => id)).toEqual(named);
    expect(told.people[0]?.identities[demoWebsite.appId]?.openid).toBe(
      simulator.person("alice", demoWebsite.appId).openid,
    );
    expect(told).toMatchObject({ liveCodes: 1, faults: [{ endpoint: "userinfo", remaining: 3 }] });
    expect(JSON.stringify(told)).not.toContain(demoOfficialAccount.appSecret);
  });

  it("plans faults and clears them", async () => {
    const fault = { endpoint: "access_token", fault: { kind: "errcode", errcode: 45011 } };
    expect((await send("POST", "faults", fault)).status).toBe(201);
    expect((await exchange(simulator, "x")).body.errcode).toBe(45011);
    await send("POST", "faults", fault);
    expect((await send("DELETE", "faults")).status).toBe(204);
    expect((await exchange(simulator, "x")).body.errcode).toBe(40029);
  });

  it.each([
    [{ endpoint: "nowhere", fault: { kind: "http_502" } }, "endpoint must be one of"],
    [{ endpoint: "auth", fault: { kind: "explode" } }, "kind must be one of"],
    [{ endpoint: "auth", fault: { kind: "errcode" } }, "errcode must be a whole number"],
    [{ endpoint: "auth", fault: { kind: "http_502" }, times: 0 }, "times must be a whole number"],
    [
      { endpoint: "authorize", fault: { kind: "truncated_json" } },
      "a page cannot fail by truncated_json; authorize accepts errcode",
    ],
  ])("reports an invalid fault: %j", async (fault, problem) => {
    const response = await send("POST", "faults", fault);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toContain(problem);
  });

  it("lists requests with masked secrets and reasons, and clears them", async () => {
    await exchange(simulator, "unknown");
    const { requests } = (await (await send("GET", "requests")).json()) as { requests: LoggedRequest[] };
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      method: "GET",
      path: "/sns/oauth2/access_token",
      query: `appid=${demoOfficialAccount.appId}&secret=***&code=unknown&grant_type=authorization_code`,
      status: 200,
      errcode: 40029,
      reason: { en: expect.stringContaining("never issued"), zh: expect.stringContaining("从未发出") },
    });
    expect((await send("DELETE", "requests")).status).toBe(204);
    expect(simulator.requests()).toEqual([]);
  });

  it("keeps the last thousand requests and counts all", async () => {
    for (let number = 0; number < 10; number += 1) await exchange(simulator, `early${number}`);
    await getInTurn(
      Array.from({ length: 1000 }, (_, number) => `/sns/oauth2/access_token?code=late${number}`),
    );
    expect(simulator.calls("access_token")).toBe(1010);
    const { requests } = (await (await send("GET", "requests")).json()) as { requests: LoggedRequest[] };
    expect(requests.map(({ query }) => query)).toEqual(
      Array.from({ length: 1000 }, (_, number) => `code=late${number}`),
    );
  });

  it("moves the clock", async () => {
    const code = await getCode(simulator);
    expect((await send("POST", "clock", { advanceSeconds: 300 })).status).toBe(200);
    expect((await exchange(simulator, code)).body.errcode).toBe(40029);
    expect((await send("POST", "clock", { advanceSeconds: -1 })).status).toBe(400);
  });

  it("changes a named and a generated person", async () => {
    await send("PATCH", "people/alice", { nickname: "新名字", unionid: false });
    expect(simulator.person("alice", demoOfficialAccount.appId)).toMatchObject({ nickname: "新名字" });
    expect(simulator.person("alice", demoOfficialAccount.appId)).not.toHaveProperty("unionid");
    await send("PATCH", "people/crowd-3", { unionid: true });
    expect(simulator.person("crowd-3", demoOfficialAccount.appId)).toHaveProperty("unionid");
    expect((await send("PATCH", "people/bob", {})).status).toBe(404);
    expect((await send("PATCH", "people/alice", { nick: "x" })).status).toBe(400);
  });

  it("changes settings and callback hosts", async () => {
    await send("PATCH", "settings", { refusal: "state_only", callbackHosts: ["other.example"] });
    const url = authorizeUrl(simulator, { redirect_uri: "https://other.example/cb" });
    const response = await openAs("alice", url, "refuse");
    expect(response.headers.get("location")).toBe("https://other.example/cb?state=abc123");
    expect((await send("PATCH", "settings", { refusal: "maybe" })).status).toBe(400);
  });

  it("takes and keeps each choice that the settings page offers", async () => {
    const offered = SWITCH_GROUPS.flatMap(({ switches }) => switches).flatMap(({ name, choices }) =>
      (choices ?? []).map(([value]) => ({ name, value: readSwitch(name, value) })),
    );
    const kept = [];
    for (const { name, value } of offered) {
      const { status } = await send("PATCH", "settings", { [name]: value });
      const settings: Record<string, unknown> = { ...(await state()).settings };
      kept.push({ status, name, value: settings[name] });
    }
    expect(kept).toEqual(offered.map((choice) => ({ status: 200, ...choice })));
    expect(offered).toHaveLength(45);
  });
});

describe("a page of another site in a developer's browser", () => {
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const form = { "content-type": "application/x-www-form-urlencoded" };

  it.each([
    ["a cross-site form", "POST", "forms/faults/clear", { ...form, ...foreign }],
    ["a form without any proof of origin", "POST", "forms/faults/clear", form],
    ["JSON disguised as text", "POST", "clock", { "content-type": "text/plain", ...foreign }],
    ["JSON from a foreign origin", "POST", "clock", { "content-type": "application/json", ...foreign }],
    ["a foreign DELETE", "DELETE", "faults", foreign],
  ])("cannot change anything: %s", async (_title, method, path, headers) => {
    const response = await fetch(`${simulator.url}/_simulator/${path}`, {
      method,
      headers,
      ...(method === "POST" ? { body: '{"advanceSeconds":1}' } : {}),
    });
    expect(response.status).toBe(403);
  });

  it("is distinguished from the simulator's own pages, also behind a proxy that terminates TLS", async () => {
    const own = { ...form, origin: "https://open.weixin.qq.com", "sec-fetch-site": "same-origin" };
    const response = await fetch(`${simulator.url}/_simulator/forms/faults/clear`, {
      method: "POST",
      headers: own,
      redirect: "manual",
    });
    expect(response.status).not.toBe(403);
  });

  it("cannot submit the consent page", async () => {
    const response = await fetch(authorizeUrl(simulator), {
      method: "POST",
      headers: foreign,
      body: new URLSearchParams({ person: "alice", decision: "allow" }),
    });
    expect(response.status).toBe(403);
  });

  it("cannot read anything, because no response allows another origin", async () => {
    const response = await send("GET", "state", undefined, { origin: "https://evil.example" });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("buildSimulator", () => {
  it("responds without listening", async () => {
    const app = buildSimulator();
    const response = await app.inject("/sns/auth");
    expect(response.headers["content-type"]).toBe("text/plain");
    expect(response.json()).toMatchObject({ errcode: 41001 });
    await app.close();
  });
});
