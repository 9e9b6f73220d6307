import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** Failures inside WeChat. */
export const errcodesBelow10000: readonly ErrcodeExplanation[] = [
  {
    code: -1000,
    name: "system_error_old",
    errmsg: "system error",
    meaning: {
      zh: "微信内部出错（旧错误码，同 -1）",
      en: "An internal error at WeChat (the older form of -1)",
    },
    causes: { zh: ["微信服务器短暂故障"], en: ["A brief outage of WeChat's servers"] },
    whoMustAct: "wechat",
    steps: {
      zh: ["先等几分钟，通常会自行恢复", "如果持续半小时以上，到微信开放社区查看是否有故障公告"],
      en: [
        "Wait a few minutes: it usually ends by itself",
        "If it lasts longer than half an hour, look for an outage notice in WeChat's developer community (微信开放社区)",
      ],
    },
    retry: "backoff",
  },
  {
    code: -1,
    name: "system_busy",
    errmsg: "system error",
    meaning: { zh: "微信系统繁忙，这次没有处理成功", en: "WeChat was busy and did not process this call" },
    causes: {
      zh: ["微信服务器短暂故障或负载过高；有过持续半小时的报告"],
      en: ["WeChat's servers are overloaded or have a brief outage; one of half an hour has been reported"],
    },
    whoMustAct: "wechat",
    steps: {
      zh: [
        "查看最近几分钟：如果只有零星几次，不用处理",
        "如果大量出现，告知用户稍后再登录",
        "不要用同一个 code 再次换取，让用户重新登录",
      ],
      en: [
        "Check the last few minutes: if there are only a few, do nothing",
        "If there are many, ask people to sign in later",
        "Never exchange the same code again; ask the person to sign in again",
      ],
    },
    retry: "backoff",
    on: {
      "cgi-bin/": {
        steps: {
          zh: [
            "查看最近几分钟：如果只有零星几次，不用处理，下一次调用通常会成功",
            "如果大量出现，到微信开放社区查看有没有故障公告",
          ],
          en: [
            "Check the last few minutes: if there are only a few, do nothing, the next call usually succeeds",
            "If there are many, look for an outage notice in WeChat's developer community (微信开放社区)",
          ],
        },
      },
    },
    link: links.returnCodes,
  },
];
