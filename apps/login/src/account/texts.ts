import type { Language } from "api/pages";
import type { Binding, Session } from "./client.js";

/** The texts that the account page's script shows. Separate from the pages' texts, which the browser need not load. */
export type AccountTexts = {
  readonly loading: string;
  readonly loadFailed: string;
  readonly retry: string;
  readonly signedOut: string;
  readonly signInAgain: string;
  readonly noBindings: string;
  readonly noSessions: string;
  readonly kinds: { readonly [kind in Binding["kind"]]: string };
  readonly unnamedBinding: string;
  readonly since: (date: string) => string;
  readonly thisBrowser: string;
  readonly lastSeen: (time: string) => string;
  readonly justNow: string;
  readonly clients: { readonly [client in Session["device"]["client"]]: string };
  readonly endSession: string;
  readonly endSessionOn: (device: string) => string;
  readonly changeFailed: string;
};

const zh: AccountTexts = {
  loading: "正在加载…",
  loadFailed: "加载失败。",
  retry: "再试一次",
  signedOut: "你已退出登录。",
  signInAgain: "重新登录",
  noBindings: "还没有用来登录的微信。",
  noSessions: "没有已登录的设备。",
  kinds: { official_account: "公众号", website: "网站" },
  unnamedBinding: "微信",
  since: (date) => `${date}起`,
  thisBrowser: "当前浏览器",
  lastSeen: (time) => `最近使用：${time}`,
  justNow: "刚刚",
  clients: {
    wechat: "微信",
    wecom: "企业微信",
    wechat_devtools: "微信开发者工具",
    mini_program: "微信小程序",
    browser: "浏览器",
  },
  endSession: "退出",
  endSessionOn: (device) => `退出 ${device}`,
  changeFailed: "没有成功，请再试一次。",
};

const en: AccountTexts = {
  loading: "Loading…",
  loadFailed: "This could not be loaded.",
  retry: "Try again",
  signedOut: "You are signed out.",
  signInAgain: "Sign in again",
  noBindings: "You have no WeChat account to sign in with yet.",
  noSessions: "No device is signed in.",
  kinds: { official_account: "Official Account", website: "Website" },
  unnamedBinding: "WeChat",
  since: (date) => `since ${date}`,
  thisBrowser: "This browser",
  lastSeen: (time) => `Last used ${time}`,
  justNow: "just now",
  clients: {
    wechat: "WeChat",
    wecom: "WeCom",
    wechat_devtools: "WeChat DevTools",
    mini_program: "Mini Program",
    browser: "Browser",
  },
  endSession: "Sign out",
  endSessionOn: (device) => `Sign out on ${device}`,
  changeFailed: "That did not work. Please try again.",
};

export const accountTextsOf: { readonly [language in Language]: AccountTexts } = { zh, en };
