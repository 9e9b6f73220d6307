import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  demoMiniProgram,
  demoOfficialAccount,
  demoWebsite,
  type Simulator,
  type SimulatorState,
  startSimulator,
} from "../src/index.js";
import { authorizeUrl, call, getTokens, openAs } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId } = demoOfficialAccount;
const send = (method: string, path: string, body?: unknown) =>
  fetch(`${simulator.url}/_simulator/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
const errorOf = async (response: Promise<Response>) => {
  const { status } = await response;
  return { status, error: ((await (await response).json()) as { error: string }).error };
};

describe("a person over HTTP", () => {
  it("unfollows and follows one account", async () => {
    const visit = () => openAs("alice", authorizeUrl(simulator));
    expect((await send("POST", "people/alice/unfollow", { appId })).status).toBe(204);
    await visit();
    expect(simulator.requests().at(-1)?.errcode).toBe(10006);
    await send("POST", "people/alice/follow", { appId });
    expect((await visit()).status).toBe(302);
  });

  it.each([
    ["follows", "unfollow", true, 302],
    ["unfollows", "follow", false, 200],
  ])("%s all accounts at once by the field follows, even after the %s of a single one", async (...row) => {
    const [, change, follows, status] = row;
    await send("POST", `people/alice/${change}`, { appId });
    await send("PATCH", "people/alice", { follows });
    expect((await openAs("alice", authorizeUrl(simulator))).status).toBe(status);
  });

  it("keeps what was set for one account when a person whose id begins the same way follows all", async () => {
    await send("POST", "people", { id: "alic" });
    await send("POST", "people/alice/unfollow", { appId });
    await send("PATCH", "people/alic", { follows: true });
    await openAs("alice", authorizeUrl(simulator));
    expect(simulator.requests().at(-1)?.errcode).toBe(10006);
  });

  it("revokes an app and changes the password", async () => {
    const errcodeOf = async ({ access_token, openid }: { access_token: string; openid: string }) =>
      (await call(simulator, "/sns/auth", { access_token, openid })).body.errcode;
    const [first, second] = [await getTokens(simulator), await getTokens(simulator, "emoji")];
    expect((await send("POST", "people/alice/revoke", { appId })).status).toBe(204);
    expect((await send("POST", "people/emoji/change-password")).status).toBe(403); // a form could send this
    expect((await send("POST", "people/emoji/change-password", {})).status).toBe(204);
    expect([await errcodeOf(first), await errcodeOf(second)]).toEqual([50001, 42007]);
  });

  it("opens a mini program, which gets a js_code", async () => {
    const response = await send("POST", "people/alice/js-code", { appId: demoMiniProgram.appId });
    expect(response.status).toBe(201);
    expect(((await response.json()) as { code: string }).code).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(await errorOf(send("POST", "people/alice/js-code", { appId }))).toMatchObject({ status: 400 });
  });

  it("must exist, as must the app, or the answer is 404 with the id", async () => {
    expect(await errorOf(send("POST", "people/bob/revoke", { appId }))).toEqual({
      status: 404,
      error: "no person has the id bob",
    });
    expect(await errorOf(send("POST", "people/alice/revoke", { appId: "wx0" }))).toEqual({
      status: 404,
      error: "no app has the appid wx0",
    });
    expect(await errorOf(send("POST", "people/alice/revoke", {}))).toMatchObject({ status: 400 });
    expect(() => simulator.revoke("bob", appId)).toThrow(RangeError);
  });
});

describe("an app over HTTP", () => {
  it("can be banned, limited and given an allow-list, and its secret is not shown", async () => {
    const patch = {
      banned: true,
      ipAllowList: ["203.0.113.9"],
      limits: { daily: { token: 1 }, quotaClearsPerMonth: 2 },
    };
    const response = await send("PATCH", `apps/${appId}`, patch);
    const text = await response.text();
    expect(text).not.toContain(demoOfficialAccount.appSecret);
    expect(JSON.parse(text)).toMatchObject({
      appId,
      ...patch,
      limits: { daily: { token: 1, user_info: 5_000_000 }, quotaClearsPerMonth: 2 },
    });
    await openAs("alice", authorizeUrl(simulator));
    expect(simulator.requests().at(-1)?.errcode).toBe(10004);
  });

  it.each([
    [{ appSecret: "x" }, "unknown: appSecret"],
    [{ limits: { daily: 5 } }, "limits.daily must be an object"],
    [{ ipAllowList: "127.0.0.1" }, "ipAllowList must be a list of strings"],
  ])("is not changed by an invalid value, which is reported: %j", async (patch, problem) => {
    const { status, error } = await errorOf(send("PATCH", `apps/${appId}`, patch));
    expect(status).toBe(400);
    expect(error).toContain(problem);
  });

  it("is restored by a reset", async () => {
    simulator.updateApp(appId, { banned: true, limits: { daily: { token: 0 } } });
    simulator.unfollow("alice", appId);
    expect((await send("POST", "reset", {})).status).toBe(204);
    const state = (await (await send("GET", "state")).json()) as SimulatorState;
    expect(state.apps[0]).toMatchObject({ banned: false, limits: { daily: { token: 200 } } });
    expect((await openAs("alice", authorizeUrl(simulator))).status).toBe(302);
  });

  it.each([
    [{ refusal: "loudly" }, "refusal must be one of nothing, state_only, authdeny"],
    [{ expiredCode: 40163 }, "expiredCode must be one of 40029, 42003"],
    [{ fromMenu: "yes" }, "fromMenu must be true or false"],
    [{ qrPollSeconds: -1 }, "qrPollSeconds must be a number of seconds from 0 to 60"],
    [{ colour: "green" }, "unknown: colour; known: refusal, "],
  ])("reports an invalid switch: %j", async (patch, problem) => {
    const { status, error } = await errorOf(send("PATCH", "settings", patch));
    expect(status).toBe(400);
    expect(error).toContain(problem);
  });
});

describe("adding a callback domain", () => {
  let domain: Server | undefined;
  afterEach(() => domain?.close());

  /** Starts a web server. @returns its host with the port */
  async function serve(answers: (path: string) => { status: number; body: string }): Promise<string> {
    domain = createServer((request, response) => {
      const { status, body } = answers(request.url ?? "");
      response.writeHead(status, { location: "/" }).end(body);
    });
    await new Promise<void>((resolve) => domain?.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(domain.address() as AddressInfo).port}`;
  }

  const verifyFile = async () => {
    const state = (await (await send("GET", "state")).json()) as SimulatorState;
    const name = state.apps[0]?.verifyFile ?? "";
    return { name, content: /^MP_verify_(\w{16})\.txt$/.exec(name)?.[1] ?? "" };
  };

  it("fetches the MP_verify file from the domain and accepts it", async () => {
    const { name, content } = await verifyFile();
    const host = await serve((path) => ({ status: path === `/${name}` ? 200 : 404, body: `${content}\n` }));
    expect((await send("POST", `apps/${appId}/callback-hosts`, { host })).status).toBe(204);
    const url = authorizeUrl(simulator, { redirect_uri: `http://${host}/callback` });
    expect((await openAs("alice", url)).status).toBe(302);
    await expect(simulator.addCallbackHost(appId, "third.example")).rejects.toThrow(/at most 2/);
  });

  it.each([
    ["there is no file", 404, "x", /answers HTTP 404/],
    ["it redirects", 302, "x", /answers HTTP 302/],
    ["the file holds something else", 200, "x", /does not contain exactly its token/],
  ])("is refused if %s", async (_title, status, body, problem) => {
    const host = await serve(() => ({ status, body }));
    const refused = await errorOf(send("POST", `apps/${appId}/callback-hosts`, { host }));
    expect(refused.status).toBe(400);
    expect(refused.error).toMatch(problem);
  });

  it("is refused for an invalid host, an unreachable host and apps of another kind", async () => {
    await expect(simulator.addCallbackHost(appId, "a b")).rejects.toThrow(TypeError);
    await expect(simulator.addCallbackHost(appId, "127.0.0.1:1")).rejects.toThrow(/could not be fetched/);
    await expect(simulator.addCallbackHost(demoWebsite.appId, "a.example")).rejects.toThrow(
      /Official Account/,
    );
  });
});
