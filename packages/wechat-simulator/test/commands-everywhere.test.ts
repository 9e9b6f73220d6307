import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoMiniProgram, demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { submit } from "./panel.js";
import { getCode, getTokens } from "./phone.js";

// The handle of a test, the control API and the panel offer the same commands.

let simulator: Simulator;
const domain = createServer((request, response) =>
  response.end(/MP_verify_(\w+)\.txt$/.exec(request.url ?? "")?.[1] ?? ""),
);
beforeAll(async () => {
  simulator = await startSimulator({ now: () => Date.UTC(2026, 0, 31, 4) });
  await new Promise<void>((resolve) => domain.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  domain.close();
  await simulator.close();
});

const { appId } = demoOfficialAccount;
const miniProgram = demoMiniProgram.appId;
const domainHost = () => `127.0.0.1:${(domain.address() as AddressInfo).port}`;

async function send(method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(`${simulator.url}/_simulator/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  expect(response.status).toBeLessThan(300);
}

async function press(form: string, fields: Record<string, string> = {}): Promise<void> {
  const response = await submit(simulator, form, fields);
  expect(response.headers.get("location")).toMatch(/done=|moved=/);
}

/** Everything that commands change. Random values are replaced by their kind. */
function snapshot(): unknown {
  const tokens = simulator.tokens().map(({ value: _, ...rest }) => rest);
  const faults = simulator.faults().map(({ id: _, ...rest }) => rest);
  return { ...simulator.state(), tokens, faults, requests: simulator.requests().length };
}

interface Command {
  before?: () => Promise<unknown>;
  handle: () => unknown;
  http: () => Promise<void>;
  panel: () => Promise<void>;
}

const edited = {
  nickname: "新",
  headimgurl: "",
  unionid: false,
  follows: false,
  snapshot: true,
  highRisk: true,
};
const editedForm = { nickname: "新", headimgurl: "", snapshot: "1", highRisk: "1" };
const firstFault = () => simulator.faults()[0]?.id ?? 0;
let code = "";

const COMMANDS: Record<string, Command> = {
  "make a person": {
    handle: () => simulator.createPerson({ id: "bob", ...edited }),
    http: () => send("POST", "people", { id: "bob", ...edited }),
    panel: () => press("people/create", { id: "bob", ...editedForm }),
  },
  "change a person": {
    handle: () => simulator.updatePerson("alice", edited),
    http: () => send("PATCH", "people/alice", edited),
    panel: () => press("people/update", { person: "alice", ...editedForm }),
  },
  "delete a person": {
    before: () => getTokens(simulator),
    handle: () => simulator.deletePerson("alice"),
    http: () => send("DELETE", "people/alice"),
    panel: () => press("people/delete", { person: "alice" }),
  },
  "revoke an app": {
    before: () => getTokens(simulator),
    handle: () => simulator.revoke("alice", appId),
    http: () => send("POST", "people/alice/revoke", { appId }),
    panel: () => press("people/revoke", { person: "alice", appId }),
  },
  "change a password": {
    before: () => getTokens(simulator),
    handle: () => simulator.changePassword("alice"),
    http: () => send("POST", "people/alice/change-password", {}),
    panel: () => press("people/password", { person: "alice" }),
  },
  "make a js_code": {
    handle: () => simulator.createJsCode("alice", miniProgram),
    http: () => send("POST", "people/alice/js-code", { appId: miniProgram }),
    panel: () => press("people/js-code", { person: "alice", appId: miniProgram }),
  },
  "end a code": {
    before: async () => {
      code = await getCode(simulator);
    },
    handle: () => simulator.endToken(code),
    http: () => send("POST", "tokens/end", { token: code }),
    panel: () => press("tokens/end", { token: code }),
  },
  "change an app": {
    handle: () =>
      simulator.updateApp(appId, {
        banned: true,
        callbackHosts: ["a.example", "b.example"],
        scopes: ["snsapi_base"],
        openPlatform: "other",
        ipAllowList: ["203.0.113.9"],
        messageUrl: "https://a.example/push",
      }),
    http: () =>
      send("PATCH", `apps/${appId}`, {
        banned: true,
        callbackHosts: ["a.example", "b.example"],
        scopes: ["snsapi_base"],
        openPlatform: "other",
        ipAllowList: ["203.0.113.9"],
        messageUrl: "https://a.example/push",
      }),
    panel: () =>
      press("apps/update", {
        appId,
        banned: "1",
        callbackHosts: "a.example, b.example",
        scopes: "snsapi_base",
        openPlatform: "other",
        ipAllowList: "203.0.113.9",
        messageUrl: "https://a.example/push",
      }),
  },
  "lower a limit per minute": {
    handle: () => simulator.updateApp(appId, { limits: { perMinute: { userinfo: 2 } } }),
    http: () => send("PATCH", `apps/${appId}`, { limits: { perMinute: { userinfo: 2 } } }),
    panel: () => press("apps/limit", { appId, limit: "perMinute.userinfo", most: "2" }),
  },
  "lower a limit without an endpoint": {
    handle: () => simulator.updateApp(appId, { limits: { quotaClearsPerMonth: 1 } }),
    http: () => send("PATCH", `apps/${appId}`, { limits: { quotaClearsPerMonth: 1 } }),
    panel: () => press("apps/limit", { appId, limit: "quotaClearsPerMonth", most: "1" }),
  },
  "add a callback domain": {
    handle: () => simulator.addCallbackHost(appId, domainHost()),
    http: () => send("POST", `apps/${appId}/callback-hosts`, { host: domainHost() }),
    panel: () => press("apps/callback-host", { appId, host: domainHost() }),
  },
  "plan a fault": {
    handle: () => simulator.fail("auth", { kind: "http_502" }, { share: 0.5 }),
    http: () => send("POST", "faults", { endpoint: "auth", fault: { kind: "http_502" }, share: 0.5 }),
    panel: () => press("faults", { endpoint: "auth", kind: "http_502", unit: "percent", amount: "50" }),
  },
  "cancel a fault": {
    before: async () => simulator.fail("auth", { kind: "http_502" }),
    handle: () => simulator.cancelFault(firstFault()),
    http: () => send("DELETE", `faults/${firstFault()}`),
    panel: () => press("faults/cancel", { id: String(firstFault()) }),
  },
  "cancel all faults": {
    before: async () => simulator.fail("auth", { kind: "http_502" }),
    handle: () => simulator.clearFaults(),
    http: () => send("DELETE", "faults"),
    panel: () => press("faults/clear"),
  },
  "move the clock": {
    handle: () => simulator.advance(300),
    http: () => send("POST", "clock", { advanceSeconds: 300 }),
    panel: () => press("clock", { seconds: "5", unit: "60" }),
  },
  "turn a switch": {
    handle: () => simulator.settings({ usedCode: 40029 }),
    http: () => send("PATCH", "settings", { usedCode: 40029 }),
    panel: () => press("settings", { name: "usedCode", value: "40029" }),
  },
  "forget the requests": {
    before: () => getCode(simulator),
    handle: () => simulator.clearRequests(),
    http: () => send("DELETE", "requests"),
    panel: () => press("requests/clear"),
  },
  "start all over": {
    before: async () => simulator.deletePerson("alice"),
    handle: () => simulator.reset(),
    http: () => send("POST", "reset", {}),
    panel: () => press("reset"),
  },
};

describe.each(Object.entries(COMMANDS))("the command to %s", (_title, { before, ...surfaces }) => {
  it("has the same result through the handle, the control API and the panel", async () => {
    const outcomes = [];
    for (const act of [surfaces.handle, surfaces.http, surfaces.panel]) {
      simulator.reset();
      await before?.();
      const at = snapshot();
      await act();
      const outcome = snapshot();
      expect(outcome).not.toEqual(at);
      outcomes.push(outcome);
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
  });
});

describe("the commands to follow and unfollow one account", () => {
  it("have the same result through the handle, the control API and the panel", async () => {
    const follows = async () => {
      const response = await fetch(`${simulator.url}/people`);
      const card =
        /id="person-alice"[\s\S]*?<\/li>\s*<li class="card"/.exec(await response.text())?.[0] ?? "";
      return !card.includes("forms/people/follow");
    };
    const viaHandle = [() => simulator.unfollow("alice", appId), () => simulator.follow("alice", appId)];
    const http = ["unfollow", "follow"].map(
      (command) => () => send("POST", `people/alice/${command}`, { appId }),
    );
    const panel = ["unfollow", "follow"].map(
      (command) => () => press(`people/${command}`, { person: "alice", appId }),
    );
    for (const [unfollow, follow] of [viaHandle, http, panel]) {
      await unfollow?.();
      expect(await follows()).toBe(false);
      await follow?.();
      expect(await follows()).toBe(true);
    }
  });
});
