// wechat-oauth without a store: each process fetches for itself, and stable_token returns the same token to all.
import { WeChatOAuthClient } from "@wechat-login/oauth";
import { stableTokenSource, TokenKeeper } from "@wechat-login/oauth/keeper";

export function open({ apiUrl, appId, appSecret }) {
  const wechat = new WeChatOAuthClient({ appId, appSecret, apiUrl });
  const keeper = new TokenKeeper({ source: stableTokenSource(wechat) });
  return () => keeper.use((token) => wechat.listCallbackIps(token));
}
