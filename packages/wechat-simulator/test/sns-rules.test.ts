import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  demoMiniProgram,
  demoOfficialAccount,
  demoWebsite,
  type Simulator,
  startSimulator,
} from "../src/index.js";
import {
  authorizeUrl,
  call,
  exchange,
  getCode,
  getTokens,
  lastReason,
  openAs,
  type Tokens,
} from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  // Time does not move unless a test moves it, so that the second before an expiry differs from the next.
  simulator = await startSimulator({ now: () => Date.UTC(2026, 0, 31, 4) });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId } = demoOfficialAccount;
const userinfo = async ({ access_token, openid }: Tokens) =>
  (await call(simulator, "/sns/userinfo", { access_token, openid })).body;
const auth = async ({ access_token, openid }: Tokens) =>
  (await call(simulator, "/sns/auth", { access_token, openid })).body;
const refresh = async ({ refresh_token }: Tokens) =>
  (
    await call(simulator, "/sns/oauth2/refresh_token", {
      appid: appId,
      grant_type: "refresh_token",
      refresh_token,
    })
  ).body;

describe("a person who changes the WeChat password", () => {
  it("ends both earlier tokens in every app with 42007", async () => {
    const tokens = await getTokens(simulator);
    simulator.changePassword("alice");
    const refusals = [await userinfo(tokens), await auth(tokens), await refresh(tokens)];
    expect(refusals.map(({ errcode }) => errcode)).toEqual([42007, 42007, 42007]);
    expect(refusals[0]?.errmsg).toMatch(/^access_token and refresh_token exception, rid: /);
  });

  it("does not affect other people or later tokens", async () => {
    const other = await getTokens(simulator, "emoji");
    simulator.changePassword("alice");
    expect((await auth(other)).errcode).toBe(0);
    expect((await auth(await getTokens(simulator))).errcode).toBe(0);
  });
});

describe("a person who revokes an app", () => {
  it("ends its tokens: they answer 50001, or 40001 by a switch, and a refresh answers 40030", async () => {
    const tokens = await getTokens(simulator);
    simulator.revoke("alice", appId);
    expect((await userinfo(tokens)).errcode).toBe(50001);
    expect((await refresh(tokens)).errcode).toBe(40030);
    expect(lastReason(simulator)).toBe("the person revoked this app");
    simulator.settings({ revokedErrcode: 40001 });
    expect((await auth(tokens)).errcode).toBe(40001);
  });

  it("does not affect other apps and can allow the app again", async () => {
    const tokens = await getTokens(simulator);
    simulator.revoke("alice", demoWebsite.appId);
    expect((await auth(tokens)).errcode).toBe(0);
    simulator.revoke("alice", appId);
    expect((await auth(await getTokens(simulator))).errcode).toBe(0);
  });
});

describe("a person who unfollows", () => {
  it("keeps the web tokens", async () => {
    const tokens = await getTokens(simulator);
    simulator.unfollow("alice", appId);
    expect((await userinfo(tokens)).openid).toBe(tokens.openid);
  });

  it("is refused by a test account's page until they follow again", async () => {
    simulator.unfollow("alice", appId);
    await openAs("alice", authorizeUrl(simulator));
    expect(simulator.requests().at(-1)?.errcode).toBe(10006);
    simulator.follow("alice", appId);
    expect((await openAs("alice", authorizeUrl(simulator))).status).toBe(302);
  });
});

describe("a nickname with control characters", () => {
  it("is sent raw inside the JSON, which strict parsers reject, while other escapes are kept", async () => {
    simulator.updatePerson("control", { nickname: 'a\u0014b\u001f"\\u0014\n' });
    const { access_token, openid } = await getTokens(simulator, "control");
    const url = `${simulator.url}/sns/userinfo?access_token=${access_token}&openid=${openid}`;
    const text = await (await fetch(url)).text();
    expect(text).toContain('"nickname":"a\u0014b\u001f\\"\\\\u0014\\n"');
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });
});

describe("the end of an errmsg", () => {
  it("is a hint, as WeChat sent before rids, if the switch errmsgTail is hints", async () => {
    simulator.settings({ errmsgTail: "hints" });
    expect((await exchange(simulator, "x")).body.errmsg).toMatch(
      /^invalid code, hints: \[ req_id: [\w-]{17} \]$/,
    );
    const { body } = await call(simulator, "/cgi-bin/token", {});
    expect(body.errmsg).toMatch(/^appid missing hint: \[[\w-]{17}\]$/);
    expect(simulator.requests().at(-1)).not.toHaveProperty("rid");
  });
});

describe("a switch about codes and tokens", () => {
  it("changes the errcodes of expired and used codes: expiredCode, usedCode", async () => {
    simulator.settings({ expiredCode: 42003, usedCode: 40029 });
    const [used, expired] = [await getCode(simulator), await getCode(simulator)];
    await exchange(simulator, used);
    expect((await exchange(simulator, used)).body.errcode).toBe(40029);
    simulator.advance(300);
    expect((await exchange(simulator, expired)).body.errcode).toBe(42003);
  });

  it("lets an exchange with a wrong secret spend the code: wrongSecretSpendsCode", async () => {
    simulator.settings({ wrongSecretSpendsCode: true });
    const code = await getCode(simulator);
    expect((await exchange(simulator, code, { secret: "x" })).body.errcode).toBe(40125);
    expect((await exchange(simulator, code)).body.errcode).toBe(40163);
  });

  it("makes every refresh replace the access token: refreshKeepsAccessToken, switched off", async () => {
    simulator.settings({ refreshKeepsAccessToken: false });
    const tokens = await getTokens(simulator);
    expect((await refresh(tokens)).access_token).not.toBe(tokens.access_token);
    expect((await auth(tokens)).errcode).toBe(40001);
  });

  it("makes every refresh restart the thirty days: refreshSlides", async () => {
    simulator.settings({ refreshSlides: true });
    const tokens = await getTokens(simulator);
    simulator.advance(29 * 86_400);
    await refresh(tokens);
    simulator.advance(30 * 86_400 - 1);
    expect((await refresh(tokens)).errcode).toBeUndefined();
    simulator.advance(30 * 86_400);
    expect((await refresh(tokens)).errcode).toBe(42002);
  });

  it("makes a new sign-in end the tokens of an earlier one: newAuthorizationEndsOld", async () => {
    const first = await getTokens(simulator);
    await getTokens(simulator);
    expect((await auth(first)).errcode).toBe(0);
    simulator.settings({ newAuthorizationEndsOld: true });
    await getTokens(simulator);
    expect((await auth(first)).errcode).toBe(40001);
    expect((await refresh(first)).errcode).toBe(40030);
  });

  it("removes a snapshot's flag, and its profile (48001): snapshotFlag, snapshotUserinfo", async () => {
    simulator.settings({ snapshotFlag: false, snapshotUserinfo: "48001" });
    const tokens = await getTokens(simulator, "snapshot");
    expect(tokens).not.toHaveProperty("is_snapshotuser");
    expect(tokens.openid).not.toBe(simulator.person("snapshot", appId).openid);
    expect((await userinfo(tokens)).errcode).toBe(48001);
  });
});

describe("jscode2session", () => {
  const mini = demoMiniProgram;
  const log = (js_code: string, asked = {}) =>
    call(simulator, "/sns/jscode2session", {
      appid: mini.appId,
      secret: mini.appSecret,
      js_code,
      grant_type: "authorization_code",
      ...asked,
    });

  it("returns openid, session_key and unionid as text/plain without errcode", async () => {
    const { contentType, body } = await log(simulator.createJsCode("alice", mini.appId));
    expect(contentType).toBe("text/plain");
    expect(Object.keys(body)).toEqual(["openid", "session_key", "unionid"]);
    expect(body).toMatchObject({
      openid: simulator.person("alice", mini.appId).openid,
      unionid: simulator.person("alice", appId).unionid,
    });
    expect(body.session_key).toMatch(/^[A-Za-z0-9+/]{22}==$/);
  });

  it("omits the unionid of a person without one", async () => {
    const { body } = await log(simulator.createJsCode("noavatar", mini.appId));
    expect(Object.keys(body)).toEqual(["openid", "session_key"]);
  });

  it("accepts a js_code once, for five minutes", async () => {
    const [used, late] = [1, 2].map(() => simulator.createJsCode("alice", mini.appId)) as [string, string];
    await log(used);
    expect((await log(used)).body.errcode).toBe(40163);
    simulator.advance(300);
    const { errcode, errmsg } = (await log(late)).body;
    expect(errcode).toBe(40029);
    expect(errmsg).toMatch(/^invalid code, rid: /);
  });

  it.each([
    [41002, { appid: "", secret: "" }],
    [41004, { secret: "", js_code: "" }],
    [41008, { js_code: "", grant_type: "" }],
    [40002, { grant_type: "", appid: "wx0" }],
    [40013, { appid: "wx0000000000000000", secret: "x" }],
    [40125, { secret: "x" }],
  ])("checks in order: %i comes before what follows it", async (errcode, asked) => {
    expect((await log("unknown", asked)).body.errcode).toBe(errcode);
  });

  it("answers 40226 for a high-risk person", async () => {
    simulator.updatePerson("alice", { highRisk: true });
    const { errcode, errmsg } = (await log(simulator.createJsCode("alice", mini.appId))).body;
    expect(errcode).toBe(40226);
    expect(errmsg).toMatch(/^code blocked, rid: /);
  });

  it("refuses a page's code, as the exchange refuses a js_code, and neither is spent", async () => {
    const page = await getCode(simulator);
    const official = { appid: appId, secret: demoOfficialAccount.appSecret };
    expect((await log(page, official)).body.errcode).toBe(40029);
    expect((await exchange(simulator, page)).body.errcode).toBeUndefined();
    const js = simulator.createJsCode("alice", mini.appId);
    const swapped = await exchange(simulator, js, { appid: mini.appId, secret: mini.appSecret });
    expect(swapped.body.errcode).toBe(40029);
    expect((await log(js)).body.errcode).toBeUndefined();
  });

  it("is for mini programs only", () => {
    expect(() => simulator.createJsCode("alice", appId)).toThrow(TypeError);
  });
});
