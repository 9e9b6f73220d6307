import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { call, exchange, getCode, getGlobalToken, post } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ seed: "shares" });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const busy = { kind: "errcode", errcode: -1 } as const;

/** Which of the calls failed. */
async function failuresOf(from: Simulator, calls: number): Promise<boolean[]> {
  const failed: boolean[] = [];
  for (let count = 0; count < calls; count += 1) {
    failed.push((await call(from, "/sns/auth", {})).body.errcode === -1);
  }
  return failed;
}

describe("a fault for a share of calls", () => {
  it("hits about that share until it is cancelled", async () => {
    simulator.fail("auth", busy, { share: 0.2 });
    const hits = (await failuresOf(simulator, 200)).filter(Boolean).length;
    expect(hits).toBeGreaterThan(20);
    expect(hits).toBeLessThan(60);
    simulator.clearFaults();
    expect(await failuresOf(simulator, 20)).not.toContain(true);
  });

  it("hits the same calls with the same seed and others with another seed", async () => {
    const others = await Promise.all(["shares", "other"].map((seed) => startSimulator({ seed })));
    const runs = [];
    for (const each of [simulator, ...others]) {
      each.fail("auth", busy, { share: 0.5 });
      runs.push(await failuresOf(each, 40));
      await (each === simulator ? undefined : each.close());
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[0]);
    simulator.reset();
    simulator.fail("auth", busy, { share: 0.5 });
    expect(await failuresOf(simulator, 40)).toEqual(runs[0]);
  });

  it("hits all calls with share 1 and is not planned with an invalid share", async () => {
    simulator.fail("auth", busy, { share: 1 });
    expect(await failuresOf(simulator, 5)).not.toContain(false);
    for (const share of [0, 1.1, Number.NaN]) {
      expect(() => simulator.fail("auth", busy, { share })).toThrow(TypeError);
    }
  });

  it("is planned over HTTP with share instead of times", async () => {
    const plan = (body: object) =>
      fetch(`${simulator.url}/_simulator/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ endpoint: "auth", fault: busy, ...body }),
      });
    expect(await (await plan({ share: 0.25 })).json()).toEqual({
      faults: [{ endpoint: "auth", fault: busy, share: 0.25 }],
    });
    for (const wrong of [{ share: 2 }, { share: 0.2, times: 1 }])
      expect((await plan(wrong)).status).toBe(400);
  });
});

describe("the fault slow_drip", () => {
  it("sends the real response byte by byte, complete, and spends the code", async () => {
    const code = await getCode(simulator);
    simulator.fail("access_token", { kind: "slow_drip", ms: 60 });
    const { appId, appSecret } = demoOfficialAccount;
    const response = await fetch(
      `${simulator.url}/sns/oauth2/access_token?appid=${appId}&secret=${appSecret}&code=${code}&grant_type=authorization_code`,
    );
    const { headers } = response;
    expect(headers.get("content-type")).toBe("text/plain");
    let pieces = 0;
    let text = "";
    const decoder = new TextDecoder();
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      pieces += 1;
      text += decoder.decode(piece, { stream: true });
    }
    expect(pieces).toBeGreaterThan(5);
    expect(headers.get("content-length")).toBe(String(text.length));
    expect(JSON.parse(text)).toHaveProperty("access_token");
    expect((await exchange(simulator, code)).body.errcode).toBe(40163);
  });

  it("does not delay closing the simulator", async () => {
    const slow = await startSimulator();
    slow.fail("auth", { kind: "slow_drip", ms: 600_000 });
    const response = await fetch(`${slow.url}/sns/auth`);
    await slow.close();
    await expect(response.text()).rejects.toThrow();
  });
});

describe("a fault of a global call", () => {
  const { appId: appid, appSecret: secret } = demoOfficialAccount;
  const fetchToken = () =>
    call(simulator, "/cgi-bin/token", { grant_type: "client_credential", appid, secret });
  const works = async (access_token: string) =>
    (await call(simulator, "/cgi-bin/getcallbackip", { access_token })).body.errcode === undefined;

  it("leaves the old token current if the connection is reset before the call", async () => {
    const token = String((await fetchToken()).body.access_token);
    simulator.fail("token", { kind: "reset", when: "before" });
    await expect(fetchToken()).rejects.toThrow();
    simulator.advance(301);
    expect(await works(token)).toBe(true);
  });

  it("replaces the old token by one that was not delivered if the connection is reset after the call", async () => {
    const token = String((await fetchToken()).body.access_token);
    simulator.fail("token", { kind: "reset", when: "after" });
    await expect(fetchToken()).rejects.toThrow();
    simulator.advance(301);
    expect(await works(token)).toBe(false);
  });

  it.each([
    ["GET", "getticket", "ticket/getticket"],
    ["GET", "user_info", "user/info"],
    ["POST", "user_info_batchget", "user/info/batchget"],
    ["POST", "rid_get", "openapi/rid/get"],
    ["POST", "quota_get", "openapi/quota/get"],
    ["POST", "clear_quota", "clear_quota"],
    ["GET", "getcallbackip", "getcallbackip"],
    ["POST", "callback_check", "callback/check"],
  ] as const)("can be planned on %s %s", async (method, endpoint, path) => {
    simulator.fail(endpoint, { kind: "errcode", errcode: 45009 });
    const access_token = await getGlobalToken(simulator);
    const { body } =
      method === "GET"
        ? await call(simulator, `/cgi-bin/${path}`, { access_token })
        : await post(simulator, `/cgi-bin/${path}`, { access_token }, {});
    expect(body.errcode).toBe(45009);
    expect(body.errmsg).toMatch(/^reach max api daily quota limit rid: /);
  });

  it("can be planned on jscode2session, where a body may echo the js_code", async () => {
    simulator.fail("jscode2session", { kind: "body", body: "<$CODE>" });
    const response = await fetch(`${simulator.url}/sns/jscode2session?js_code=theCode`);
    expect(await response.text()).toBe("<theCode>");
  });
});
