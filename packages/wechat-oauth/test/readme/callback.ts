import { type Callback, CallError, WeChatApiError, type WeChatOAuthClient } from "wechat-oauth";

export async function finish(wechat: WeChatOAuthClient, callback: Callback<object>): Promise<string> {
  switch (callback.kind) {
    case "mismatch": // callback.reason: state_missing, state_malformed, code_malformed, state_unknown
      return "400, and no call to WeChat";
    case "refusal": // the state was ours, and no code came with it
      return "You did not sign in.";
    case "grant": // the only thing that exchangeCode takes: a bare code does not compile
      try {
        const { openid, unionid, isSnapshotUser } = await wechat.exchangeCode(callback);
        return isSnapshotUser ? "Tap 使用完整服务, then sign in." : `Hello ${unionid ?? openid}`;
      } catch (error) {
        if (error instanceof WeChatApiError) return `WeChat said no: ${error.errcode} (rid ${error.rid})`;
        if (error instanceof CallError) return `No usable answer from ${error.endpoint}: ${error.name}`;
        throw error; // not of this library
      }
  }
}
