import type { ErrcodeExplanation } from "./explanation.js";

/** The person signing in: the code they bring, the openid they have, and their standing. */
export const personErrcodes: readonly ErrcodeExplanation[] = [
  {
    code: 40003,
    name: "invalid_openid",
    errmsg: "invalid openid",
    meaning: { zh: "openid 不对，或不属于这个应用", en: "The openid is wrong, or of another app" },
    causes: {
      zh: ["把另一个应用的 openid 用在了这里", "openid 大小写被改动或被截断"],
      en: ["An openid of another app was used", "Its letters' case was changed, or it was cut"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["核对 openid 与 AppID 是否成对", "检查数据库是否区分大小写"],
      en: [
        "Check that openid and AppID belong together",
        "Check that the database keeps upper and lower case apart",
      ],
    },
    retry: "never",
  },
  {
    code: 40029,
    name: "invalid_code",
    errmsg: "invalid code",
    meaning: { zh: "授权码 code 无效", en: "The authorization code is not valid" },
    causes: {
      zh: ["用户在回调页停留太久，或打开了旧链接", "code 已经用过", "code 属于另一个 AppID"],
      en: [
        "The person waited too long, or opened an old link",
        "The code was used before",
        "The code belongs to another AppID",
      ],
    },
    whoMustAct: "user",
    steps: {
      zh: ["让用户重新登录一次", "若人人如此，核对授权链接与服务器用的是不是同一个 AppID"],
      en: [
        "The person signs in once more",
        "If it hits everybody, check that link and server use the same AppID",
      ],
    },
    retry: "restart",
  },
  {
    code: 40163,
    name: "code_been_used",
    errmsg: "code been used",
    meaning: { zh: "授权码 code 已经被用过", en: "The authorization code was used already" },
    causes: {
      zh: ["用户刷新或后退到了回调页", "微信浏览器把回调请求发了两次", "超时后程序又兑换了一次"],
      en: [
        "The person refreshed the callback page or went back to it",
        "WeChat's browser delivered the callback twice",
        "A program exchanged it again after a timeout",
      ],
    },
    whoMustAct: "developer",
    steps: {
      zh: [
        "看该用户是否其实已登录成功：是则不用处理",
        "否则让用户重新登录",
        "频繁出现时，查找重复兑换的代码",
      ],
      en: [
        "See whether the person is signed in after all: then do nothing",
        "Otherwise the person signs in again",
        "If it happens often, look for what exchanges twice",
      ],
    },
    retry: "restart",
  },
  {
    code: 40226,
    name: "code_blocked",
    errmsg: "code blocked",
    meaning: {
      zh: "微信认为该用户风险高，拦截了登录",
      en: "WeChat holds this person for risky and stopped the sign-in",
    },
    causes: { zh: ["用户的微信账号被风控"], en: ["WeChat's risk control has marked the account"] },
    whoMustAct: "user",
    steps: {
      zh: ["告诉用户：需在微信里解除账号风险", "不要反复重试"],
      en: ["Tell the person to settle it with WeChat", "Do not try again and again"],
    },
    retry: "never",
  },
  {
    code: 41008,
    name: "code_missing",
    errmsg: "missing code",
    meaning: { zh: "请求里没有 code", en: "The request had no code" },
    causes: {
      zh: ["用户直接打开了回调地址", "程序没有取到 code"],
      en: ["The callback was opened by hand", "The program lost the code"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["让用户从登录页重新开始", "若经常出现，检查回调地址是否丢了参数（例如带 #）"],
      en: [
        "The person begins again at the sign-in page",
        "If it is frequent, check whether the callback loses its parameters (a # in it does that)",
      ],
    },
    retry: "restart",
  },
  {
    code: 41009,
    name: "openid_missing",
    errmsg: "missing openid",
    meaning: { zh: "请求里没有 openid", en: "The request had no openid" },
    causes: { zh: ["程序传了空值"], en: ["The program passed an empty value"] },
    whoMustAct: "developer",
    steps: {
      zh: ["检查调用前是否真的拿到了 openid"],
      en: ["Check that there was an openid before the call"],
    },
    retry: "never",
  },
  {
    code: 42003,
    name: "code_expired",
    errmsg: "code expired",
    meaning: { zh: "授权码 code 已过期", en: "The authorization code has expired" },
    causes: { zh: ["从授权到兑换超过了 5 分钟"], en: ["More than 5 minutes passed before it was exchanged"] },
    whoMustAct: "user",
    steps: {
      zh: ["让用户重新登录", "大量出现时检查服务器是否处理过慢"],
      en: ["The person signs in again", "If there are many, check whether the server is slow"],
    },
    retry: "restart",
  },
  {
    code: 43004,
    name: "must_follow",
    errmsg: "require subscribe",
    meaning: { zh: "用户须先关注公众号", en: "The person must follow the account first" },
    causes: { zh: ["用户没有关注"], en: ["The person does not follow it"] },
    whoMustAct: "user",
    steps: { zh: ["请用户关注公众号后再登录"], en: ["The person follows the account, then signs in"] },
    retry: "never",
  },
  {
    code: 43019,
    name: "in_blacklist",
    errmsg: "require remove blacklist",
    meaning: { zh: "用户在公众号黑名单里", en: "The person is on the account's blacklist" },
    causes: { zh: ["有人把该用户拉黑"], en: ["Somebody put the person there"] },
    whoMustAct: "operator",
    steps: {
      zh: ["在 mp.weixin.qq.com 的用户管理里找到该用户", "确认无误后移出黑名单"],
      en: [
        "Find the person under user management at mp.weixin.qq.com",
        "Remove the person from the blacklist if that is right",
      ],
    },
    retry: "never",
  },
  {
    code: 46004,
    name: "user_does_not_exist",
    errmsg: "user no exist",
    meaning: { zh: "用户不存在", en: "There is no such user" },
    causes: { zh: ["openid 抄错或属于别的应用"], en: ["The openid is mistyped or of another app"] },
    whoMustAct: "developer",
    steps: { zh: ["核对 openid 与 AppID 是否成对"], en: ["Check that openid and AppID belong together"] },
    retry: "never",
  },
  {
    code: 50001,
    name: "user_unauthorized",
    errmsg: "api unauthorized or user unauthorized",
    meaning: { zh: "用户没有授权", en: "The person has not given this right" },
    causes: {
      zh: ["用户取消了授权", "授权时的 scope 不够", "账号没有这个接口的权限"],
      en: ["The person took the consent back", "The scope was too small", "The account lacks this right"],
    },
    whoMustAct: "user",
    steps: {
      zh: ["让用户重新登录并点“允许”", "若人人如此，到微信后台查接口权限"],
      en: [
        "The person signs in again and allows it",
        "If it hits everybody, check API rights in WeChat's console",
      ],
    },
    retry: "restart",
  },
  {
    code: 50002,
    name: "user_limited",
    errmsg: "user limited",
    meaning: { zh: "用户的微信账号受限", en: "The person's WeChat account is restricted" },
    causes: { zh: ["账号被冻结、处罚或注销"], en: ["It is frozen, punished or deleted"] },
    whoMustAct: "user",
    steps: {
      zh: ["告诉用户到微信里查看账号状态", "不要反复重试"],
      en: ["Tell the person to look up the account's state in WeChat", "Do not try again and again"],
    },
    retry: "never",
  },
  {
    code: 50005,
    name: "not_following",
    errmsg: "user is unsubscribed",
    meaning: { zh: "用户没有关注公众号", en: "The person does not follow the account" },
    causes: { zh: ["用户取消了关注"], en: ["The person stopped following it"] },
    whoMustAct: "user",
    steps: { zh: ["请用户关注公众号后再登录"], en: ["The person follows the account, then signs in"] },
    retry: "never",
  },
];
