import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** People and lists of people, as the account's own calls ask about them. */
export const followerErrcodes: readonly ErrcodeExplanation[] = [
  {
    code: 40031,
    name: "invalid_openid_list",
    errmsg: "invalid openid list",
    meaning: { zh: "openid 列表里有不合法的值", en: "The list holds something that is no openid" },
    causes: {
      zh: ["混入了别的应用的 openid", "列表里有空值"],
      en: ["An openid of another app is among them", "One of them is empty"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["只传这个 AppID 自己的 openid，去掉空值"],
      en: ["Send only this AppID's own openids, and none that is empty"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40032,
    name: "invalid_openid_list_size",
    errmsg: "invalid openid list size",
    meaning: { zh: "openid 列表是空的，或太长", en: "The list of openids is empty or too long" },
    causes: { zh: ["一次传了 0 个或超过 100 个"], en: ["None, or more than 100, were sent at once"] },
    whoMustAct: "developer",
    steps: { zh: ["每次传 1 到 100 个"], en: ["Send 1 to 100 at a time"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40132,
    name: "invalid_wechat_id",
    errmsg: "invalid username",
    meaning: { zh: "微信号不合法", en: "The WeChat id is not valid" },
    causes: {
      zh: ["把 openid 或昵称当成了微信号"],
      en: ["An openid or a nickname was sent instead of a WeChat id"],
    },
    whoMustAct: "developer",
    steps: { zh: ["核对这个参数要的是哪一种标识"], en: ["Check which kind of id the parameter wants"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 43005,
    name: "friend_relation_needed",
    errmsg: "require friend relations",
    meaning: { zh: "需要好友关系", en: "The two must be friends in WeChat" },
    causes: { zh: ["双方不是微信好友"], en: ["They are not friends in WeChat"] },
    whoMustAct: "user",
    steps: {
      zh: ["与登录无关：看是哪个功能在调用这个接口"],
      en: ["See which feature makes the call: signing in does not"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 48002,
    name: "messages_refused",
    errmsg: "user block receive message",
    meaning: { zh: "粉丝拒收消息", en: "The follower refuses the account's messages" },
    causes: { zh: ["用户关闭了接收消息"], en: ["The person switched them off"] },
    whoMustAct: "user",
    steps: {
      zh: ["与登录无关；尊重用户的选择，不要再发"],
      en: ["Send no more: it is the person's choice, and signing in does not need it"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 87007,
    name: "session_key_expired",
    errmsg: "session_key is not existd or expired",
    meaning: { zh: "小程序的 session_key 不存在或已过期", en: "The mini program's session_key is gone" },
    causes: {
      zh: ["用户很久没有打开小程序", "小程序又调用了 wx.login，旧的已失效"],
      en: [
        "The person has not opened the mini program for long",
        "It called wx.login again, and the old key died",
      ],
    },
    whoMustAct: "user",
    steps: { zh: ["让小程序重新调用 wx.login"], en: ["The mini program calls wx.login again"] },
    retry: "restart",
  },
  {
    code: 87009,
    name: "invalid_mini_program_signature",
    errmsg: "invalid signature",
    meaning: { zh: "小程序的签名不对", en: "The mini program's signature is not right" },
    causes: {
      zh: ["用旧的 session_key 签名", "签名的原文与发送的不一致"],
      en: ["It was made with an old session_key", "What was signed is not what was sent"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["用最近一次登录得到的 session_key 签名", "原样签名请求体，不要重新序列化"],
      en: [
        "Sign with the session_key of the latest login",
        "Sign the body as it is sent, not serialized anew",
      ],
    },
    retry: "never",
  },
];
