// Nine WeChat clients of npm, each used as its README says. `link` answers where the client sends a person, `user` what it
// makes of the callback. It runs in a folder in which they are installed.
import { Auth, skipCSRFCheck } from "@auth/core";
import WeChatProvider from "@auth/core/providers/wechat";
import logto from "@logto/connector-wechat-web";
import grant from "grant";
import nestWechat from "nest-wechat";
import easywechat from "node-easywechat";
import PassportWechat from "passport-wechat";
import PassportWeixin from "passport-weixin";
import tnwx from "tnwx";
import jssdk from "wechat-jssdk";
import { answerCalls } from "./answer-calls.mjs";

const { OFFICIAL_ACCOUNT, OFFICIAL_ACCOUNT_SECRET, WEBSITE, WEBSITE_SECRET } = process.env;
const callbackUrl = "http://localhost:4000/callback";
const scope = "snsapi_userinfo";

/** What passport calls a strategy with, and what the strategy ends in. */
function runStrategy(strategy, query, options) {
  return new Promise((resolve, reject) => {
    const run = Object.assign(Object.create(strategy), {
      redirect: resolve,
      success: resolve,
      fail: (challenge) => reject(new Error(`fail ${JSON.stringify(challenge)}`)),
      error: reject,
    });
    const request = { query, url: "/callback", originalUrl: "/callback", protocol: "http", headers: {} };
    run.authenticate({ ...request, _passport: {}, get: () => "localhost:4000" }, options);
  });
}

const passportWechat = new PassportWechat(
  { appID: OFFICIAL_ACCOUNT, appSecret: OFFICIAL_ACCOUNT_SECRET, callbackURL: callbackUrl, scope },
  (_access, _refresh, profile, _expires, done) => done(null, profile),
);
const passportWeixin = new PassportWeixin(
  { clientID: WEBSITE, clientSecret: WEBSITE_SECRET, callbackURL: callbackUrl },
  (_access, _refresh, profile, done) => done(null, profile._json),
);

const jssdkClient = new jssdk.OAuth({
  appId: OFFICIAL_ACCOUNT,
  appSecret: OFFICIAL_ACCOUNT_SECRET,
  wechatToken: "token",
  wechatRedirectUrl: callbackUrl,
  storeOptions: { fileStorePath: `${process.env.DATA}/wechat-jssdk.json`, interval: 3_600_000 },
});

const { ApiConfig, ApiConfigKit, SnsAccessTokenApi } = tnwx;
ApiConfigKit.putApiConfig(new ApiConfig(OFFICIAL_ACCOUNT, OFFICIAL_ACCOUNT_SECRET, "token"));
ApiConfigKit.setCurrentAppId(OFFICIAL_ACCOUNT);

const nest = new nestWechat.WeChatService({ appId: OFFICIAL_ACCOUNT, secret: OFFICIAL_ACCOUNT_SECRET });

const easy = new easywechat.OfficialAccount({
  app_id: OFFICIAL_ACCOUNT,
  secret: OFFICIAL_ACCOUNT_SECRET,
  oauth: { scopes: [scope], redirect_url: callbackUrl },
});

const logtoClient = await logto({ getConfig: async () => ({ appId: WEBSITE, appSecret: WEBSITE_SECRET }) });

const grantApp = grant.node({
  config: {
    defaults: {
      origin: "http://localhost:4000",
      transport: "state",
      response: ["tokens", "raw", "profile"],
      state: true,
    },
    wechat: { key: OFFICIAL_ACCOUNT, secret: OFFICIAL_ACCOUNT_SECRET, scope: [scope] },
  },
  session: { secret: "grant" },
});
let grantCookie = "";
async function runGrant(url) {
  const headers = new Map();
  const response = { setHeader: (name, value) => headers.set(name, value), end() {} };
  const answer = await grantApp({ method: "GET", url, headers: { cookie: grantCookie } }, response);
  await new Promise((resolve) => setImmediate(resolve));
  grantCookie = String(headers.get("set-cookie") ?? grantCookie).split(";", 1)[0];
  return { location: headers.get("location"), answer: answer.response };
}

let authCookie = "";
async function runAuth(path, method) {
  const seen = {};
  const response = await Auth(
    new Request(`http://localhost:4000/auth${path}`, {
      method,
      headers: { cookie: authCookie, "content-type": "application/x-www-form-urlencoded" },
    }),
    {
      basePath: "/auth",
      trustHost: true,
      secret: "0123456789abcdef0123456789abcdef",
      skipCSRFCheck,
      providers: [WeChatProvider({ clientId: OFFICIAL_ACCOUNT, clientSecret: OFFICIAL_ACCOUNT_SECRET })],
      events: { signIn: ({ profile }) => Object.assign(seen, { profile }) },
      logger: { error: (failure) => Object.assign(seen, { failure }), warn() {}, debug() {} },
    },
  );
  authCookie = response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";", 1)[0])
    .join("; ");
  if (seen.failure) throw seen.failure.cause?.err ?? seen.failure;
  return { location: response.headers.get("location"), profile: seen.profile };
}

/** Fails as their callers must: these clients return WeChat's refusal like any answer. */
function refusedAsAnswer(answer) {
  const { errcode, errmsg } = typeof answer === "string" ? JSON.parse(answer) : answer;
  if (errcode) throw Object.assign(new Error(`answer ${errmsg}`), { code: errcode });
  return typeof answer === "string" ? JSON.parse(answer) : answer;
}

const clients = {
  "passport-wechat": {
    link: (state) => runStrategy(passportWechat, {}, { state }),
    user: (query) => runStrategy(passportWechat, query, {}),
  },
  "passport-weixin": {
    link: (state) => runStrategy(passportWeixin, {}, { state }),
    user: (query) => runStrategy(passportWeixin, query, {}),
  },
  "wechat-jssdk": {
    link: (state) => jssdkClient.generateOAuthUrl(callbackUrl, scope, state),
    user: ({ code }) => jssdkClient.getUserInfo(code),
  },
  tnwx: {
    link: (state) => SnsAccessTokenApi.getAuthorizeUrl(callbackUrl, scope, state),
    async user({ code }) {
      const token = refusedAsAnswer(await SnsAccessTokenApi.getSnsAccessToken(code));
      return refusedAsAnswer(await SnsAccessTokenApi.getUserInfo(token.access_token, token.openid, "zh_CN"));
    },
  },
  "nest-wechat": {
    async user({ code }) {
      const token = refusedAsAnswer(await nest.getAccessTokenByCode(code));
      return refusedAsAnswer(await nest.getUserInfo(token.access_token, token.openid));
    },
  },
  "node-easywechat": {
    link: (state) => easy.getOAuth().withState(state).redirect(callbackUrl),
    user: async ({ code }) => (await easy.getOAuth().userFromCode(code)).getRaw(),
  },
  "@logto/connector-wechat-web": {
    link: (state) => logtoClient.getAuthorizationUri({ state, redirectUri: callbackUrl }),
    user: async (query) => (await logtoClient.getUserInfo(query)).rawData,
  },
  grant: {
    link: async () => (await runGrant("/connect/wechat")).location,
    async user(query) {
      const { answer } = await runGrant(`/connect/wechat/callback?${new URLSearchParams(query)}`);
      if (answer.error) throw new Error(JSON.stringify(answer.error));
      return answer.profile;
    },
  },
  "@auth/core": {
    link: async () => (await runAuth("/signin/wechat", "POST")).location,
    user: async (query) => (await runAuth(`/callback/wechat?${new URLSearchParams(query)}`, "GET")).profile,
  },
};

answerCalls({
  link: (client, state) => clients[client].link?.(state),
  user: (client, query) =>
    clients[client].user(query).catch((error) => {
      // wechat-jssdk rejects with WeChat's answer itself, which is no error.
      throw error instanceof Error ? error : Object.assign(new Error(error.errmsg), { code: error.errcode });
    }),
});
