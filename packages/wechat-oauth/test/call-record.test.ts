import { describe, expect, it } from "vitest";
import { CallError } from "../src/index.js";
import {
  accessToken,
  appId,
  appSecret,
  clientAnswering,
  code,
  failureOf,
  globalToken,
  grantFor,
  openid,
  refreshToken,
  unionid,
  userInfoAnswer,
} from "./fake-wechat.js";

async function recordOf(failed: Promise<unknown>): Promise<CallError> {
  const error = await failureOf(failed);
  if (error instanceof CallError) return error;
  throw error;
}

const exchangeWith = async (reply: unknown) => {
  const { client } = clientAnswering([reply]);
  return recordOf(client.exchangeCode(await grantFor()));
};

const profileWith = (reply: unknown) =>
  recordOf(clientAnswering([reply]).client.getUserInfo({ accessToken, openid }));

describe("the request of a failed call", () => {
  it("has every parameter of a GET by its name, and only the values that are neither secret nor personal", async () => {
    expect((await exchangeWith({ errcode: 40163, errmsg: "code been used" })).request).toEqual({
      method: "GET",
      path: "sns/oauth2/access_token",
      parameters: { appid: appId, secret: "***", code: "***", grant_type: "authorization_code" },
    });
    expect((await profileWith({ errcode: 40001, errmsg: "" })).request).toEqual({
      method: "GET",
      path: "sns/userinfo",
      parameters: { access_token: "***", openid: "***" },
    });
  });

  it("has the parameters of the query and of the body of a POST", async () => {
    const { client } = clientAnswering([{ errcode: 40164, errmsg: "invalid ip 203.0.113.7" }]);
    expect((await recordOf(client.getStableAccessToken())).request).toEqual({
      method: "POST",
      path: "cgi-bin/stable_token",
      parameters: { grant_type: "client_credential", appid: appId, secret: "***", force_refresh: "false" },
    });
    const followers = client.listFollowers({ accessToken: globalToken, openids: [openid] });
    expect((await recordOf(followers)).request).toEqual({
      method: "POST",
      path: "cgi-bin/user/info/batchget",
      parameters: { access_token: "***", user_list: "***" },
    });
  });

  it("has the language of a profile and the type of a ticket", async () => {
    const profile = clientAnswering([{ errcode: 40001, errmsg: "" }]).client;
    const ofProfile = await recordOf(profile.getUserInfo({ accessToken, openid, lang: "en" }));
    expect(ofProfile.request?.parameters).toEqual({ access_token: "***", openid: "***", lang: "en" });
    const ticket = clientAnswering([{ errcode: 40001, errmsg: "" }]).client;
    const ofTicket = await recordOf(ticket.getJsapiTicket(globalToken));
    expect(ofTicket.request?.parameters).toEqual({ access_token: "***", type: "jsapi" });
  });

  it("is in no log of the error, and neither is the answer", async () => {
    const error = await exchangeWith({ errcode: 40163, errmsg: "code been used" });
    expect(error.answer).toBeDefined();
    expect(JSON.stringify(error)).not.toMatch(/request|answer/);
  });
});

describe("the answer of a failed call", () => {
  it.each<[string, unknown, object | undefined]>([
    [
      "a refusal, without what was sent and without its rid",
      { errcode: 40029, errmsg: `invalid code ${code}, rid: 637ec754-5b28c0ef-058e9cba` },
      { httpStatus: 200, body: '{"errcode":40029,"errmsg":"invalid code ***"}' },
    ],
    [
      "a page of a gateway, without what was sent",
      new Response(`<h1>502</h1> nginx, ?secret=${appSecret}&t=${"x9".repeat(20)}`, { status: 502 }),
      { httpStatus: 502, body: "<h1>502</h1> nginx, ?secret=***&t=***" },
    ],
    [
      "the first 2048 characters of a long page",
      new Response("-".repeat(3000), { status: 500 }),
      { httpStatus: 500, body: "-".repeat(2048) },
    ],
    ["an empty answer", new Response("", { status: 504 }), { httpStatus: 504, body: "" }],
    ["a lost connection: none", new TypeError("fetch failed"), undefined],
  ])("has %s", async (_title, reply, answer) => {
    expect((await exchangeWith(reply)).answer).toEqual(answer);
  });

  it("has the names of the fields alone where a success has an unusable shape", async () => {
    const tokens = { access_token: accessToken, refresh_token: refreshToken, unionid, expires_in: 7200 };
    expect((await exchangeWith({ ...tokens, openid: "" })).answer).toEqual({
      httpStatus: 200,
      body: '{"access_token":"***","refresh_token":"***","unionid":"***","expires_in":7200,"openid":"***"}',
    });
    const other = { ...userInfoAnswer, openid: "oAnotherPerson", sex: 1, privilege: ["chinaunicom"] };
    expect((await profileWith(other)).answer?.body).toBe(
      JSON.stringify(Object.fromEntries(Object.keys(other).map((name) => [name, "***"]))),
    );
  });

  it.each([
    ["cut off", `{"nickname":"小明","access_token":"${accessToken}`],
    ["in a list", `["小明"`],
    ["within a call of JSONP", `callback( {"nickname":"小明"} )`],
    ["after blanks", " \n [1, 2"],
    ["within a page", `<script>x = { "nickname": "小明" }</script>`],
  ])("is *** where JSON does not parse: %s", async (_title, text) => {
    expect((await profileWith(text)).answer).toEqual({ httpStatus: 200, body: "***" });
  });

  it.each(["busy: {x", 'said {x" twice', "body { color: red }", "a [1] b", 'the "gateway" is busy'])(
    "is kept where it is a page or a sentence: %s",
    async (text) => {
      expect((await profileWith(text)).answer).toEqual({ httpStatus: 200, body: text });
    },
  );

  it("has at most 2048 characters of a long object", async () => {
    const long = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`field_${n}`, n]));
    const { body } = (await profileWith({ ...long, errcode: "no" })).answer ?? {};
    expect(body).toHaveLength(2048);
    expect(body).toMatch(/^\{"field_0":"\*\*\*","field_1":"\*\*\*",/);
  });

  it("has no name of a field that looks like a token", async () => {
    expect((await profileWith({ [globalToken]: "a", errcode: "no" })).answer?.body).toBe(
      '{"***":"***","errcode":"***"}',
    );
  });
});
