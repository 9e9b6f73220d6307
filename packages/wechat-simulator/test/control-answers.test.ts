import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  demoMiniProgram,
  demoOfficialAccount,
  demoWebsite,
  type Simulator,
  startSimulator,
} from "../src/index.js";
import { namedValues } from "./page-lines.js";
import { getGlobalToken, getTokens } from "./phone.js";

// Every answer of the control API, as a whole: what a command returns, and what a refusal says.

const app = `apps/${demoOfficialAccount.appId}`;
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    now: () => Date.UTC(2026, 0, 31, 4),
    apps: [demoOfficialAccount, demoWebsite, demoMiniProgram],
  });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

type Command = [method: string, path: string, body?: unknown];

/** The command and its answer in a line each. */
async function answerTo([method, path, body]: Command): Promise<string> {
  const response = await fetch(`${simulator.url}/_simulator/${path}`, {
    method,
    ...(body !== undefined && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  const asked = [method, path, JSON.stringify(body)].filter(Boolean).join(" ");
  return `${asked}\n  ${response.status} ${await response.text()}`.trimEnd();
}

async function answersTo(commands: readonly Command[]): Promise<string> {
  const named = namedValues(simulator);
  const answers: string[] = [];
  for (const command of commands) answers.push(await answerTo(command));
  return named(answers.join("\n"));
}

const auth = (fault: object, more: object = {}) => ({ endpoint: "auth", fault, ...more });
const gateway = { kind: "http_502" };

describe("the control API", () => {
  it("answers a command with what it changed", async () => {
    await getTokens(simulator, "emoji");
    await getGlobalToken(simulator);
    const [token] = simulator.tokens();
    const said = await answersTo([
      ["GET", "tokens"],
      ["POST", "tokens/end", { token: token?.value }],
      ["POST", "tokens/end", { token: token?.value }],
      ["GET", "faults"],
      ["POST", "faults", auth(gateway, { times: 3 })],
      ["POST", "faults", { endpoint: "userinfo", fault: gateway, share: 0.25 }],
      ["DELETE", "faults/7"],
      ["DELETE", "faults"],
      ["POST", "clock", { advanceSeconds: 90.5 }],
      ["PATCH", "settings", { refusal: "authdeny", qrPollSeconds: 0.5, callbackHosts: ["a.example"] }],
      ["POST", "people", {}],
      ["POST", "people", { id: "", nickname: "Ann", headimgurl: "", unionid: false, follows: false }],
      ["POST", "people", { id: "bob", snapshot: true, highRisk: true }],
      ["PATCH", "people/bob", { nickname: "Bob", highRisk: false }],
      ["PATCH", "people/crowd-4", { unionid: false }],
      ["POST", "people/bob/follow", { appId: demoOfficialAccount.appId }],
      ["POST", "people/bob/unfollow", { appId: demoOfficialAccount.appId }],
      ["POST", "people/bob/revoke", { appId: demoOfficialAccount.appId }],
      ["POST", "people/bob/change-password", {}],
      ["DELETE", "people/bob"],
      [
        "PATCH",
        app,
        { openPlatform: null, ipAllowList: [], messageUrl: "https://a.example", scopes: ["snsapi_base"] },
      ],
      [
        "PATCH",
        app,
        { limits: { perMinute: { auth: 1 }, changeOverSeconds: 2 }, callbackHosts: [], banned: true },
      ],
      ["DELETE", "requests"],
      ["GET", "requests"],
      ["POST", "reset", {}],
    ]);
    expect(said.replace(/"id":(\d+)/g, '"id":1')).toMatchSnapshot();
  });

  it("is offered by the handle of startSimulator as well, whose errors are RangeErrors", () => {
    const error = (use: () => unknown) => {
      try {
        use();
      } catch (error) {
        const { name, message } = error as Error;
        return [error instanceof RangeError, name, message];
      }
      return undefined;
    };
    const { appId } = demoOfficialAccount;
    expect(error(() => simulator.person("bob", appId))).toEqual([
      true,
      "NotFoundError",
      "no person has the id bob",
    ]);
    expect(error(() => simulator.person("alice", "wx0"))).toEqual([
      true,
      "NotFoundError",
      "no app has the appid wx0",
    ]);
  });

  it("says of a refusal which field is wrong and what it may be", async () => {
    simulator.deletePerson("noavatar");
    const said = await answersTo([
      ["POST", "tokens/end", []],
      ["POST", "tokens/end", { token: 1 }],
      ["POST", "clock", null],
      ["POST", "clock", {}],
      ["POST", "clock", { advanceSeconds: "1" }],
      ["PATCH", "settings", "x"],
      ["PATCH", "settings", { colour: 1 }],
      ["PATCH", "settings", { sameCode: 1 }],
      ["PATCH", "settings", { doubleCallback: "x" }],
      ["PATCH", "settings", { callbackHosts: "a" }],
      ["PATCH", "settings", { callbackHosts: ["a", 1] }],
      ["POST", "faults", {}],
      ["POST", "faults", auth([])],
      ["POST", "faults", auth({ kind: "x" })],
      ["POST", "faults", auth({ kind: "errcode", errcode: 1, errmsg: 1 })],
      ["POST", "faults", auth({ kind: "reset" })],
      ["POST", "faults", auth({ kind: "body" })],
      ["POST", "faults", auth({ kind: "body", body: "", contentType: 1 })],
      ["POST", "faults", auth(gateway, { times: 1, share: 0.5 })],
      ["POST", "faults", auth(gateway, { share: "0.5" })],
      ["POST", "faults", { endpoint: "qrconnect", fault: { kind: "invalid_json" } }],
      ["POST", "faults", { endpoint: "authorize", fault: { kind: "errcode", errcode: 40029 } }],
      ["DELETE", "faults/1"],
      ["POST", "people", []],
      ["POST", "people", { id: 1 }],
      ["POST", "people", { id: "Bob" }],
      ["POST", "people", { id: "b".repeat(41) }],
      ["POST", "people", { id: "alice" }],
      ["POST", "people", { id: "crowd-1" }],
      ["POST", "people", { id: "noavatar" }],
      ["PATCH", "people/alice", { id: "bob" }],
      ["PATCH", "people/alice", { nickname: "n".repeat(1001) }],
      ["PATCH", "people/alice", { headimgurl: 1 }],
      ["PATCH", "people/alice", { follows: "yes" }],
      ["PATCH", "people/noavatar", {}],
      ["DELETE", "people/bob"],
      ["POST", "people/alice/follow", {}],
      ["POST", "people/alice/follow", { appId: "wx0" }],
      ["POST", "people/bob/unfollow", { appId: "wx0" }],
      ["POST", "people/alice/js-code", { appId: demoOfficialAccount.appId }],
      ["PATCH", "apps/wx0", {}],
      ["PATCH", app, { appSecret: "x" }],
      ["PATCH", app, { banned: null }],
      ["PATCH", app, { openPlatform: 1 }],
      ["PATCH", app, { ipAllowList: [1] }],
      ["PATCH", app, { limits: [] }],
      ["PATCH", app, { limits: { hourly: 1 } }],
      ["PATCH", app, { limits: { daily: { nowhere: 1 } } }],
      ["PATCH", app, { limits: { perMinute: { auth: -1 } } }],
      ["PATCH", app, { limits: { quotaClearsPerMonth: 0.5 } }],
      ["POST", `${app}/callback-hosts`, {}],
      ["POST", `${app}/callback-hosts`, { host: "a b" }],
      ["POST", `${app}/callback-hosts`, { host: "127.0.0.1:1" }],
      ["POST", `apps/${demoWebsite.appId}/callback-hosts`, { host: "a.example" }],
      ["POST", "nowhere", {}],
    ]);
    expect(said.replace(/[nb]{41,}/g, "…")).toMatchSnapshot();
  });
});
