import { type Callback, CallError, WeChatApiError, type WeChatOAuthClient } from "@wechat-login/oauth";

export async function finish(wechat: WeChatOAuthClient, callback: Callback<object>): Promise<string> {
  switch (callback.kind) {
    case "mismatch": // callback.reason: state_missing, state_malformed, code_malformed, state_unknown
      return "400, and no call to WeChat";
    case "refusal": // a known state without a code, or with code=authdeny
      return "You did not sign in.";
    case "grant": // exchangeCode takes nothing else: a bare code does not compile
      try {
        const tokens = await wechat.exchangeCode(callback);
        if (tokens.isSnapshotUser) return "Tap 使用完整服务, then sign in."; // no openid here
        return `Hello ${tokens.unionid ?? tokens.openid}`;
      } catch (error) {
        if (error instanceof WeChatApiError) return `WeChat refused: ${error.errcode} (rid ${error.rid})`;
        if (error instanceof CallError) return `No usable answer from ${error.endpoint}: ${error.name}`;
        throw error; // not an error of this library's call
      }
  }
}
