import { WeChatApiError } from "@wechat-login/oauth";

/** With 40164 our address as WeChat saw it, for the account's IP allow-list. */
export const refusedAddress = ({ errcode, errmsg }: { errcode: string; errmsg: string }): string | null =>
  new WeChatApiError("", Number(errcode), errmsg).callerIp ?? null;
