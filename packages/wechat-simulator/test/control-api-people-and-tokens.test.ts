import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoMiniProgram, demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { API_CALLS } from "../src/panel/api-calls.js";
import { call, exchange, getCode, getGlobalToken, getTokens, post } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

async function send(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${simulator.url}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

describe("people over HTTP", () => {
  it("are created with a given or a generated id, which is their default nickname", async () => {
    expect(await send("POST", "/_simulator/people", { id: "bob", unionid: false })).toMatchObject({
      status: 201,
      body: { id: "bob", nickname: "bob", unionid: false, follows: true, snapshot: false },
    });
    const common = { unionid: true, follows: true, snapshot: false, highRisk: false };
    for (const id of ["person-1", "person-2"]) {
      const created = await send("POST", "/_simulator/people", {});
      expect(created).toMatchObject({ status: 201, body: { id, nickname: id, ...common } });
    }
    expect((await getTokens(simulator, "bob")).openid).toBe(
      simulator.person("bob", demoOfficialAccount.appId).openid,
    );
  });

  it.each([
    [{ id: "alice" }, "the person id alice is taken"],
    [{ id: "crowd-7" }, "the person id crowd-7 is taken"],
    ...["<b>", "-bob", "Bob", "b_b", "bob\n", "bob smith", "b".repeat(41)].map((id): [object, string] => [
      { id },
      "a person's id is 1 to 40 lower-case letters, digits and hyphens",
    ]),
    [{ id: 7 }, "id must be a string"],
    [{ nick: "x" }, "unknown: nick"],
    [[], "the body must be an object"],
    [{ nickname: "x".repeat(1001) }, "nickname must be a string of at most 1000 characters"],
    [{ headimgurl: `https://${"x".repeat(2000)}` }, "headimgurl must be a string of at most 2000 characters"],
  ])("are not created from invalid fields: %j", async (body, problem) => {
    expect(await send("POST", "/_simulator/people", body)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(problem) },
    });
  });
});

describe("a person's fields", () => {
  it.each([
    ["nickname", 1000],
    ["headimgurl", 2000],
  ])("have a maximum length: %s %i characters", async (field, most) => {
    expect((await send("PATCH", "/_simulator/people/alice", { [field]: "x".repeat(most) })).status).toBe(200);
    expect(await send("PATCH", "/_simulator/people/alice", { [field]: "x".repeat(most + 1) })).toEqual({
      status: 400,
      body: { error: `${field} must be a string of at most ${most} characters` },
    });
  });
});

describe("codes and tokens over HTTP", () => {
  it("are listed with state and expiry", async () => {
    await getTokens(simulator, "alice");
    const code = await getCode(simulator, "emoji");
    const { tokens } = (await send("GET", "/_simulator/tokens")).body as {
      tokens: Record<string, unknown>[];
    };
    expect(tokens.find(({ value }) => value === code)).toMatchObject({
      kind: "code",
      personId: "emoji",
      purpose: "snsapi_userinfo",
      state: "alive",
      endsAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const states = tokens.map(({ kind, state }) => `${kind} ${state}`);
    expect(states.sort()).toEqual(["access_token alive", "code alive", "code spent", "refresh_token alive"]);
  });

  it.each([
    ["a refresh token", async () => (await getTokens(simulator)).refresh_token],
    ["an account's token", () => getGlobalToken(simulator)],
    [
      "a ticket",
      async () => {
        const access_token = await getGlobalToken(simulator);
        const { body } = await call(simulator, "/cgi-bin/ticket/getticket", { access_token, type: "jsapi" });
        return body.ticket as string;
      },
    ],
  ])("can be ended at once and only once: %s", async (_title, issue) => {
    const token = await issue();
    expect((await send("POST", "/_simulator/tokens/end", { token })).status).toBe(204);
    expect((await send("POST", "/_simulator/tokens/end", { token })).status).toBe(404);
  });

  it("include a global token, which answers 40001 once it was ended", async () => {
    const access_token = await getGlobalToken(simulator);
    await send("POST", "/_simulator/tokens/end", { token: access_token });
    const { body } = await call(simulator, "/cgi-bin/get_api_domain_ip", { access_token });
    expect(body.errcode).toBe(40001);
  });

  it("cannot be refreshed after the refresh token was ended", async () => {
    const { refresh_token } = await getTokens(simulator);
    await send("POST", "/_simulator/tokens/end", { token: refresh_token });
    const asked = { appid: demoOfficialAccount.appId, grant_type: "refresh_token", refresh_token };
    expect((await call(simulator, "/sns/oauth2/refresh_token", asked)).body.errcode).toBe(42002);
  });
});

describe("planned faults over HTTP", () => {
  it("have ids that are never reused and that cancel them", async () => {
    simulator.fail("auth", { kind: "http_502" });
    simulator.fail("userinfo", { kind: "http_502" });
    const list = async () =>
      (await send("GET", "/_simulator/faults")).body as { faults: { id: number; endpoint: string }[] };
    const [first, second] = (await list()).faults;
    expect((await send("DELETE", `/_simulator/faults/${first?.id}`)).status).toBe(204);
    expect((await send("DELETE", `/_simulator/faults/${first?.id}`)).status).toBe(404);
    simulator.fail("auth", { kind: "http_502" });
    const left = (await list()).faults;
    expect(left[0]).toEqual(second);
    expect(left[1]?.id).toBeGreaterThan(second?.id ?? 0);
  });
});

describe("the request log", () => {
  it("keeps requests and responses with masked secrets", async () => {
    const asked = {
      grant_type: "client_credential",
      appid: demoOfficialAccount.appId,
      secret: "a-real-secret",
    };
    await post(simulator, "/cgi-bin/stable_token", {}, asked);
    await call(simulator, "/cgi-bin/token", { ...asked, secret: "a-real-secret" });
    const [posted, got] = simulator.requests();
    expect(posted?.body).toBe(`{"grant_type":"client_credential","appid":"${asked.appid}","secret":"***"}`);
    expect(posted?.answer).toContain('"errcode":40125');
    // rid/get returns the whole URL and body of a call; the log masks them there as well.
    const access_token = await getGlobalToken(simulator);
    for (const rid of [posted?.rid, got?.rid]) {
      const { body } = await post(simulator, "/cgi-bin/openapi/rid/get", { access_token }, { rid });
      expect(JSON.stringify(body)).toContain("a-real-secret");
    }
    expect(JSON.stringify(simulator.requests())).not.toContain("a-real-secret");
  });

  it("keeps only the beginning of a long response", async () => {
    simulator.fail("auth", { kind: "body", body: "x".repeat(100_000) });
    await fetch(`${simulator.url}/sns/auth`);
    expect(simulator.requests()[0]?.answer).toHaveLength(4097);
  });

  it("numbers requests and continues after it was cleared", async () => {
    await exchange(simulator, "x");
    const first = simulator.requests()[0]?.id ?? 0;
    await send("DELETE", "/_simulator/requests");
    await exchange(simulator, "x");
    expect(simulator.requests().map(({ id }) => id)).toEqual([first + 1]);
  });
});

describe("the documentation of the control API", () => {
  const fill = (text: string) =>
    text.replace("MINI_PROGRAM_APPID", demoMiniProgram.appId).replace("APPID", demoOfficialAccount.appId);

  it.each(API_CALLS.map(({ method, path, example }) => ({ method, path, example })))(
    "has a working example: $method $path",
    async ({ method, path, example }) => {
      simulator.fail("auth", { kind: "http_502" });
      const id = ((await send("GET", "/_simulator/faults")).body as { faults: { id: number }[] }).faults[0]
        ?.id;
      const token = await getCode(simulator);
      const filled = fill(example ?? "{}").replace("61_…", token);
      const body = method === "GET" || method === "DELETE" ? undefined : JSON.parse(filled);
      const { status } = await send(method, fill(path).replace("/faults/1", `/faults/${id}`), body);
      expect(status).toBeLessThan(300);
    },
  );

  it("lists every call in README as well", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    for (const { method, path } of API_CALLS) {
      const inReadme = path
        .replace("alice", ":id")
        .replace("APPID", ":appId")
        .replace("faults/1", "faults/:id");
      expect(readme).toContain(`| \`${method} ${inReadme}\` `);
    }
  });
});
