import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** Parameters, credentials and tokens that are not valid, first part. */
export const errcodesFrom40000: readonly ErrcodeExplanation[] = [
  {
    code: 40001,
    name: "invalid_credential",
    errmsg: "invalid credential, access_token is invalid or not latest",
    meaning: {
      zh: "access_token 无效或已被新的取代",
      en: "The access token is invalid, or a newer one has replaced it",
    },
    causes: {
      zh: [
        "另一台服务器用同一个 AppID 取了新 token，把这个顶掉了",
        "把全局 token 用在了用户接口上，或反过来",
        "AppSecret 不对（微信以前会这样返回）",
      ],
      en: [
        "Another server fetched a new token with the same AppID, which invalidated this one",
        "The global token was used for a call that needs a person's token, or the other way round",
        "The AppSecret is wrong (WeChat formerly reported it so)",
      ],
    },
    whoMustAct: "developer",
    steps: {
      zh: [
        "出现在 sns/ 接口：让用户重新登录即可",
        "出现在 cgi-bin/ 接口：先重新读取共用的 token，仍不行再刷新一次",
        "如果反复出现，找出还有谁在用这个 AppID 获取 token",
      ],
      en: [
        "On sns/ calls: ask the person to sign in again",
        "On cgi-bin/ calls: read the shared token again; if that does not help, refresh it once",
        "If it keeps happening, find out what else fetches tokens with this AppID",
      ],
    },
    retry: "token",
    retryOnSns: "restart",
    on: {
      "sns/": {
        causes: {
          zh: ["token 已作废，或保存时被截断", "把全局 token 用在了用户接口上"],
          en: [
            "The token is no longer valid, or was cut off when it was stored",
            "The global token was used for a call that needs a person's token",
          ],
        },
        steps: {
          zh: ["让用户重新登录即可", "如果反复出现，检查程序传的是不是用户 token"],
          en: [
            "Ask the person to sign in again",
            "If it keeps happening, check that the program sends the person's token",
          ],
        },
      },
      "sns/oauth2/": {
        causes: {
          zh: ["AppSecret 不对（微信以前会这样返回）"],
          en: ["The AppSecret is wrong (WeChat formerly reported it so)"],
        },
        steps: {
          zh: ["把设置里的 AppSecret 与微信后台的核对", "改好后重启服务"],
          en: [
            "Compare the AppSecret in the settings with the one in WeChat's console",
            "Correct it and restart the service",
          ],
        },
        whoMustAct: "operator",
        retry: "never",
      },
      "cgi-bin/": {
        causes: {
          zh: [
            "另一台服务器用同一个 AppID 取了新 token，把这个顶掉了",
            "把用户 token 用在了需要全局 token 的接口上",
          ],
          en: [
            "Another server fetched a new token with the same AppID, which invalidated this one",
            "A person's token was used for a call that needs the global one",
          ],
        },
        steps: {
          zh: [
            "先重新读取共用的 token，仍不行再刷新一次",
            "如果反复出现，找出还有谁在用这个 AppID 获取 token",
          ],
          en: [
            "Read the shared token again; if that does not help, refresh it once",
            "If it keeps happening, find out what else fetches tokens with this AppID",
          ],
        },
      },
      "cgi-bin/token": {
        causes: {
          zh: ["AppSecret 不对（微信以前会这样返回）"],
          en: ["The AppSecret is wrong (WeChat formerly reported it so)"],
        },
        steps: {
          zh: ["把设置里的 AppSecret 与微信后台的核对", "改好后重启服务"],
          en: [
            "Compare the AppSecret in the settings with the one in WeChat's console",
            "Correct it and restart the service",
          ],
        },
        whoMustAct: "operator",
        retry: "never",
      },
      "cgi-bin/stable_token": {
        causes: {
          zh: ["AppSecret 不对（微信以前会这样返回）"],
          en: ["The AppSecret is wrong (WeChat formerly reported it so)"],
        },
        steps: {
          zh: ["把设置里的 AppSecret 与微信后台的核对", "改好后重启服务"],
          en: [
            "Compare the AppSecret in the settings with the one in WeChat's console",
            "Correct it and restart the service",
          ],
        },
        whoMustAct: "operator",
        retry: "never",
      },
    },
    link: links.returnCodes,
  },
  {
    code: 40002,
    name: "invalid_grant_type",
    errmsg: "invalid grant_type",
    meaning: { zh: "grant_type 参数不对", en: "The grant_type is wrong" },
    causes: { zh: ["程序写错，或代理改动了请求"], en: ["A bug, or a proxy that changes requests"] },
    whoMustAct: "developer",
    steps: { zh: ["检查实际发出的请求"], en: ["Inspect the request that is actually sent"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40003,
    name: "invalid_openid",
    errmsg: "invalid openid",
    meaning: { zh: "openid 不对，或不属于这个应用", en: "The openid is wrong, or belongs to another app" },
    causes: {
      zh: ["把另一个应用的 openid 用在了这里", "openid 大小写被改动或被截断"],
      en: ["An openid of another app was used", "Its upper and lower case was changed, or it was cut off"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["核对 openid 是否属于这个 AppID", "检查数据库是否区分 openid 的大小写"],
      en: [
        "Check that the openid belongs to this AppID",
        "Check that the database distinguishes upper and lower case in an openid",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40007,
    name: "invalid_media_id",
    errmsg: "invalid media_id",
    meaning: { zh: "media_id 不对", en: "The media_id is not valid" },
    causes: {
      zh: ["素材已过期，或属于别的账号"],
      en: ["The file has expired, or belongs to another account"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["重新上传素材，使用新的 media_id"],
      en: ["Upload the file again and use the new media_id"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40013,
    name: "invalid_appid",
    errmsg: "invalid appid",
    meaning: { zh: "AppID 不对", en: "The AppID is wrong" },
    causes: {
      zh: ["配置里的 AppID 抄错，或多了空格、引号", "AppID 所属的账号类型与接口不符"],
      en: [
        "The configured AppID has a typo, a space or quotes",
        "The AppID belongs to another kind of account",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["到微信后台重新复制 AppID（wx 开头，共 18 位）", "改好配置后重启服务"],
      en: [
        "Copy the AppID again from WeChat's console (wx and 16 more characters)",
        "Correct the setting and restart the service",
      ],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40014,
    name: "invalid_access_token",
    errmsg: "invalid access_token",
    meaning: { zh: "微信不认识这个 access_token", en: "WeChat does not recognize this access token" },
    causes: {
      zh: ["token 已作废，或保存时被截断", "全局 token 与用户 token 用混了"],
      en: [
        "The token is no longer valid, or was cut off when it was stored",
        "A person's token and the global token were mixed up",
      ],
    },
    whoMustAct: "developer",
    steps: {
      zh: [
        "出现在 sns/ 接口：让用户重新登录",
        "出现在 cgi-bin/ 接口：刷新一次全局 token",
        "如果仍然出现，检查数据库里保存 token 的列是否不足 512 个字符",
      ],
      en: [
        "On sns/ calls: ask the person to sign in again",
        "On cgi-bin/ calls: refresh the global token once",
        "If it still happens, check that the database column for the token has room for 512 characters",
      ],
    },
    retry: "token",
    retryOnSns: "restart",
    on: {
      "sns/": {
        steps: {
          zh: ["让用户重新登录", "如果仍然出现，检查数据库里保存 token 的列是否不足 512 个字符"],
          en: [
            "Ask the person to sign in again",
            "If it still happens, check that the database column for the token has room for 512 characters",
          ],
        },
      },
      "cgi-bin/": {
        steps: {
          zh: ["刷新一次全局 token", "如果仍然出现，检查数据库里保存 token 的列是否不足 512 个字符"],
          en: [
            "Refresh the global token once",
            "If it still happens, check that the database column for the token has room for 512 characters",
          ],
        },
      },
    },
    link: links.returnCodes,
  },
  {
    code: 40029,
    name: "invalid_code",
    errmsg: "invalid code",
    meaning: { zh: "授权码 code 无效", en: "The authorization code is invalid" },
    causes: {
      zh: ["用户在回调页停留太久，或打开了旧链接", "code 已经用过", "code 属于另一个 AppID"],
      en: [
        "The person waited too long, or opened an old link",
        "The code has already been used",
        "The code belongs to another AppID",
      ],
    },
    whoMustAct: "user",
    steps: {
      zh: ["让用户重新登录一次", "如果所有人都这样，核对授权链接与服务器用的是不是同一个 AppID"],
      en: [
        "Ask the person to sign in again",
        "If it affects everyone, check that the authorization link and the server use the same AppID",
      ],
    },
    retry: "restart",
    on: {
      "sns/jscode2session": {
        causes: {
          zh: ["code 已经用过，或超过了 5 分钟", "code 属于另一个 AppID"],
          en: [
            "The code has already been used, or is older than 5 minutes",
            "The code belongs to another AppID",
          ],
        },
        steps: {
          zh: [
            "让小程序重新调用 wx.login，再提交新的 code",
            "如果所有人都这样，核对小程序与服务器用的是不是同一个 AppID",
          ],
          en: [
            "Make the mini program call wx.login again and send the new code",
            "If it affects everyone, check that the mini program and the server use the same AppID",
          ],
        },
      },
    },
    link: links.returnCodes,
  },
  {
    code: 40030,
    name: "invalid_refresh_token",
    errmsg: "invalid refresh_token",
    meaning: { zh: "refresh_token 无效", en: "The refresh token is invalid" },
    causes: {
      zh: ["用户重新授权后旧的已失效", "已超过 30 天", "有时不到 30 天也会失效"],
      en: [
        "A newer authorization replaced it",
        "It is older than 30 days",
        "It sometimes becomes invalid earlier",
      ],
    },
    whoMustAct: "user",
    steps: { zh: ["让用户重新登录"], en: ["Ask the person to sign in again"] },
    retry: "restart",
    link: links.returnCodes,
  },
  {
    code: 40031,
    name: "invalid_openid_list",
    errmsg: "invalid openid list",
    meaning: { zh: "openid 列表里有不合法的值", en: "The list contains an invalid openid" },
    causes: {
      zh: ["混入了别的应用的 openid", "列表里有空值"],
      en: ["The list contains an openid of another app", "The list contains an empty value"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["只传属于这个 AppID 的 openid，去掉空值"],
      en: ["Send only openids of this AppID, without empty values"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40032,
    name: "invalid_openid_list_size",
    errmsg: "invalid openid list size",
    meaning: { zh: "openid 列表是空的，或太长", en: "The list of openids is empty or too long" },
    causes: { zh: ["一次传了 0 个或超过 100 个"], en: ["No openid, or more than 100, were sent at once"] },
    whoMustAct: "developer",
    steps: { zh: ["每次传 1 到 100 个"], en: ["Send 1 to 100 openids at a time"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40033,
    name: "escaped_characters_in_body",
    errmsg: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    meaning: {
      zh: "请求体里有 \\uxxxx 转义字符，微信不接受",
      en: "The request body contains \\uXXXX escapes, which WeChat refuses",
    },
    causes: {
      zh: ["JSON 库把中文转成了 \\u 形式"],
      en: ["A JSON library escaped the non-ASCII characters"],
    },
    whoMustAct: "developer",
    steps: { zh: ["按 UTF-8 原样发送中文"], en: ["Send these characters unescaped, in UTF-8"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40035,
    name: "invalid_parameter_size",
    errmsg: "invalid args size",
    meaning: { zh: "参数不合法", en: "A parameter is not valid" },
    causes: { zh: ["参数过长、为空或格式不对"], en: ["A parameter is too long, empty or malformed"] },
    whoMustAct: "developer",
    steps: { zh: ["按接口文档逐个核对参数"], en: ["Check each parameter against WeChat's documentation"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40038,
    name: "invalid_request_format",
    errmsg: "invalid packaging type",
    meaning: { zh: "请求格式不对", en: "The format of the request is wrong" },
    causes: { zh: ["请求体不是所要求的格式"], en: ["The body is not in the required format"] },
    whoMustAct: "developer",
    steps: { zh: ["检查实际发出的请求体"], en: ["Inspect the body that is actually sent"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40039,
    name: "invalid_url_length",
    errmsg: "invalid url size",
    meaning: { zh: "URL 太长", en: "The URL is too long" },
    causes: { zh: ["地址里带的参数太多"], en: ["The URL has too many parameters"] },
    whoMustAct: "developer",
    steps: { zh: ["缩短地址，把数据放在服务器上"], en: ["Shorten the URL and keep the data on the server"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40048,
    name: "invalid_url_domain",
    errmsg: "invalid url domain",
    meaning: { zh: "URL 的域名不被允许", en: "The URL's domain is not allowed" },
    causes: { zh: ["后台没有登记这个域名"], en: ["The domain is not registered in WeChat's console"] },
    whoMustAct: "operator",
    steps: {
      zh: ["在 mp.weixin.qq.com 的功能设置里登记这个域名"],
      en: ["Register the domain under 功能设置 at mp.weixin.qq.com"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40066,
    name: "invalid_url",
    errmsg: "invalid url",
    meaning: { zh: "接口地址不对", en: "The API URL is wrong" },
    causes: { zh: ["API 基础地址配错，导致路径不对"], en: ["The API base URL is wrong, and so is the path"] },
    whoMustAct: "developer",
    steps: {
      zh: ["检查 API 基础地址是否为 https://api.weixin.qq.com，后面不带路径"],
      en: ["Check that the API base URL is https://api.weixin.qq.com without a path"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 40097,
    name: "invalid_parameter",
    errmsg: "invalid args",
    meaning: { zh: "参数错误", en: "A parameter is wrong" },
    causes: { zh: ["某个参数的值不被接受"], en: ["WeChat does not accept a parameter's value"] },
    whoMustAct: "developer",
    steps: { zh: ["按接口文档逐个核对参数"], en: ["Check each parameter against WeChat's documentation"] },
    retry: "never",
    link: links.returnCodes,
  },
];
