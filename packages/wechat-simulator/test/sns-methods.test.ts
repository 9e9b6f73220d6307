import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoMiniProgram, demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { getCode, getTokens, lastReason, post, said } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId, appSecret } = demoOfficialAccount;
const credentials = { appid: appId, secret: appSecret, grant_type: "authorization_code" };

/** As OAuth clients send it: every parameter in the body. */
const postForm = async (path: string, fields: Record<string, string>, query = "") =>
  said(await fetch(`${simulator.url}${path}${query}`, { method: "POST", body: new URLSearchParams(fields) }));

describe("a call of /sns by POST with a form", () => {
  it("exchanges a code as the GET does", async () => {
    const { contentType, body } = await postForm("/sns/oauth2/access_token", {
      ...credentials,
      code: await getCode(simulator),
    });
    expect(contentType).toBe("text/plain");
    expect(body).toMatchObject({ expires_in: 7200, scope: "snsapi_userinfo", openid: expect.any(String) });
  });

  it("reads the profile, checks a token and refreshes it as the GET does", async () => {
    const { access_token, refresh_token, openid } = await getTokens(simulator);
    expect((await postForm("/sns/userinfo", { access_token, openid })).body.openid).toBe(openid);
    expect((await postForm("/sns/auth", { access_token, openid })).body.errcode).toBe(0);
    const fields = { appid: appId, grant_type: "refresh_token", refresh_token };
    expect((await postForm("/sns/oauth2/refresh_token", fields)).body.openid).toBe(openid);
  });

  it("exchanges a mini program's code as the GET does", async () => {
    const { body } = await postForm("/sns/jscode2session", {
      appid: demoMiniProgram.appId,
      secret: demoMiniProgram.appSecret,
      grant_type: "authorization_code",
      js_code: simulator.createJsCode("alice", demoMiniProgram.appId),
    });
    expect(body).toMatchObject({ openid: expect.any(String), session_key: expect.any(String) });
  });

  it("may have some of its parameters in the query, which come first", async () => {
    const { access_token, openid } = await getTokens(simulator);
    const { body } = await postForm(
      "/sns/userinfo",
      { openid, access_token: "x" },
      `?access_token=${access_token}`,
    );
    expect(body.openid).toBe(openid);
  });

  it("counts the first of a repeated parameter, in the form as in the query", async () => {
    const { access_token, openid } = await getTokens(simulator);
    const first = `access_token=${access_token}&openid=${openid}&access_token=x&openid=x`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const url = `${simulator.url}/sns/auth`;
    const answers = [fetch(url, { method: "POST", headers, body: first }), fetch(`${url}?${first}`)];
    for (const answer of answers) expect((await said(await answer)).body.errcode).toBe(0);
  });

  it("decodes escapes and plus signs as a form does", async () => {
    const body = `appid=${appId}&secret=a+b%20&code=c&grant_type=%61uthorization_code`;
    const response = await fetch(`${simulator.url}/sns/oauth2/access_token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body,
    });
    expect((await said(response)).body.errcode).toBe(40125);
  });

  it("reveals no secret to the log, and echoes the form's values in a planned body", async () => {
    simulator.fail("access_token", { kind: "body", body: '{"got":"$SECRET $CODE"}' });
    const { body } = await postForm("/sns/oauth2/access_token", { ...credentials, code: "abc" });
    expect(body.got).toBe(`${appSecret} abc`);
    await postForm("/sns/oauth2/access_token", { ...credentials, code: "abc" });
    expect(JSON.stringify(simulator.requests())).not.toContain(appSecret);
  });
});

describe("a call of /sns by POST without a form", () => {
  it("is answered from its query alone", async () => {
    const { access_token, openid } = await getTokens(simulator);
    expect((await post(simulator, "/sns/userinfo", { access_token, openid }, "")).body.openid).toBe(openid);
    const json = await post(simulator, "/sns/userinfo", {}, { access_token, openid });
    expect(json.body.errcode).toBe(41001);
    expect(lastReason(simulator)).toBe("access_token is missing");
  });
});
