// wechat-oauth with Redis: the keepers of all processes share one token.
import { Redis } from "ioredis";
import { WeChatOAuthClient } from "wechat-oauth";
import { stableTokenSource, TokenKeeper } from "wechat-oauth/keeper";
import { redisStore } from "wechat-oauth/redis";

export function open({ apiUrl, appId, appSecret, redisUrl, prefix }) {
  const wechat = new WeChatOAuthClient({ appId, appSecret, apiUrl });
  const store = redisStore(new Redis(redisUrl), { prefix });
  const keeper = new TokenKeeper({ source: stableTokenSource(wechat), store });
  return () => keeper.use((token) => wechat.listCallbackIps(token));
}
