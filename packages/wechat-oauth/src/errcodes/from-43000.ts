import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** Wrong HTTP methods and missing relations (43xxx), bodies and sizes (44xxx, 45xxx, 47xxx), quotas (45xxx). */
export const errcodesFrom43000: readonly ErrcodeExplanation[] = [
  {
    code: 43001,
    name: "must_be_get",
    errmsg: "require GET method",
    meaning: { zh: "这个接口只接受 GET", en: "This call accepts GET only" },
    causes: {
      zh: ["自己的代码用 POST 发送了请求", "代理改动了请求方法"],
      en: ["Your code sends POST", "A proxy changed the method"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["把这个接口的请求改为 GET，参数放在查询串里", "仍然如此时，检查服务器与微信之间的代理"],
      en: [
        "Send this call as GET, with its parameters in the query",
        "If it goes on, check the proxy between the server and WeChat",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 43002,
    name: "must_be_post",
    errmsg: "require POST method",
    meaning: { zh: "这个接口只接受 POST", en: "This call accepts POST only" },
    causes: { zh: ["代理把 POST 变成了 GET"], en: ["A proxy turned POST into GET"] },
    whoMustAct: "developer",
    steps: { zh: ["检查服务器与微信之间的代理"], en: ["Check the proxy between the server and WeChat"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 43003,
    name: "must_be_https",
    errmsg: "require https",
    meaning: { zh: "必须用 HTTPS 调用微信", en: "WeChat must be called over HTTPS" },
    causes: { zh: ["API 基础地址写成了 http://"], en: ["The API base URL starts with http://"] },
    whoMustAct: "developer",
    steps: {
      zh: ["把 API 基础地址改为 https://api.weixin.qq.com", "重置 AppSecret：它可能已经明文传过网络"],
      en: [
        "Set the API base URL to https://api.weixin.qq.com",
        "Reset the AppSecret: it may have crossed the network unencrypted",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 43004,
    name: "must_follow",
    errmsg: "require subscribe",
    meaning: { zh: "用户须先关注公众号", en: "The person must follow the account first" },
    causes: { zh: ["用户没有关注"], en: ["The person does not follow the account"] },
    whoMustAct: "user",
    steps: {
      zh: ["请用户关注公众号后再登录"],
      en: ["Ask the person to follow the account and sign in again"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 43005,
    name: "friend_relation_needed",
    errmsg: "require friend relations",
    meaning: { zh: "需要好友关系", en: "The two people must be friends in WeChat" },
    causes: { zh: ["双方不是微信好友"], en: ["The two people are not friends in WeChat"] },
    whoMustAct: "user",
    steps: {
      zh: ["找出是哪个功能在调用这个接口：登录不需要它"],
      en: ["Find the feature that makes this call: signing in does not need it"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 43019,
    name: "in_blacklist",
    errmsg: "require remove blacklist",
    meaning: { zh: "用户在公众号黑名单里", en: "The person is on the account's blacklist" },
    causes: { zh: ["有人把该用户加进了黑名单"], en: ["Someone put the person on the blacklist"] },
    whoMustAct: "operator",
    steps: {
      zh: ["在 mp.weixin.qq.com 的用户管理里找到该用户", "确认无误后移出黑名单"],
      en: [
        "Find the person under user management (用户管理) at mp.weixin.qq.com",
        "If it is right to do so, remove the person from the blacklist",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 43104,
    name: "appid_without_permission",
    errmsg: "this appid does not have permission",
    meaning: {
      zh: "这个 AppID 与该 openid 不匹配，或没有权限",
      en: "This AppID does not match the openid, or has no permission",
    },
    causes: {
      zh: ["把一个应用的 openid 用在了另一个应用上"],
      en: ["An openid of one app was used with another"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["核对 openid 属于哪个 AppID", "修正程序里两者的对应关系"],
      en: ["Check to which AppID the openid belongs", "Correct the pairing in the program"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 44002,
    name: "empty_body",
    errmsg: "empty post data",
    meaning: { zh: "请求体是空的", en: "The request body was empty" },
    causes: { zh: ["代理丢弃了请求体"], en: ["A proxy dropped the body"] },
    whoMustAct: "developer",
    steps: { zh: ["检查服务器与微信之间的代理"], en: ["Check the proxy between the server and WeChat"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 45002,
    name: "content_too_long",
    errmsg: "content size out of limit",
    meaning: { zh: "内容太长", en: "The content is too long" },
    causes: { zh: ["发送的文字超过了微信的上限"], en: ["The text is longer than WeChat allows"] },
    whoMustAct: "developer",
    steps: { zh: ["缩短内容，或分几次发送"], en: ["Shorten the content, or send it in parts"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 45009,
    name: "daily_quota_reached",
    errmsg: "reach max api daily quota limit",
    meaning: { zh: "今天的调用次数已用完", en: "Today's quota of this call is used up" },
    causes: {
      zh: ["程序调用得过于频繁，例如没有缓存结果", "有别的服务也在用同一个 AppID 调用"],
      en: [
        "A program makes this call more often than it needs to, for example because it caches no answer",
        "Another service makes the same call with the same AppID",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "找出是哪个程序调用得这么频繁，让它缓存结果",
        "找出还有哪些服务在用这个 AppID",
        "紧急时在公众平台清零调用次数（每月 10 次）",
      ],
      en: [
        "Find the program that makes this call so often, and let it cache the answer",
        "Find the other services that use this AppID",
        "In an emergency, reset the quota in WeChat's console (10 times a month)",
      ],
    },
    retry: "backoff",
    on: {
      "cgi-bin/token": {
        causes: {
          zh: [
            "没有缓存全局 access_token，每次都重新获取",
            "有别的服务器也在用同一个 AppID 获取 token（cgi-bin/token 每天 2000 次）",
          ],
          en: [
            "The global access token is fetched for every call instead of being cached",
            "Another server fetches tokens with the same AppID (cgi-bin/token allows 2000 a day)",
          ],
        },
        steps: {
          zh: [
            "改用 stable_token 获取 token，它的限额大得多",
            "找出还有哪些服务在用这个 AppID，让它们共用一个 token",
            "紧急时在公众平台清零调用次数（每月 10 次）",
          ],
          en: [
            "Fetch tokens with stable_token: its quota is far larger",
            "Find the other services that use this AppID, and let all of them share one token",
            "In an emergency, reset the quota in WeChat's console (10 times a month)",
          ],
        },
      },
      "cgi-bin/stable_token": {
        causes: {
          zh: [
            "没有缓存全局 access_token，每次都重新获取",
            "有别的服务器也在用同一个 AppID 获取 token",
            "强制刷新太多（每天最多 20 次）",
          ],
          en: [
            "The global access token is fetched for every call instead of being cached",
            "Another server fetches tokens with the same AppID",
            "Too many forced refreshes (20 a day)",
          ],
        },
        steps: {
          zh: [
            "找出还有哪些服务在用这个 AppID，让它们共用一个 token",
            "除非 token 泄露，不要强制刷新",
            "紧急时在公众平台清零调用次数（每月 10 次）",
          ],
          en: [
            "Find the other services that use this AppID, and let all of them share one token",
            "Force a refresh only after a leak",
            "In an emergency, reset the quota in WeChat's console (10 times a month)",
          ],
        },
      },
    },
    link: links.returnCodes,
  },
  {
    code: 45011,
    name: "minute_quota_reached",
    errmsg: "api minute-quota reach limit, must slower, retry next minute",
    meaning: { zh: "这一分钟内调用太频繁", en: "Too many calls within one minute" },
    causes: {
      zh: ["登录高峰", "页面循环跳转，反复发起授权", "有人在刷登录接口"],
      en: [
        "A peak of sign-ins",
        "A page redirects people to WeChat in a loop",
        "Someone is flooding the sign-in",
      ],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["等一分钟再看", "查看同一来源是否反复登录", "如果是程序循环，先停掉它"],
      en: [
        "Wait one minute and check again",
        "Check whether one source signs in again and again",
        "If a program loops, stop it first",
      ],
    },
    retry: "backoff",
    on: {
      "cgi-bin/": {
        causes: {
          zh: ["程序循环调用，或没有缓存结果"],
          en: ["A program makes this call in a loop, or does not cache the answer"],
        },
        steps: {
          zh: ["等一分钟再看", "找出是哪个程序调用得这么频繁，先停掉它"],
          en: [
            "Wait one minute and check again",
            "Find the program that makes this call so often, and stop it first",
          ],
        },
      },
      "sns/jscode2session": {
        causes: {
          zh: ["小程序反复调用登录：每个用户每分钟最多 100 次"],
          en: ["The mini program signs in again and again: WeChat allows 100 a minute for one person"],
        },
        steps: {
          zh: ["等一分钟再看", "找出小程序里反复调用登录的地方"],
          en: [
            "Wait one minute and check again",
            "Find the part of the mini program that signs in again and again",
          ],
        },
      },
    },
    link: links.returnCodes,
  },
  {
    code: 45035,
    name: "ip_not_registered",
    errmsg: "access clientip is not registered, not in ip-white-list",
    meaning: { zh: "本服务器的出口 IP 没有登记", en: "This server's public IP is not registered" },
    causes: { zh: ["服务器换了出口 IP"], en: ["The server's public IP has changed"] },
    whoMustAct: "operator",
    steps: {
      zh: ["查出服务器当前的出口 IP", "在微信后台登记它，然后再试"],
      en: ["Find out the server's current public IP", "Register it in WeChat's console, then try again"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 46004,
    name: "user_does_not_exist",
    errmsg: "user no exist",
    meaning: { zh: "用户不存在", en: "There is no such user" },
    causes: { zh: ["openid 抄错或属于别的应用"], en: ["The openid has a typo, or belongs to another app"] },
    whoMustAct: "developer",
    steps: { zh: ["核对 openid 是否属于这个 AppID"], en: ["Check that the openid belongs to this AppID"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 47001,
    name: "body_not_readable",
    errmsg: "data format error",
    meaning: { zh: "微信无法解析请求体", en: "WeChat could not parse the request body" },
    causes: {
      zh: ["请求体不是 JSON，或编码不是 UTF-8"],
      en: ["The body is not JSON, or not encoded in UTF-8"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["检查实际发出的请求体与编码"],
      en: ["Inspect the body that is actually sent, and its encoding"],
    },
    retry: "never",
    link: links.returnCodes,
  },
];
