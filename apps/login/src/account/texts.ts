import type { Language } from "api/pages";
import type { Binding, Session } from "./client.js";

/** What the account page says once its script runs. Apart from the page's texts, to load only what it shows. */
export type AccountTexts = {
  readonly loading: string;
  readonly failed: string;
  readonly retry: string;
  readonly signedOutMeanwhile: string;
  readonly signInAgain: string;
  readonly noBindings: string;
  readonly noSessions: string;
  readonly kinds: { readonly [kind in Binding["kind"]]: string };
  readonly namelessBinding: string;
  readonly since: (date: string) => string;
  readonly thisBrowser: string;
  readonly lastSeen: (time: string) => string;
  readonly justNow: string;
  readonly clients: { readonly [client in Session["device"]["client"]]: string };
  readonly end: string;
  readonly endLabel: (device: string) => string;
  readonly notDone: string;
};

const zh: AccountTexts = {
  loading: "正在加载…",
  failed: "没有加载出来。",
  retry: "再试一次",
  signedOutMeanwhile: "你已经退出登录。",
  signInAgain: "重新登录",
  noBindings: "还没有可以用来登录的微信。",
  noSessions: "没有登录中的设备。",
  kinds: { official_account: "公众号", website: "网站" },
  namelessBinding: "微信",
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
  end: "退出",
  endLabel: (device) => `退出 ${device}`,
  notDone: "没有成功，请再试一次。",
};

const en: AccountTexts = {
  loading: "Loading…",
  failed: "This could not be loaded.",
  retry: "Try again",
  signedOutMeanwhile: "You are signed out.",
  signInAgain: "Sign in again",
  noBindings: "No WeChat signs you in yet.",
  noSessions: "No device is signed in.",
  kinds: { official_account: "Official Account", website: "Website" },
  namelessBinding: "WeChat",
  since: (date) => `since ${date}`,
  thisBrowser: "This browser",
  lastSeen: (time) => `Last used ${time}`,
  justNow: "just now",
  clients: {
    wechat: "WeChat",
    wecom: "WeCom",
    wechat_devtools: "WeChat DevTools",
    mini_program: "Mini program",
    browser: "Browser",
  },
  end: "End",
  endLabel: (device) => `End the session on ${device}`,
  notDone: "That did not work. Please try again.",
};

export const accountTextsOf: { readonly [language in Language]: AccountTexts } = { zh, en };
