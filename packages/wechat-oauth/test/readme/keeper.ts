import { type Follower, WeChatOAuthClient } from "@wechat-login/oauth";
import { stableTokenSource, TokenKeeper } from "@wechat-login/oauth/keeper";
import { type RedisClient, redisStore } from "@wechat-login/oauth/redis";

const { WECHAT_APP_ID: appId = "", WECHAT_APP_SECRET: appSecret = "" } = process.env;

/** @param redis a client of ioredis or node-redis */
export function followers(redis: RedisClient): (openid: string) => Promise<Follower> {
  const wechat = new WeChatOAuthClient({ appId, appSecret });
  const tokens = new TokenKeeper({ source: stableTokenSource(wechat), store: redisStore(redis) });
  return (openid) => tokens.use((accessToken) => wechat.getFollower({ accessToken, openid }));
}
