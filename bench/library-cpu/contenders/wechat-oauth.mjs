// wechat-oauth, including the callback check that it requires; the other contenders start from the bare code.
import { readCallback, WeChatOAuthClient } from "@wechat-login/oauth";

export function create(options) {
  const wechat = new WeChatOAuthClient(options);
  const claimState = (state) => state;
  return async ({ url }) => {
    const callback = await readCallback(url, { claimState });
    if (callback.kind !== "grant") throw new Error(`the callback is a ${callback.kind}`);
    return wechat.getUserInfo(await wechat.exchangeCode(callback));
  };
}
