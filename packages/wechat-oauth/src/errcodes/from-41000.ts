import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** Parameters that are missing (41xxx), and tokens and codes that have expired (42xxx). */
export const errcodesFrom41000: readonly ErrcodeExplanation[] = [
  {
    code: 41001,
    name: "access_token_missing",
    errmsg: "access_token missing",
    meaning: { zh: "请求里没有 access_token", en: "The request had no access token" },
    causes: { zh: ["程序传了空值"], en: ["The program passed an empty value"] },
    whoMustAct: "developer",
    steps: {
      zh: ["检查调用前是否真的拿到了 token"],
      en: ["Check that the program really had a token before the call"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 41002,
    name: "appid_missing",
    errmsg: "appid missing",
    meaning: { zh: "请求里没有 AppID", en: "The request had no AppID" },
    causes: { zh: ["配置项为空"], en: ["The setting is empty"] },
    whoMustAct: "developer",
    steps: {
      zh: ["检查部署环境里的 AppID 配置是否真的生效", "改好后重启服务"],
      en: [
        "Check that the AppID setting really reaches the running process",
        "Correct it and restart the service",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 41003,
    name: "refresh_token_missing",
    errmsg: "refresh_token missing",
    meaning: { zh: "请求里没有 refresh_token", en: "The request had no refresh token" },
    causes: { zh: ["程序传了空值"], en: ["The program passed an empty value"] },
    whoMustAct: "developer",
    steps: {
      zh: ["检查保存的 refresh_token 是否为空", "如果为空，让用户重新登录"],
      en: ["Check whether the stored refresh token is empty", "If it is, ask the person to sign in again"],
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
      zh: ["检查部署环境里的 AppSecret 配置是否真的生效", "改好后重启服务"],
      en: [
        "Check that the AppSecret setting really reaches the running process",
        "Correct it and restart the service",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 41008,
    name: "code_missing",
    errmsg: "missing code",
    meaning: { zh: "请求里没有 code", en: "The request had no code" },
    causes: {
      zh: ["用户直接打开了回调地址", "程序没有取到 code"],
      en: ["The person opened the callback URL directly", "The program did not read the code"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["让用户从登录页重新开始", "如果经常出现，检查回调地址是否会丢参数（例如地址里带 #）"],
      en: [
        "Ask the person to start again from the sign-in page",
        "If it happens often, check whether the callback URL loses its parameters (for example because of a #)",
      ],
    },
    retry: "restart",
    on: {
      "sns/jscode2session": {
        causes: {
          zh: ["小程序没有提交 code", "程序没有读取 code"],
          en: ["The mini program sent no code", "The program did not read the code"],
        },
        steps: {
          zh: ["检查小程序有没有把 wx.login 得到的 code 传给服务器"],
          en: ["Check that the mini program sends the code from wx.login to the server"],
        },
      },
    },
    link: links.returnCodes,
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
      en: ["Check that the program really had an openid before the call"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 41010,
    name: "url_missing",
    errmsg: "missing url",
    meaning: { zh: "请求里没有 url", en: "The request had no url" },
    causes: { zh: ["程序传了空值"], en: ["The program passed an empty value"] },
    whoMustAct: "developer",
    steps: { zh: ["检查实际发出的参数"], en: ["Inspect the parameters that are actually sent"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 41011,
    name: "required_fields_missing",
    errmsg: "missing required fields! please check document and request json!",
    meaning: { zh: "缺少必填字段", en: "A required field is missing" },
    causes: {
      zh: ["请求体少了字段，或没有按 JSON 发送"],
      en: ["The body lacks a field, or was not sent as JSON"],
    },
    whoMustAct: "developer",
    steps: { zh: ["按接口文档逐个核对字段"], en: ["Check each field against WeChat's documentation"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 41018,
    name: "component_appid_missing",
    errmsg: "missing component_appid",
    meaning: { zh: "请求里没有 component_appid", en: "The request had no component_appid" },
    causes: {
      zh: ["调用了第三方平台专用的接口", "程序传了空值"],
      en: ["A call for third-party platforms only was made", "The program passed an empty value"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["账号没有交给平台代管时，改用普通接口", "否则补上第三方平台的 AppID"],
      en: [
        "If no third-party platform runs the account, use the ordinary call",
        "Otherwise send the third-party platform's AppID",
      ],
    },
    retry: "never",
    link: links.openPlatform,
  },
  {
    code: 42001,
    name: "access_token_expired",
    errmsg: "access_token expired",
    meaning: { zh: "access_token 已过期", en: "The access token has expired" },
    causes: {
      zh: ["超过了 2 小时", "服务器时间不准，程序以为它还没过期"],
      en: ["Its two hours are over", "The server's clock is wrong, so the program considers the token valid"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["偶尔出现不用处理：程序会自动刷新", "如果大量出现，检查服务器时间"],
      en: [
        "If there are only a few, do nothing: the program refreshes the token by itself",
        "If there are many, check the server's clock",
      ],
    },
    retry: "token",
    retryOnSns: "sns_refresh",
    on: {
      "sns/": {
        steps: {
          zh: ["刷新一次该用户的 token，或让用户重新登录", "如果大量出现，检查服务器时间"],
          en: [
            "Refresh the person's token once, or ask the person to sign in again",
            "If there are many, check the server's clock",
          ],
        },
      },
    },
    link: links.returnCodes,
  },
  {
    code: 42002,
    name: "refresh_token_expired",
    errmsg: "refresh_token expired",
    meaning: { zh: "refresh_token 已过期（30 天）", en: "The refresh token has expired (30 days)" },
    causes: {
      zh: ["用户超过 30 天没有重新授权"],
      en: ["The person last authorized more than 30 days ago"],
    },
    whoMustAct: "user",
    steps: { zh: ["让用户重新登录"], en: ["Ask the person to sign in again"] },
    retry: "restart",
    link: links.returnCodes,
  },
  {
    code: 42003,
    name: "code_expired",
    errmsg: "code expired",
    meaning: { zh: "授权码 code 已过期", en: "The authorization code has expired" },
    causes: {
      zh: ["从授权到换取超过了 5 分钟"],
      en: ["More than 5 minutes passed between authorization and exchange"],
    },
    whoMustAct: "user",
    steps: {
      zh: ["让用户重新登录", "如果大量出现，检查服务器是否处理过慢"],
      en: ["Ask the person to sign in again", "If there are many, check whether the server is too slow"],
    },
    retry: "restart",
    link: links.returnCodes,
  },
  {
    code: 42007,
    name: "tokens_revoked_by_password_change",
    errmsg: "access_token and refresh_token exception",
    meaning: {
      zh: "用户改了微信密码，所有 token 已失效",
      en: "The person changed their WeChat password, so all tokens are invalid",
    },
    causes: { zh: ["用户修改了微信密码"], en: ["The person changed their WeChat password"] },
    whoMustAct: "user",
    steps: { zh: ["让用户重新登录"], en: ["Ask the person to sign in again"] },
    retry: "restart",
    link: links.returnCodes,
  },
];
