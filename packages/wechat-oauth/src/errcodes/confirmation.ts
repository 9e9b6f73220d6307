import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** Getting a global token from an IP that the account's administrator has to confirm. */
export const confirmationErrcodes: readonly ErrcodeExplanation[] = [
  {
    code: 89501,
    name: "confirmation_pending",
    meaning: {
      zh: "已有一条确认请求等管理员处理",
      en: "An earlier request still waits for the administrator",
    },
    causes: { zh: ["管理员还没有处理上一条请求"], en: ["The administrator has not answered it yet"] },
    whoMustAct: "operator",
    steps: {
      zh: ["请公众号管理员打开微信，处理那条确认消息", "把服务器 IP 加进白名单，以后就不再询问"],
      en: [
        "Ask the account's administrator to answer the message in WeChat",
        "Add the server's IP to the allow-list: then nobody is asked again",
      ],
    },
    retry: "backoff",
    link: links.globalToken,
  },
  {
    code: 89502,
    name: "waiting_for_administrator",
    meaning: { zh: "正在等管理员确认", en: "The request waits for the administrator" },
    causes: { zh: ["确认消息已发出，尚未处理"], en: ["The message was sent and is not answered yet"] },
    whoMustAct: "operator",
    steps: {
      zh: ["请公众号管理员在微信里确认", "几分钟后再试"],
      en: ["Ask the account's administrator to confirm in WeChat", "Try again in some minutes"],
    },
    retry: "backoff",
    link: links.globalToken,
  },
  {
    code: 89503,
    name: "confirmation_needed",
    meaning: {
      zh: "这个 IP 的调用需要管理员确认",
      en: "A call from this IP needs the administrator's confirmation",
    },
    causes: { zh: ["服务器 IP 不在白名单里"], en: ["The server's IP is not on the allow-list"] },
    whoMustAct: "operator",
    steps: {
      zh: [
        "确认这台服务器是自己的；不是就让管理员拒绝，并重置 AppSecret",
        "是自己的：请管理员在微信里确认，并把 IP 加进白名单",
      ],
      en: [
        "Make sure the server is yours; if not, let the administrator refuse, and reset the AppSecret",
        "If it is, let the administrator confirm in WeChat, and add the IP to the allow-list",
      ],
    },
    retry: "backoff",
    link: links.globalToken,
  },
  {
    code: 89504,
    name: "confirmation_in_progress",
    meaning: { zh: "管理员确认正在进行", en: "The administrator's confirmation is under way" },
    causes: { zh: ["确认消息已发出，尚未处理"], en: ["The message was sent and is not answered yet"] },
    whoMustAct: "operator",
    steps: {
      zh: ["请公众号管理员在微信里确认", "几分钟后再试"],
      en: ["Ask the account's administrator to confirm in WeChat", "Try again in some minutes"],
    },
    retry: "backoff",
    link: links.globalToken,
  },
  {
    code: 89505,
    name: "confirmation_in_progress_again",
    meaning: {
      zh: "管理员确认正在进行（同 89504）",
      en: "The administrator's confirmation is under way (as 89504)",
    },
    causes: { zh: ["确认消息已发出，尚未处理"], en: ["The message was sent and is not answered yet"] },
    whoMustAct: "operator",
    steps: {
      zh: ["请公众号管理员在微信里确认", "几分钟后再试"],
      en: ["Ask the account's administrator to confirm in WeChat", "Try again in some minutes"],
    },
    retry: "backoff",
    link: links.globalToken,
  },
  {
    code: 89506,
    name: "refused_for_a_day",
    meaning: {
      zh: "管理员拒绝了两次，24 小时内不能再试",
      en: "The administrator refused twice: blocked for 24 hours",
    },
    causes: { zh: ["管理员不认识这台服务器"], en: ["The administrator did not know this server"] },
    whoMustAct: "operator",
    steps: {
      zh: ["联系管理员，弄清为什么拒绝", "把服务器 IP 加进白名单", "24 小时后再试"],
      en: ["Ask the administrator why", "Add the server's IP to the allow-list", "Try again after 24 hours"],
    },
    retry: "never",
    link: links.globalToken,
  },
  {
    code: 89507,
    name: "refused_for_an_hour",
    meaning: {
      zh: "管理员拒绝了一次，1 小时内不能再试",
      en: "The administrator refused once: blocked for one hour",
    },
    causes: {
      zh: ["管理员不认识这台服务器，或误点了拒绝"],
      en: ["The administrator did not know this server, or slipped"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["联系管理员，弄清为什么拒绝", "把服务器 IP 加进白名单", "1 小时后再试；再被拒绝会锁 24 小时"],
      en: [
        "Ask the administrator why",
        "Add the server's IP to the allow-list",
        "Try again after an hour; a second refusal blocks for 24",
      ],
    },
    retry: "never",
    link: links.globalToken,
  },
];
