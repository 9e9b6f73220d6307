import type { Text } from "./text.js";

/** An error page of WeChat, with the reason for the request log. */
export interface PageError {
  /** Some pages have a number, some only a text. */
  code?: number;
  /** WeChat's own wording where it is known. */
  message: string;
  reason: Text;
}

export type PageErrorCode =
  | 10003
  | 10004
  | 10005
  | 10006
  | 10009
  | 10010
  | 10011
  | 10012
  | 10013
  | 10015
  | 10016;

/** The numbered page errors. The person sees them; the app is not informed. */
const PAGE_ERRORS: Record<PageErrorCode, Omit<PageError, "code">> = {
  10003: {
    message: "redirect_uri域名与后台配置不一致",
    reason: {
      en: "the host of redirect_uri is not the one configured for this app",
      zh: "redirect_uri 的域名不是该应用配置的域名",
    },
  },
  10004: {
    message: "此公众号被封禁",
    reason: { en: "the account is banned", zh: "该公众号已被封禁" },
  },
  10005: {
    message: "此公众号并没有这些scope的权限",
    reason: { en: "the account does not hold this scope", zh: "该公众号没有这个 scope 的权限" },
  },
  10006: {
    message: "必须关注此测试号",
    reason: { en: "this person does not follow the test account", zh: "该用户没有关注该测试号" },
  },
  10009: {
    message: "操作太频繁了，请稍后重试",
    reason: { en: "too frequent (planned as a fault)", zh: "操作太频繁（由故障设置触发）" },
  },
  10010: { message: "scope不能为空", reason: { en: "scope is missing", zh: "缺少 scope" } },
  10011: {
    message: "redirect_uri不能为空",
    reason: { en: "redirect_uri is missing", zh: "缺少 redirect_uri" },
  },
  10012: { message: "appid不能为空", reason: { en: "appid is missing", zh: "缺少 appid" } },
  10013: { message: "state不能为空", reason: { en: "state is missing", zh: "缺少 state" } },
  10015: {
    message: "公众号未授权第三方平台，请检查授权状态",
    reason: {
      en: "the account has not authorized this component_appid",
      zh: "公众号未授权该 component_appid",
    },
  },
  10016: {
    message: "不支持微信开放平台的Appid，请使用公众号Appid",
    reason: {
      en: "this appid does not belong to an Official Account, which sign-in inside WeChat requires",
      zh: "这不是公众号的 appid；在微信内须使用公众号的 appid",
    },
  },
};

export function isPageErrorCode(code: number): code is PageErrorCode {
  return code in PAGE_ERRORS;
}

/** Every numbered page error, in ascending order. */
export function listPageErrors(): { errcode: number; errmsg: string }[] {
  return Object.entries(PAGE_ERRORS).map(([code, { message }]) => ({
    errcode: Number(code),
    errmsg: message,
  }));
}

export function pageError(code: PageErrorCode): PageError {
  return { code, ...PAGE_ERRORS[code] };
}

/** An error page with a text and no number. */
export function pageText(message: string, en: string, zh: string): PageError {
  return { message, reason: { en, zh } };
}
