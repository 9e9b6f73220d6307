// wechat-oauth with Redis: the keepers of all processes share one token.

import { WeChatOAuthClient } from "@wechat-login/oauth";
import { stableTokenSource, TokenKeeper } from "@wechat-login/oauth/keeper";
import { redisStore } from "@wechat-login/oauth/redis";
import { Redis } from "ioredis";

export function open({ apiUrl, appId, appSecret, redisUrl, prefix }) {
  const wechat = new WeChatOAuthClient({ appId, appSecret, apiUrl });
  const store = redisStore(new Redis(redisUrl), { prefix });
  const keeper = new TokenKeeper({ source: stableTokenSource(wechat), store });
  return () => keeper.use((token) => wechat.listCallbackIps(token));
}
