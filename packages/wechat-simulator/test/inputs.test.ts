import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { readPort } from "../src/serve.js";
import { generatePerson, isGeneratedId } from "../src/stores/generated-people.js";

// The bounds of what the control API accepts: the last valid value and the first invalid one.

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId } = demoOfficialAccount;
async function send(
  method: string,
  path: string,
  body: unknown,
): Promise<{ status: number; error: unknown }> {
  const response = await fetch(`${simulator.url}/_simulator/${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const { error } = (text === "" ? {} : JSON.parse(text)) as { error?: unknown };
  return { status: response.status, error };
}
const fault = (fields: object, amount: object = {}) => ({ endpoint: "auth", fault: fields, ...amount });
const errcode = { kind: "errcode", errcode: 1 };

describe("a number in a command", () => {
  it.each<[string, string, string, (value: number) => unknown, number[], number[], string]>([
    [
      "seconds of the clock",
      "POST",
      "clock",
      (advanceSeconds) => ({ advanceSeconds }),
      [0, 0.5, 315_360_000],
      [-0.1, 315_360_000.1],
      "advanceSeconds must be a number from 0 to 315360000",
    ],
    [
      "seconds of a poll",
      "PATCH",
      "settings",
      (qrPollSeconds) => ({ qrPollSeconds }),
      [0, 0.5, 60],
      [-0.1, 60.1],
      "qrPollSeconds must be a number of seconds from 0 to 60",
    ],
    [
      "seconds of a QR code",
      "PATCH",
      "settings",
      (qrLifeSeconds) => ({ qrLifeSeconds }),
      [0, 86_400],
      [-1, 86_401],
      "qrLifeSeconds must be a number of seconds from 0 to 86400",
    ],
    [
      "times of a fault",
      "POST",
      "faults",
      (times) => fault(errcode, { times }),
      [1, 1_000_000],
      [0, 1.5, 1_000_001],
      "times must be a whole number from 1 to 1000000",
    ],
    [
      "share of a fault",
      "POST",
      "faults",
      (share) => fault(errcode, { share }),
      [0.001, 1],
      [0, -0.1, 1.001],
      "share must be a number above 0 and up to 1",
    ],
    [
      "errcode of a fault",
      "POST",
      "faults",
      (value) => fault({ kind: "errcode", errcode: value }),
      [-1_000_000, 100_000_000],
      [-1_000_001, 100_000_001, 0.5],
      "errcode must be a whole number from -1000000 to 100000000",
    ],
    ...(["delay", "slow_drip"] as const).map(
      (kind): [string, string, string, (value: number) => unknown, number[], number[], string] => [
        `ms of a ${kind}`,
        "POST",
        "faults",
        (ms) => fault({ kind, ms }),
        [0, 600_000],
        [-1, 600_001, 0.5],
        "ms must be a whole number from 0 to 600000",
      ],
    ),
    [
      "status of a body",
      "POST",
      "faults",
      (status) => fault({ kind: "body", body: "", status }),
      [200, 599],
      [199, 600],
      "status must be a whole number from 200 to 599",
    ],
    [
      "limit of calls",
      "PATCH",
      `apps/${appId}`,
      (token) => ({ limits: { daily: { token } } }),
      [0, 1_000_000_000],
      [-1, 1_000_000_001, 0.5],
      "limits.daily.token must be a whole number from 0 to 1000000000",
    ],
  ])(
    "has its bounds, and a message that names them: %s",
    async (_title, method, path, bodyOf, valid, invalid, error) => {
      for (const value of valid) {
        expect(await send(method, path, bodyOf(value)), String(value)).toMatchObject({ error: undefined });
      }
      for (const value of invalid) {
        expect(await send(method, path, bodyOf(value)), String(value)).toEqual({ status: 400, error });
      }
    },
  );

  it.each<[string, string, unknown, string]>([
    ["POST", "clock", { advanceSeconds: "1" }, "advanceSeconds must be a number from 0 to 315360000"],
    ["PATCH", "settings", { qrPollSeconds: "1" }, "qrPollSeconds must be a number of seconds from 0 to 60"],
    ["POST", "faults", fault(errcode, { times: "1" }), "times must be a whole number from 1 to 1000000"],
  ])("is no text: %s %s %j", async (method, path, body, error) => {
    expect(await send(method, path, body)).toEqual({ status: 400, error });
  });

  it.each([
    ["POST", "clock"],
    ["PATCH", "settings"],
    ["PATCH", `apps/${appId}`],
    ["POST", "people"],
    ["PATCH", "people/alice"],
    ["POST", "people/alice/revoke"],
  ])("comes in an object: %s %s refuses a list", async (method, path) => {
    expect(await send(method, path, [])).toEqual({ status: 400, error: "the body must be an object" });
  });

  it("is a port from 0 to 65535", () => {
    expect([readPort("0", "P"), readPort("65535", "P")]).toEqual([0, 65_535]);
    for (const wrong of ["65536", "-1", "1.5", "", " 1", "0x10"]) {
      expect(() => readPort(wrong, "P"), wrong).toThrow("P must be a port number from 0 to 65535.");
    }
  });
});

describe("a planned fault over HTTP", () => {
  it.each([
    [errcode],
    [{ kind: "errcode", errcode: -1, errmsg: "odd" }],
    [{ kind: "delay", ms: 3 }],
    [{ kind: "slow_drip", ms: 4 }],
    [{ kind: "reset", when: "before" }],
    [{ kind: "reset", when: "after" }],
    [{ kind: "http_502" }],
    [{ kind: "invalid_json" }],
    [{ kind: "truncated_json" }],
    [{ kind: "broken_utf8" }],
    [{ kind: "oversized" }],
    [{ kind: "body", body: "b", contentType: "text/x", status: 503 }],
    [{ kind: "body", body: "" }],
  ])("is kept as it was sent, for one call by default: %j", async (planned) => {
    expect(await send("POST", "faults", fault(planned))).toMatchObject({ status: 201 });
    expect(simulator.faults()).toEqual([
      { id: expect.any(Number), endpoint: "auth", fault: planned, remaining: 1 },
    ]);
  });

  it.each<[string, unknown]>([
    ["the body must be an object", []],
    ["fault must be an object", fault("reset" as never)],
    [
      "kind must be one of errcode, delay, reset, http_502, invalid_json, truncated_json, broken_utf8, oversized, slow_drip, body",
      fault({ kind: "http_503" }),
    ],
    ["errmsg must be a string", fault({ ...errcode, errmsg: 1 })],
    ["when must be before or after", fault({ kind: "reset" })],
    ["when must be before or after", fault({ kind: "reset", when: "meanwhile" })],
    ["body must be a string", fault({ kind: "body" })],
    ["contentType must be a string", fault({ kind: "body", body: "", contentType: null })],
    ["a fault takes either times or share", fault(errcode, { times: 1, share: 1 })],
  ])("is refused, and nothing is planned: %s (%#)", async (error, body) => {
    expect(await send("POST", "faults", body)).toEqual({ status: 400, error });
    expect(simulator.faults()).toEqual([]);
  });

  it("counts down with each call of its endpoint, and a cancelled one leaves the others", async () => {
    simulator.fail("auth", { kind: "http_502" }, 3);
    simulator.fail("userinfo", { kind: "http_502" }, 3);
    simulator.fail("auth", { kind: "invalid_json" });
    const left = () => simulator.faults().map(({ endpoint, remaining }) => [endpoint, remaining]);
    await fetch(`${simulator.url}/sns/auth`);
    expect(left()).toEqual([
      ["auth", 2],
      ["userinfo", 3],
      ["auth", 1],
    ]);
    expect(simulator.cancelFault(simulator.faults()[0]?.id ?? 0)).toBe(true);
    expect(simulator.cancelFault(0)).toBe(false);
    expect(left()).toEqual([
      ["userinfo", 3],
      ["auth", 1],
    ]);
  });

  it("hits a small share seldom and a large share often, and other endpoints never", async () => {
    const hits = async (share: number) => {
      simulator.reset();
      simulator.fail("auth", { kind: "errcode", errcode: -1 }, { share });
      for (let calls = 0; calls < 40; calls += 1) await fetch(`${simulator.url}/sns/auth`);
      await fetch(`${simulator.url}/sns/userinfo`);
      return simulator.requests().filter(({ fault: kind }) => kind !== undefined).length;
    };
    expect(await hits(0.1)).toBeLessThan(15);
    expect(await hits(0.9)).toBeGreaterThan(25);
    expect(await hits(1)).toBe(40);
  });
});

describe("a generated person", () => {
  const common = { follows: true, snapshot: false, highRisk: false };

  it.each([
    ["crowd-0", { nickname: "王安 0", headimgurl: "", unionid: false }],
    ["crowd-1", { nickname: "李安 1", headimgurl: "/mmopen/vi_32/simulated-crowd-1/132", unionid: true }],
    ["crowd-4", { nickname: "陈安 4", headimgurl: "/mmopen/vi_32/simulated-crowd-4/132", unionid: true }],
    ["crowd-5", { nickname: "杨安 5", headimgurl: "", unionid: true }],
    ["crowd-12", { nickname: "王晨 12", headimgurl: "/mmopen/vi_32/simulated-crowd-12/132", unionid: false }],
    [
      "crowd-1000000007",
      {
        nickname: "黄安 7",
        headimgurl: "/mmopen/vi_32/simulated-crowd-1000000007/132",
        unionid: true,
      },
    ],
  ])("is the same on every run: %s", (id, fields) => {
    expect(generatePerson(id)).toEqual({ id, ...fields, ...common });
    expect(isGeneratedId(id)).toBe(true);
  });

  it("has one of 192 names, of a family name and a given one, before their number", () => {
    const names = Array.from({ length: 193 }, (_, number) => generatePerson(`crowd-${number}`).nickname);
    expect(
      names.filter((name, number) => !new RegExp(`^\\p{Script=Han}{2} ${number}$`, "u").test(name)),
    ).toEqual([]);
    const [first, ...others] = names.map((name) => name.split(" ")[0]);
    expect([new Set(others).size, others.at(-1)]).toEqual([192, first]);
  });

  it("has an id of this form only", () => {
    for (const id of ["crowd-", "crowd-x", "crowd-1x", "xcrowd-1"]) expect(isGeneratedId(id)).toBe(false);
  });
});

describe("a picture", () => {
  it.each([
    ["0", 640],
    ["46", 46],
    ["64", 64],
    ["96", 96],
    ["132", 132],
  ])("has WeChat's size in pixels: %s is %i wide", async (size, pixels) => {
    const response = await fetch(`${simulator.url}/mmopen/vi_32/simulated-alice/${size}`);
    expect(response.headers.get("content-type")).toBe("image/svg+xml");
    expect(await response.text()).toContain(`width="${pixels}" height="${pixels}" viewBox="0 0 100 100"`);
  });

  it("has no other size", async () => {
    for (const size of ["1", "640", "constructor"]) {
      expect((await fetch(`${simulator.url}/mmopen/vi_32/simulated-alice/${size}`)).status, size).toBe(404);
    }
  });
});
