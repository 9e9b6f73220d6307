import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** WeChat is busy, or we asked too often. */
export const limitErrcodes: readonly ErrcodeExplanation[] = [
  {
    code: -1000,
    name: "system_error_old",
    errmsg: "system error",
    meaning: { zh: "微信内部出错（旧错误码，同 -1）", en: "WeChat failed inside (an older spelling of -1)" },
    causes: { zh: ["微信服务器短暂故障"], en: ["WeChat's servers have a short trouble"] },
    whoMustAct: "wechat",
    steps: {
      zh: ["先等几分钟，通常会自行恢复", "若持续半小时以上，到微信开放社区查看是否有故障公告"],
      en: [
        "Wait some minutes: it usually ends by itself",
        "After half an hour, look for an outage notice of WeChat",
      ],
    },
    retry: "backoff",
  },
  {
    code: -1,
    name: "system_busy",
    errmsg: "system error",
    meaning: { zh: "微信系统繁忙，这次没有处理成功", en: "WeChat was busy and did not serve this call" },
    causes: {
      zh: ["微信服务器短暂故障或负载过高；曾有持续半小时的情况"],
      en: ["WeChat's servers are overloaded or in trouble; half an hour has been reported"],
    },
    whoMustAct: "wechat",
    steps: {
      zh: [
        "看最近几分钟是否只有零星几次：是则不用处理",
        "若大量出现，告知用户稍后再登录",
        "不要重复换取同一个 code，让用户重新登录",
      ],
      en: [
        "See whether it is only a few in the last minutes: then do nothing",
        "If there are many, tell people to sign in later",
        "Do not exchange the same code again; let the person sign in anew",
      ],
    },
    retry: "backoff",
    link: links.returnCodes,
  },
  {
    code: 45009,
    name: "daily_quota_reached",
    errmsg: "reach max api daily quota limit",
    meaning: { zh: "今天的调用次数已用完", en: "Today's quota of this call is used up" },
    causes: {
      zh: [
        "没有缓存全局 access_token，每次都重新获取",
        "有别的服务器也在用同一个 AppID 获取 token（cgi-bin/token 每天 2000 次）",
      ],
      en: [
        "The global access token is fetched each time instead of being kept",
        "Another server fetches tokens with the same AppID (cgi-bin/token allows 2000 a day)",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "改用 stable_token 获取 token，它的限额大得多",
        "找出还有哪些服务在用这个 AppID，让它们共用一个 token",
        "急用时在公众平台清零调用次数（每月 10 次）",
      ],
      en: [
        "Get tokens through stable_token: its quota is far larger",
        "Find what else uses this AppID, and let all share one token",
        "In an emergency reset the quota in WeChat's console (10 times a month)",
      ],
    },
    retry: "backoff",
    link: links.returnCodes,
  },
  {
    code: 45011,
    name: "minute_quota_reached",
    errmsg: "api minute-quota reach limit, must slower, retry next minute",
    meaning: { zh: "这一分钟内调用太频繁", en: "Too many calls within this minute" },
    causes: {
      zh: ["登录高峰", "页面循环跳转，反复发起授权", "有人在刷登录接口"],
      en: [
        "A rush of sign-ins",
        "A page that sends people to WeChat in a loop",
        "Somebody hammers the sign-in",
      ],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["等一分钟再看", "查看同一来源是否反复登录", "若是程序循环，先停掉它"],
      en: [
        "Wait one minute and look again",
        "See whether one source signs in over and over",
        "If a program loops, stop it first",
      ],
    },
    retry: "backoff",
    link: links.returnCodes,
  },
];
