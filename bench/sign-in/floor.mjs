// What both floors need of HTTP and of WeChat.
import { Agent, request } from "undici";
import { app, publicUrl } from "./site.mjs";

export function answersOf(wechatUrl) {
  const dispatcher = new Agent();
  const get = async (path, query) => {
    const answer = await request(`${wechatUrl}${path}?${new URLSearchParams(query)}`, { dispatcher });
    const json = JSON.parse(await answer.body.text());
    if (json.errcode) throw new Error(`${path} refused: ${json.errcode}`);
    return json;
  };
  const { appId: appid, appSecret: secret } = app;
  return {
    exchange: (code) =>
      get("/sns/oauth2/access_token", { appid, secret, code, grant_type: "authorization_code" }),
    userinfo: ({ access_token, openid }) => get("/sns/userinfo", { access_token, openid, lang: "zh_CN" }),
  };
}

const callback = encodeURIComponent(`${publicUrl}/login/wechat/callback`);
export const authorizeUrl = (state) =>
  `https://open.weixin.qq.com/connect/qrconnect?appid=${app.appId}&redirect_uri=${callback}&response_type=code&scope=snsapi_login&state=${state}#wechat_redirect`;

export const secretIn = ({ headers }, name) => new RegExp(`${name}=([^;]+)`).exec(headers.cookie)?.[1] ?? "";

export const listen = (fastify) => fastify.listen({ host: "127.0.0.1", port: 0 });
