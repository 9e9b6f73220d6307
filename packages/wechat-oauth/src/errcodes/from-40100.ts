import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** Parameters, credentials and accounts that are not valid, second part. */
export const errcodesFrom40100: readonly ErrcodeExplanation[] = [
  {
    code: 40125,
    name: "invalid_appsecret",
    errmsg: "invalid appsecret",
    meaning: { zh: "AppSecret 不对", en: "The AppSecret is wrong" },
    causes: {
      zh: ["有人在微信后台重置过 AppSecret", "配置里抄错，或用了别的应用的 AppSecret"],
      en: ["Someone reset the AppSecret in WeChat's console", "A typo, or the AppSecret of another app"],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "问同事是否刚重置过 AppSecret",
        "把当前的 AppSecret 填进配置并重启；在此之前所有人都无法登录",
        "如果已经丢失，在微信后台重置，并同时更新所有用到它的服务",
      ],
      en: [
        "Ask your colleagues whether someone has just reset the AppSecret",
        "Put the current AppSecret into the settings and restart; until then no one can sign in",
        "If it is lost, reset it in WeChat's console and update every service that uses it",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40132,
    name: "invalid_wechat_id",
    errmsg: "invalid username",
    meaning: { zh: "微信号不合法", en: "The WeChat ID is not valid" },
    causes: {
      zh: ["把 openid 或昵称当成了微信号"],
      en: ["An openid or a nickname was sent instead of a WeChat ID"],
    },
    whoMustAct: "developer",
    steps: { zh: ["核对这个参数要的是哪一种标识"], en: ["Check which kind of ID the parameter expects"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40163,
    name: "code_been_used",
    errmsg: "code been used",
    meaning: { zh: "授权码 code 已经被用过", en: "The authorization code has already been used" },
    causes: {
      zh: ["用户刷新或后退到了回调页", "微信浏览器把回调请求发了两次", "超时后程序又换取了一次"],
      en: [
        "The person reloaded the callback page or went back to it",
        "WeChat's browser sent the callback request twice",
        "The program exchanged the code again after a timeout",
      ],
    },
    whoMustAct: "developer",
    steps: {
      zh: [
        "先看该用户是否其实已经登录成功：如果是，不用处理",
        "否则让用户重新登录",
        "如果频繁出现，找出程序里重复换取的地方",
      ],
      en: [
        "Check whether the person is signed in after all: if so, do nothing",
        "Otherwise ask the person to sign in again",
        "If it happens often, find the part of the program that exchanges a code twice",
      ],
    },
    retry: "restart",
    on: {
      "sns/jscode2session": {
        causes: {
          zh: ["小程序把同一个 code 提交了两次", "超时后程序又换取了一次"],
          en: [
            "The mini program sent the same code twice",
            "The program exchanged the code again after a timeout",
          ],
        },
        steps: {
          zh: ["让小程序重新调用 wx.login，再提交新的 code", "如果频繁出现，找出程序里重复换取的地方"],
          en: [
            "Make the mini program call wx.login again and send the new code",
            "If it happens often, find the part of the program that exchanges a code twice",
          ],
        },
      },
    },
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
        "The server or its outbound connection has changed, and with it the IP",
        "The IP allow-list of a new account is still empty",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "从 errmsg 里抄下 IP",
        "登录 mp.weixin.qq.com，把它加进该公众号的“IP白名单”",
        "再试一次；只有获取全局 token 需要白名单，登录本身不受影响",
      ],
      en: [
        "Copy the IP from the errmsg",
        "Log in to mp.weixin.qq.com and add it to the account's IP allow-list (IP白名单)",
        "Try again; only the global token needs the allow-list, signing in does not",
      ],
    },
    retry: "never",
    link: links.globalToken,
  },
  {
    code: 40188,
    name: "invalid_scope",
    errmsg: "invalid scope",
    meaning: { zh: "scope 不对", en: "The scope is not valid" },
    causes: { zh: ["用了该应用没有的 scope"], en: ["The app does not have the requested scope"] },
    whoMustAct: "developer",
    steps: {
      zh: ["微信内用 snsapi_base 或 snsapi_userinfo，扫码用 snsapi_login"],
      en: ["Use snsapi_base or snsapi_userinfo inside WeChat, and snsapi_login for QR sign-in"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40200,
    name: "invalid_account_type",
    errmsg: "invalid account type",
    meaning: { zh: "这类账号不能用这个接口", en: "This kind of account cannot use this call" },
    causes: {
      zh: ["配置的是订阅号或其他类型账号的 AppID"],
      en: ["The AppID of a subscription account or of another kind of account is set"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["确认用的是已认证的服务号（微信内）或网站应用（扫码）", "换成正确账号的 AppID 和 AppSecret"],
      en: [
        "Check that it is a verified service account (inside WeChat) or a website app (QR sign-in)",
        "Set that account's AppID and AppSecret",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40201,
    name: "callback_url_not_set",
    errmsg: "invalid check url",
    meaning: { zh: "没有配置回调 URL，或它不合法", en: "No callback URL is set, or it is not valid" },
    causes: { zh: ["微信后台没有填服务器地址"], en: ["The server address is not set in WeChat's console"] },
    whoMustAct: "operator",
    steps: {
      zh: ["在 mp.weixin.qq.com 的服务器配置里填好 URL", "再检查一次"],
      en: ["Set the URL in the server settings at mp.weixin.qq.com", "Run the check again"],
    },
    retry: "never",
  },
  {
    code: 40202,
    name: "invalid_check_action",
    errmsg: "invalid check action",
    meaning: { zh: "action 参数不对", en: "The action parameter is not valid" },
    causes: { zh: ["传了 dns、ping、all 以外的值"], en: ["A value other than dns, ping or all was sent"] },
    whoMustAct: "developer",
    steps: { zh: ["改为 dns、ping 或 all"], en: ["Send dns, ping or all"] },
    retry: "never",
  },
  {
    code: 40203,
    name: "invalid_check_operator",
    errmsg: "invalid check operator",
    meaning: { zh: "check_operator 参数不对", en: "The check_operator parameter is not valid" },
    causes: {
      zh: ["传了 CHINANET、UNICOM、CAP、DEFAULT 以外的值"],
      en: ["A value other than CHINANET, UNICOM, CAP or DEFAULT was sent"],
    },
    whoMustAct: "developer",
    steps: { zh: ["不确定时用 DEFAULT"], en: ["Send DEFAULT if in doubt"] },
    retry: "never",
  },
  {
    code: 40226,
    name: "code_blocked",
    errmsg: "code blocked",
    meaning: {
      zh: "微信认为该用户风险高，拦截了登录",
      en: "WeChat considers this person a risk and blocked the sign-in",
    },
    causes: {
      zh: ["用户的微信账号被风控系统标记"],
      en: ["WeChat's risk control has flagged the person's account"],
    },
    whoMustAct: "user",
    steps: {
      zh: ["告诉用户先在微信里解除账号风险", "不要反复重试"],
      en: ["Ask the person to resolve the account risk in WeChat", "Do not retry repeatedly"],
    },
    retry: "never",
    link: links.miniProgramLogin,
  },
  {
    code: 40242,
    name: "code_of_mini_program",
    meaning: {
      zh: "这个 code 是小程序的，不能用在网页授权",
      en: "The code is a mini program's and cannot be used for web authorization",
    },
    causes: {
      zh: ["把小程序 wx.login 的 code 交给了 sns/oauth2/access_token"],
      en: ["A code of a mini program's wx.login was sent to sns/oauth2/access_token"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["小程序的 code 用 sns/jscode2session 换取"],
      en: ["Exchange a mini program's code by sns/jscode2session"],
    },
    retry: "never",
  },
  {
    code: 40243,
    name: "appsecret_frozen",
    meaning: { zh: "AppSecret 已被冻结", en: "The AppSecret is frozen" },
    causes: {
      zh: ["有人在微信后台冻结了 AppSecret"],
      en: ["Someone froze the AppSecret in WeChat's console"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["先问清为什么冻结：可能是怀疑 AppSecret 泄露", "确认安全后在微信后台解冻；如果怀疑泄露，改为重置"],
      en: [
        "First ask why it was frozen: perhaps a leak was suspected",
        "If it is safe, unfreeze it in WeChat's console; if a leak is suspected, reset it instead",
      ],
    },
    retry: "never",
    link: links.stableToken,
  },
];
