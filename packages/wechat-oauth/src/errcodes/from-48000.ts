import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** API rights (48xxx), and people and accounts with restrictions (50xxx). */
export const errcodesFrom48000: readonly ErrcodeExplanation[] = [
  {
    code: 48001,
    name: "api_unauthorized",
    errmsg: "api unauthorized",
    meaning: {
      zh: "没有这个接口的权限，或授权范围太小",
      en: "No permission for this call, or the scope is too small",
    },
    causes: {
      zh: ["用 snsapi_base 的授权去取昵称头像", "公众号未认证，或不是服务号", "用户当时在快照页里"],
      en: [
        "A profile was requested with an snsapi_base authorization",
        "The account is not verified, or not a service account",
        "The person was on a snapshot page",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "如果所有人都这样，到微信后台检查认证和接口权限",
        "如果只是个别人，请对方点“使用完整服务”后重新登录",
        "需要昵称头像时，修改程序，改用 snsapi_userinfo",
      ],
      en: [
        "If it affects everyone, check the account's verification and API permissions in WeChat's console",
        "If it affects only a few people, ask them to tap 使用完整服务 (use the full service) and sign in again",
        "If a profile is needed, change the program to request snsapi_userinfo",
      ],
    },
    retry: "never",
    on: {
      "sns/oauth2/": {
        causes: {
          zh: ["账号未认证，或没有这个接口的权限"],
          en: ["The account is not verified, or has no permission for this call"],
        },
        steps: {
          zh: ["到微信后台检查认证和接口权限"],
          en: ["Check the account's verification and API permissions in WeChat's console"],
        },
      },
      "cgi-bin/": {
        causes: {
          zh: ["账号未认证，或没有这个接口的权限"],
          en: ["The account is not verified, or has no permission for this call"],
        },
        steps: {
          zh: ["到微信后台检查认证和接口权限"],
          en: ["Check the account's verification and API permissions in WeChat's console"],
        },
      },
    },
    link: links.returnCodes,
  },
  {
    code: 48002,
    name: "messages_refused",
    errmsg: "user block receive message",
    meaning: { zh: "粉丝拒收消息", en: "The follower does not accept the account's messages" },
    causes: { zh: ["用户关闭了接收消息"], en: ["The person turned off messages"] },
    whoMustAct: "user",
    steps: {
      zh: ["不要再发，尊重用户的选择；登录不受影响"],
      en: ["Send no more messages and respect the person's choice; signing in is not affected"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 48004,
    name: "api_forbidden",
    errmsg: "api forbidden for irregularities, view detail on mp.weixin.qq.com",
    meaning: { zh: "接口因违规被封禁", en: "WeChat has blocked this call because of a violation" },
    causes: { zh: ["账号被微信处罚"], en: ["WeChat has penalized the account"] },
    whoMustAct: "operator",
    steps: {
      zh: ["登录 mp.weixin.qq.com 查看站内通知", "按通知整改或申诉"],
      en: ["Read the notices at mp.weixin.qq.com", "Follow them or appeal"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 48006,
    name: "clear_quota_limit_reached",
    errmsg: "forbid to clear quota because of reaching the limit",
    meaning: { zh: "本月清零次数已用完（10 次）", en: "This month's ten quota resets are used up" },
    causes: {
      zh: ["程序或同事在后台反复清零"],
      en: ["A program, or a colleague in WeChat's console, reset the quota repeatedly"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["等到下个月", "查清是什么用光了调用次数，不要靠清零解决"],
      en: ["Wait until next month", "Find out what uses up the quota instead of resetting it"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 50001,
    name: "user_unauthorized",
    errmsg: "api unauthorized or user unauthorized",
    meaning: { zh: "用户没有授权", en: "The person has not given authorization" },
    causes: {
      zh: ["用户取消了授权", "授权时的 scope 不够", "账号没有这个接口的权限"],
      en: [
        "The person revoked the authorization",
        "The authorized scope is too small",
        "The account has no permission for this call",
      ],
    },
    whoMustAct: "user",
    steps: {
      zh: ["让用户重新登录并点“允许”", "如果所有人都这样，到微信后台检查接口权限"],
      en: [
        "Ask the person to sign in again and tap 允许 (allow)",
        "If it affects everyone, check the API permissions in WeChat's console",
      ],
    },
    retry: "restart",
    link: links.returnCodes,
  },
  {
    code: 50002,
    name: "user_limited",
    errmsg: "user limited",
    meaning: { zh: "用户的微信账号受限", en: "The person's WeChat account is restricted" },
    causes: { zh: ["账号被冻结、处罚或注销"], en: ["The account is frozen, penalized or deleted"] },
    whoMustAct: "user",
    steps: {
      zh: ["请用户在微信里查看账号状态", "不要反复重试"],
      en: ["Ask the person to check the account's status in WeChat", "Do not retry repeatedly"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 50003,
    name: "user_not_in_test_list",
    errmsg: "user unexpected, maybe not in white list",
    meaning: { zh: "该用户不在测试名单里", en: "The person is not on the test list" },
    causes: {
      zh: ["应用还在测试阶段，只允许名单内的人"],
      en: ["The app is still in testing and admits only people on the list"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["在微信后台把该用户加进测试名单", "或者确认应用已经正式上线"],
      en: [
        "Add the person to the test list in WeChat's console",
        "Or make sure that the app has been released",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 50004,
    name: "token_api_barred",
    errmsg: "user not allow to use accesstoken, maybe for punishment",
    meaning: { zh: "账号被禁止获取 access_token", en: "The account is not allowed to fetch access tokens" },
    causes: { zh: ["账号被微信处罚"], en: ["WeChat has penalized the account"] },
    whoMustAct: "operator",
    steps: {
      zh: ["登录 mp.weixin.qq.com 查看通知", "按通知处理；限制解除前不要反复重试"],
      en: [
        "Read the notices at mp.weixin.qq.com",
        "Follow them; do not retry repeatedly before the ban is lifted",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 50005,
    name: "not_following",
    errmsg: "user is unsubscribed",
    meaning: { zh: "用户没有关注公众号", en: "The person does not follow the account" },
    causes: { zh: ["用户取消了关注"], en: ["The person unfollowed the account"] },
    whoMustAct: "user",
    steps: {
      zh: ["请用户关注公众号后再登录"],
      en: ["Ask the person to follow the account and sign in again"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 50007,
    name: "account_frozen",
    meaning: { zh: "账号已被冻结", en: "The account is frozen" },
    causes: {
      zh: ["账号长期未用、违规或被申请冻结"],
      en: ["The account was not used for a long time, broke the rules, or someone requested the freeze"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["登录 mp.weixin.qq.com 查看冻结原因", "按页面提示解冻"],
      en: [
        "Log in to mp.weixin.qq.com and look up the reason",
        "Follow the instructions there to unfreeze the account",
      ],
    },
    retry: "never",
    link: links.stableToken,
  },
];
