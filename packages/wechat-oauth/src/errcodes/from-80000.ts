import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** Mini programs (87xxx), the administrator's confirmation of an IP (89xxx), and WeChat's remote services. */
export const errcodesFrom80000: readonly ErrcodeExplanation[] = [
  {
    code: 87007,
    name: "session_key_expired",
    errmsg: "session_key is not existd or expired",
    meaning: {
      zh: "小程序的 session_key 不存在或已过期",
      en: "The mini program's session_key does not exist or has expired",
    },
    causes: {
      zh: ["用户很久没有打开小程序", "小程序又调用了 wx.login，旧的已失效"],
      en: [
        "The person has not opened the mini program for a long time",
        "The mini program called wx.login again, which invalidated the old key",
      ],
    },
    whoMustAct: "user",
    steps: { zh: ["让小程序重新调用 wx.login"], en: ["Make the mini program call wx.login again"] },
    retry: "restart",
  },
  {
    code: 87009,
    name: "invalid_mini_program_signature",
    errmsg: "invalid signature",
    meaning: { zh: "小程序的签名不对", en: "The mini program's signature is wrong" },
    causes: {
      zh: ["用旧的 session_key 签名", "签名的原文与发送的不一致"],
      en: ["The signature was made with an old session_key", "The signed text differs from the sent text"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["用最近一次登录得到的 session_key 签名", "原样签名请求体，不要重新序列化"],
      en: [
        "Sign with the session_key of the latest login",
        "Sign the body exactly as it is sent; do not serialize it again",
      ],
    },
    retry: "never",
  },
  {
    code: 89501,
    name: "confirmation_pending",
    meaning: {
      zh: "已有一条确认请求等管理员处理",
      en: "An earlier confirmation request is still waiting for the administrator",
    },
    causes: {
      zh: ["管理员还没有处理上一条请求"],
      en: ["The administrator has not answered the earlier request"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["请公众号管理员打开微信，处理那条确认消息", "把服务器 IP 加进白名单，以后就不用再确认"],
      en: [
        "Ask the account's administrator to answer the confirmation message in WeChat",
        "Add the server's IP to the allow-list, so that no more confirmation is needed",
      ],
    },
    retry: "backoff",
    link: links.globalToken,
  },
  {
    code: 89502,
    name: "waiting_for_administrator",
    meaning: { zh: "正在等管理员确认", en: "The request is waiting for the administrator's confirmation" },
    causes: {
      zh: ["确认消息已发出，尚未处理"],
      en: ["The confirmation message was sent but has not been answered"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["请公众号管理员在微信里确认", "几分钟后再试"],
      en: ["Ask the account's administrator to confirm in WeChat", "Try again in a few minutes"],
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
        "确认这台服务器是不是自己的；如果不是，让管理员拒绝，并重置 AppSecret",
        "如果是，请管理员在微信里确认，并把 IP 加进白名单",
      ],
      en: [
        "Check whether the server is yours; if not, ask the administrator to refuse, and reset the AppSecret",
        "If it is yours, ask the administrator to confirm in WeChat, and add the IP to the allow-list",
      ],
    },
    retry: "backoff",
    link: links.globalToken,
  },
  {
    code: 89504,
    name: "confirmation_in_progress",
    meaning: { zh: "管理员确认正在进行", en: "The administrator's confirmation is in progress" },
    causes: {
      zh: ["确认消息已发出，尚未处理"],
      en: ["The confirmation message was sent but has not been answered"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["请公众号管理员在微信里确认", "几分钟后再试"],
      en: ["Ask the account's administrator to confirm in WeChat", "Try again in a few minutes"],
    },
    retry: "backoff",
    link: links.globalToken,
  },
  {
    code: 89505,
    name: "confirmation_in_progress_again",
    meaning: {
      zh: "管理员确认正在进行（同 89504）",
      en: "The administrator's confirmation is in progress (same as 89504)",
    },
    causes: {
      zh: ["确认消息已发出，尚未处理"],
      en: ["The confirmation message was sent but has not been answered"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["请公众号管理员在微信里确认", "几分钟后再试"],
      en: ["Ask the account's administrator to confirm in WeChat", "Try again in a few minutes"],
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
    causes: { zh: ["管理员不认识这台服务器"], en: ["The administrator did not recognize this server"] },
    whoMustAct: "operator",
    steps: {
      zh: ["联系管理员，问清为什么拒绝", "把服务器 IP 加进白名单", "24 小时后再试"],
      en: [
        "Ask the administrator for the reason",
        "Add the server's IP to the allow-list",
        "Try again after 24 hours",
      ],
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
      en: ["The administrator did not recognize this server, or tapped refuse by mistake"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["联系管理员，问清为什么拒绝", "把服务器 IP 加进白名单", "1 小时后再试；再被拒绝会锁 24 小时"],
      en: [
        "Ask the administrator for the reason",
        "Add the server's IP to the allow-list",
        "Try again after 1 hour; another refusal blocks for 24 hours",
      ],
    },
    retry: "never",
    link: links.globalToken,
  },
  {
    code: 9001002,
    name: "remote_service_unavailable",
    meaning: { zh: "微信的远端服务不可用", en: "A remote service of WeChat is unavailable" },
    causes: { zh: ["微信服务器短暂故障"], en: ["A brief outage of WeChat's servers"] },
    whoMustAct: "wechat",
    steps: { zh: ["等几分钟再试"], en: ["Try again in a few minutes"] },
    retry: "backoff",
    link: links.returnCodes,
  },
];
