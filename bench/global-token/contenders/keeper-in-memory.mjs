// Ours without a store: each process keeps for itself, and stable_token gives all of them the same token.
import { WeChatOAuthClient } from "wechat-oauth";
import { stableTokenSource, TokenKeeper } from "wechat-oauth/keeper";

export function open({ apiUrl, appId, appSecret }) {
  const wechat = new WeChatOAuthClient({ appId, appSecret, apiUrl });
  const keeper = new TokenKeeper({ source: stableTokenSource(wechat) });
  return () => keeper.use((token) => wechat.listCallbackIps(token));
}
