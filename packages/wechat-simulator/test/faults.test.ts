import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { demoOfficialAccount, type Fault, type Simulator, startSimulator } from "../src/index.js";
import { call, exchange, getCode, getTokens } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

/** The raw response to an exchange that a fault hits. */
async function exchangeUnder(fault: Fault, code: string): Promise<Response> {
  simulator.fail("access_token", fault);
  const { appId, appSecret } = demoOfficialAccount;
  return fetch(
    `${simulator.url}/sns/oauth2/access_token?appid=${appId}&secret=${appSecret}&code=${code}&grant_type=authorization_code`,
  );
}

const isSpent = async (code: string) => (await exchange(simulator, code)).body.errcode === 40163;

describe("a planned fault", () => {
  it("hits only the next N calls of its endpoint", async () => {
    simulator.fail("access_token", { kind: "errcode", errcode: -1 }, 2);
    const errcodes = [];
    for (let count = 0; count < 3; count += 1)
      errcodes.push((await exchange(simulator, "unknown")).body.errcode);
    expect(errcodes).toEqual([-1, -1, 40029]);
    simulator.fail("userinfo", { kind: "http_502" });
    expect((await exchange(simulator, "unknown")).status).toBe(200);
  });

  it("waits until earlier faults are used up", async () => {
    simulator.fail("access_token", { kind: "errcode", errcode: 45011 });
    simulator.fail("access_token", { kind: "errcode", errcode: 40001 });
    expect((await exchange(simulator, "x")).body.errcode).toBe(45011);
    expect((await exchange(simulator, "x")).body.errcode).toBe(40001);
  });

  it("can be cancelled and appears in the request log", async () => {
    simulator.fail("access_token", { kind: "errcode", errcode: -1 }, 5);
    await exchange(simulator, "x");
    expect(simulator.requests().at(-1)).toMatchObject({ errcode: -1, fault: "errcode" });
    simulator.clearFaults();
    expect((await exchange(simulator, "x")).body.errcode).toBe(40029);
  });
});

describe("the fault errcode", () => {
  it("sends WeChat's errmsg with a rid, formatted as on that endpoint, and spends nothing", async () => {
    const code = await getCode(simulator);
    const body = (await (await exchangeUnder({ kind: "errcode", errcode: -1 }, code)).json()) as {
      errmsg: string;
    };
    expect(body.errmsg).toMatch(/^system error, rid: /);
    simulator.fail("token", { kind: "errcode", errcode: 40164 });
    const token = await call(simulator, "/cgi-bin/token", {});
    expect(token.body.errmsg).toMatch(
      /^invalid ip 203\.0\.113\.7 ipv6 ::ffff:203\.0\.113\.7, not in whitelist rid: /,
    );
    expect(await isSpent(code)).toBe(false);
  });

  it("accepts a custom errmsg", async () => {
    simulator.fail("auth", { kind: "errcode", errcode: 99999, errmsg: "odd" });
    expect((await call(simulator, "/sns/auth", {})).body.errmsg).toMatch(/^odd, rid: /);
  });
});

describe("the fault delay", () => {
  it("delays the response", async () => {
    simulator.fail("access_token", { kind: "delay", ms: 20 });
    expect((await exchange(simulator, await getCode(simulator))).body.errcode).toBeUndefined();
    expect(simulator.requests().at(-1)).toMatchObject({ fault: "delay", status: 200 });
  });

  it("performs the call at once, so that a client that gives up loses the code, and does not delay closing", async () => {
    const slow = await startSimulator();
    slow.fail("access_token", { kind: "delay", ms: 600_000 });
    const code = await getCode(slow);
    const waiting = expect(exchange(slow, code)).rejects.toThrow();
    await vi.waitFor(() => expect(slow.calls("access_token")).toBe(1));
    expect((await exchange(slow, code)).body.errcode).toBe(40163);
    await slow.close();
    await waiting;
  });
});

describe("the fault reset", () => {
  it("resets the connection before the code is spent", async () => {
    const code = await getCode(simulator);
    await expect(exchangeUnder({ kind: "reset", when: "before" }, code)).rejects.toThrow();
    expect(await isSpent(code)).toBe(false);
  });

  it("resets the connection after the code is spent, and its tokens are lost", async () => {
    const code = await getCode(simulator);
    await expect(exchangeUnder({ kind: "reset", when: "after" }, code)).rejects.toThrow();
    expect(simulator.requests().at(-1)).toMatchObject({ status: 0, fault: "reset" });
    expect(await isSpent(code)).toBe(true);
  });
});

describe("a fault that replaces WeChat's JSON", () => {
  it("sends a gateway's HTML and spends nothing: http_502", async () => {
    const code = await getCode(simulator);
    const response = await exchangeUnder({ kind: "http_502" }, code);
    expect(response.status).toBe(502);
    expect(response.headers.get("content-type")).toBe("text/html");
    expect(await response.text()).toContain("<html>");
    expect(await isSpent(code)).toBe(false);
  });

  it("sends text that is not JSON with HTTP 200: invalid_json", async () => {
    const response = await exchangeUnder({ kind: "invalid_json" }, "x");
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow(SyntaxError);
  });

  it("truncates the real response and spends the code: truncated_json", async () => {
    const code = await getCode(simulator);
    const text = await (await exchangeUnder({ kind: "truncated_json" }, code)).text();
    expect(text).toMatch(/^\{"access_token":"/);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(await isSpent(code)).toBe(true);
  });

  it("puts invalid UTF-8 into the real response: broken_utf8", async () => {
    const { access_token, openid } = await getTokens(simulator);
    simulator.fail("userinfo", { kind: "broken_utf8" });
    const response = await fetch(
      `${simulator.url}/sns/userinfo?access_token=${access_token}&openid=${openid}`,
    );
    const bytes = await response.arrayBuffer();
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes)).toThrow(TypeError);
    const lenient = JSON.parse(new TextDecoder().decode(bytes)) as { nickname: string };
    expect(lenient.nickname).toContain("\uFFFD");
    expect(lenient.nickname).toContain(simulator.person("alice", demoOfficialAccount.appId).nickname);
  });

  it("pads the real response to more than 256 KB: oversized", async () => {
    const text = await (await exchangeUnder({ kind: "oversized" }, await getCode(simulator))).text();
    expect(text.length).toBeGreaterThan(256 * 1024);
    expect(JSON.parse(text)).toHaveProperty("access_token");
  });

  it("sends any body, which may echo values of the request: body", async () => {
    const fault: Fault = {
      kind: "body",
      body: "<b>$SECRET</b> $CODE",
      contentType: "text/x-odd",
      status: 500,
    };
    const response = await exchangeUnder(fault, "theCode");
    expect(response.status).toBe(500);
    expect(response.headers.get("content-type")).toBe("text/x-odd");
    expect(await response.text()).toBe(`<b>${demoOfficialAccount.appSecret}</b> theCode`);
  });

  it("echoes values of a query or of a JSON body in a call of the account as well: body", async () => {
    const echo = async (path: string, init?: RequestInit) => {
      simulator.fail(path.startsWith("stable") ? "stable_token" : "token", {
        kind: "body",
        body: "$SECRET $CODE",
      });
      return (await fetch(`${simulator.url}/cgi-bin/${path}`, init)).text();
    };
    expect(await echo("token?secret=theSecret&code=theCode")).toBe("theSecret theCode");
    expect(await echo("stable_token", { method: "POST", body: '{"secret":"theSecret"}' })).toBe("theSecret ");
  });

  it("uses the endpoint's own content type for such a body by default: body", async () => {
    const response = await exchangeUnder({ kind: "body", body: "null" }, "x");
    expect(response.headers.get("content-type")).toBe("text/plain");
  });
});
