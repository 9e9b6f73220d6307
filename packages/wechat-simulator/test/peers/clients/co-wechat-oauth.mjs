import OAuth from "co-wechat-oauth";
import { answerCalls } from "./answer-calls.mjs";

const oauth = new OAuth(process.env.APP_ID, process.env.APP_SECRET);
oauth.setOpts({ timeout: 20_000 }); // slow machines are not what is tested

answerCalls({
  link: (redirect, state, scope) => oauth.getAuthorizeURL(redirect, state, scope),
  websiteLink: (redirect, state) => oauth.getAuthorizeURLForWebsite(redirect, state),
  token: async (code) => (await oauth.getAccessToken(code)).data,
  user: (openid) => oauth.getUser(openid),
  userByCode: (code) => oauth.getUserByCode(code),
  refresh: async (refreshToken) => (await oauth.refreshAccessToken(refreshToken)).data,
  verify: (openid, accessToken) => oauth.verifyToken(openid, accessToken),
});
