import { WeChatApiError } from "@wechat-login/oauth";

/** With 40164 our address as WeChat saw it, for the account's IP allow-list. */
export const refusedAddress = (failure: {
  endpoint: string;
  errcode: string;
  errmsg: string;
}): string | null =>
  new WeChatApiError(failure.endpoint, Number(failure.errcode), failure.errmsg).callerIp ?? null;
