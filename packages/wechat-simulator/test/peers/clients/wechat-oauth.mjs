import { promisify } from "node:util";
import OAuth from "wechat-oauth-of-npm";
import { answerCalls } from "./answer-calls.mjs";

const oauth = new OAuth(process.env.APP_ID, process.env.APP_SECRET);
const call = (name, ...args) => promisify(oauth[name]).call(oauth, ...args);
oauth.setOpts({ timeout: 20_000 }); // slow machines are not what is tested

answerCalls({
  link: (redirect, state, scope) => oauth.getAuthorizeURL(redirect, state, scope),
  websiteLink: (redirect, state) => oauth.getAuthorizeURLForWebsite(redirect, state),
  token: async (code) => (await call("getAccessToken", code)).data,
  user: (openid) => call("getUser", openid),
  userByCode: (code) => call("getUserByCode", code),
  refresh: async (refreshToken) => (await call("refreshAccessToken", refreshToken)).data,
  verify: (openid, accessToken) => call("verifyToken", openid, accessToken),
});
