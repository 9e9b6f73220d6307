import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** The app's id, secret, rights and standing: what is set in WeChat's console. */
export const appErrcodes: readonly ErrcodeExplanation[] = [
  {
    code: 40013,
    name: "invalid_appid",
    errmsg: "invalid appid",
    meaning: { zh: "AppID 不对", en: "The AppID is wrong" },
    causes: {
      zh: ["配置里的 AppID 抄错，或多了空格、引号", "AppID 与接口不是同一类账号"],
      en: [
        "The configured AppID has a typo, a blank or quotes",
        "The AppID belongs to another kind of account",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["到微信后台重新复制 AppID（wx 开头，共 18 位）", "改好配置后重启服务"],
      en: [
        "Copy the AppID again from WeChat's console (wx and 16 more characters)",
        "Correct the setting and restart",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40125,
    name: "invalid_appsecret",
    errmsg: "invalid appsecret",
    meaning: { zh: "AppSecret 不对", en: "The AppSecret is wrong" },
    causes: {
      zh: ["有人在微信后台重置过 AppSecret", "配置里抄错，或用了别的应用的 AppSecret"],
      en: ["Somebody reset the AppSecret in WeChat's console", "A typo, or the secret of another app"],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "问同事是否刚重置过 AppSecret",
        "把当前的 AppSecret 填进配置并重启；在此之前所有人都无法登录",
        "若已丢失，在微信后台重置，并同时更新所有用到它的服务",
      ],
      en: [
        "Ask whether somebody has just reset it",
        "Put the current AppSecret into the settings and restart; until then nobody can sign in",
        "If it is lost, reset it in WeChat's console and update every service that uses it",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40164,
    name: "ip_not_in_allow_list",
    errmsg: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
    meaning: { zh: "本服务器的出口 IP 不在白名单里", en: "This server's public IP is not on the allow-list" },
    causes: {
      zh: ["换了服务器或网络出口，IP 变了", "新账号还没有填 IP 白名单"],
      en: [
        "The server or its way out has changed, and so its IP",
        "A new account whose allow-list is still empty",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "从 errmsg 里抄下 IP",
        "登录 mp.weixin.qq.com，把它加进该公众号的“IP白名单”",
        "再试一次；登录本身不受影响，受影响的是全局 token",
      ],
      en: [
        "Copy the IP out of the errmsg",
        "At mp.weixin.qq.com add it to the account's IP allow-list (IP白名单)",
        "Try again; signing in needs no allow-list, only the global token does",
      ],
    },
    retry: "never",
    link: links.globalToken,
  },
  {
    code: 40200,
    name: "invalid_account_type",
    errmsg: "invalid account type",
    meaning: { zh: "这类账号不能用这个接口", en: "This kind of account cannot use this call" },
    causes: {
      zh: ["填了订阅号或其他类型账号的 AppID"],
      en: ["The AppID of a subscription or other account is set"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["确认用的是已认证的服务号（微信内）或网站应用（扫码）", "换成正确账号的 AppID 和 AppSecret"],
      en: [
        "Make sure it is a verified service account (inside WeChat) or a website app (QR)",
        "Set that account's AppID and AppSecret",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40243,
    name: "appsecret_frozen",
    meaning: { zh: "AppSecret 已被冻结", en: "The AppSecret is frozen" },
    causes: {
      zh: ["有人在微信后台冻结了 AppSecret"],
      en: ["Somebody froze the AppSecret in WeChat's console"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["先问清为什么冻结：可能是怀疑泄露", "确认安全后在微信后台解冻；若怀疑泄露，改为重置"],
      en: [
        "Ask first why: perhaps a leak was feared",
        "Unfreeze it in WeChat's console; after a leak reset it instead",
      ],
    },
    retry: "never",
    link: links.stableToken,
  },
  {
    code: 41002,
    name: "appid_missing",
    errmsg: "appid missing",
    meaning: { zh: "请求里没有 AppID", en: "The request had no AppID" },
    causes: { zh: ["配置项为空"], en: ["The setting is empty"] },
    whoMustAct: "developer",
    steps: {
      zh: ["检查部署环境里的 AppID 配置是否真的生效", "改好后重启"],
      en: ["Check that the AppID really reaches the running process", "Correct it and restart"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 41004,
    name: "appsecret_missing",
    errmsg: "appsecret missing",
    meaning: { zh: "请求里没有 AppSecret", en: "The request had no AppSecret" },
    causes: { zh: ["配置项为空"], en: ["The setting is empty"] },
    whoMustAct: "developer",
    steps: {
      zh: ["检查部署环境里的 AppSecret 配置是否真的生效", "改好后重启"],
      en: ["Check that the AppSecret really reaches the running process", "Correct it and restart"],
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
      en: "This AppID has no right to this openid",
    },
    causes: {
      zh: ["把一个应用的 openid 用在了另一个应用上"],
      en: ["An openid of one app is used with another"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["核对 openid 属于哪个 AppID", "修正程序里两者的对应关系"],
      en: ["Check which AppID the openid belongs to", "Correct the pair in the program"],
    },
    retry: "never",
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
      en: ["Find the server's present public IP", "Register it in WeChat's console, then try again"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 48001,
    name: "api_unauthorized",
    errmsg: "api unauthorized",
    meaning: {
      zh: "没有这个接口的权限，或授权范围太小",
      en: "No right to this call, or the scope is too small",
    },
    causes: {
      zh: ["用 snsapi_base 的授权去取昵称头像", "公众号未认证，或不是服务号", "用户当时在快照页里"],
      en: [
        "A profile was asked for with a grant of snsapi_base",
        "The account is not verified, or not a service account",
        "The person was on a snapshot page",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "看是否所有人都这样：是则到微信后台查认证和接口权限",
        "若只是个别人，让对方点“使用完整服务”后重新登录",
        "需要昵称头像时，程序须用 snsapi_userinfo",
      ],
      en: [
        "If it hits everybody, check verification and API rights in WeChat's console",
        "If it hits a few, let them press 使用完整服务 (use the full service) and sign in again",
        "Where a profile is needed, the program must ask for snsapi_userinfo",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 48004,
    name: "api_forbidden",
    errmsg: "api forbidden for irregularities, view detail on mp.weixin.qq.com",
    meaning: { zh: "接口因违规被封禁", en: "WeChat has barred this call for a violation" },
    causes: { zh: ["账号被微信处罚"], en: ["WeChat has punished the account"] },
    whoMustAct: "operator",
    steps: {
      zh: ["登录 mp.weixin.qq.com 查看站内通知", "按通知整改或申诉"],
      en: ["Read the notices at mp.weixin.qq.com", "Do what they ask, or appeal"],
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
      en: ["The app is in test and admits listed people only"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["在微信后台把该用户加进测试名单", "或确认应用已经正式上线"],
      en: ["Add the person to the test list in WeChat's console", "Or make sure the app is released"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 50004,
    name: "token_api_barred",
    errmsg: "user not allow to use accesstoken, maybe for punishment",
    meaning: { zh: "账号被禁止获取 access_token", en: "The account is barred from getting access tokens" },
    causes: { zh: ["账号被微信处罚"], en: ["WeChat has punished the account"] },
    whoMustAct: "operator",
    steps: {
      zh: ["登录 mp.weixin.qq.com 查看通知", "按通知处理；解除前不要反复重试"],
      en: ["Read the notices at mp.weixin.qq.com", "Follow them; do not keep retrying meanwhile"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 50007,
    name: "account_frozen",
    meaning: { zh: "账号已被冻结", en: "The account is frozen" },
    causes: { zh: ["账号长期未用、违规或被申请冻结"], en: ["Disuse, a violation, or somebody asked for it"] },
    whoMustAct: "operator",
    steps: {
      zh: ["登录 mp.weixin.qq.com 查看冻结原因", "按页面提示解冻"],
      en: ["Look up the reason at mp.weixin.qq.com", "Follow its steps to unfreeze the account"],
    },
    retry: "never",
    link: links.stableToken,
  },
  {
    code: 61024,
    name: "token_through_component",
    errmsg: "must use api(api_component_token) to get token for component acct",
    meaning: {
      zh: "该账号须通过第三方平台获取 token",
      en: "This account gets its token through a third-party platform",
    },
    causes: { zh: ["填的是第三方平台的 AppID"], en: ["The AppID set is that of a third-party platform"] },
    whoMustAct: "developer",
    steps: {
      zh: ["确认配置的是公众号自己的 AppID", "若账号由第三方平台代管，请联系该平台提供 token"],
      en: [
        "Make sure the AppID is the account's own",
        "If a third-party platform runs the account, ask it for the token",
      ],
    },
    retry: "never",
    link: links.openPlatform,
  },
];
