import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** Accounts that a third-party platform (开放平台第三方平台) runs. This library does not speak for such platforms. */
export const componentErrcodes: readonly ErrcodeExplanation[] = [
  {
    code: 41018,
    name: "component_appid_missing",
    errmsg: "missing component_appid",
    meaning: { zh: "请求里没有 component_appid", en: "The request had no component_appid" },
    causes: {
      zh: ["调用了第三方平台专用的接口", "程序传了空值"],
      en: ["A call was made that only third-party platforms make", "The program passed an empty value"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["账号自己运营时，改用普通接口", "否则补上平台的 AppID"],
      en: ["If the account runs itself, use the ordinary call", "Otherwise send the platform's AppID"],
    },
    retry: "never",
    link: links.openPlatform,
  },
  {
    code: 61003,
    name: "component_not_authorized",
    errmsg: "component is not authorized by this account",
    meaning: {
      zh: "账号没有授权给第三方平台",
      en: "The account has not authorized the third-party platform",
    },
    causes: { zh: ["账号取消了授权"], en: ["The account took its authorization back"] },
    whoMustAct: "operator",
    steps: {
      zh: ["请账号管理员在第三方平台重新授权"],
      en: ["Ask the account's administrator to authorize the platform again"],
    },
    retry: "never",
    link: links.openPlatform,
  },
  {
    code: 61004,
    name: "component_ip_not_registered",
    errmsg: "access clientip is not registered",
    meaning: {
      zh: "第三方平台的出口 IP 没有登记",
      en: "The third-party platform's address is not registered",
    },
    causes: { zh: ["平台换了服务器"], en: ["The platform moved to other servers"] },
    whoMustAct: "operator",
    steps: {
      zh: ["在 open.weixin.qq.com 的第三方平台资料里登记当前的出口 IP"],
      en: ["Register the present public address with the platform at open.weixin.qq.com"],
    },
    retry: "never",
    link: links.openPlatform,
  },
  {
    code: 61007,
    name: "api_not_granted_to_component",
    errmsg: "api is unauthorized to component",
    meaning: { zh: "这个接口没有授权给第三方平台", en: "The platform was not given this right" },
    causes: { zh: ["授权时没有勾选这组权限"], en: ["The right was left out when the account authorized it"] },
    whoMustAct: "operator",
    steps: {
      zh: ["请账号管理员重新授权，并勾选所需的权限"],
      en: ["Ask the account's administrator to authorize again with the right included"],
    },
    retry: "never",
    link: links.openPlatform,
  },
  {
    code: 61014,
    name: "must_use_component_token",
    errmsg: "must use component token for component api",
    meaning: { zh: "这里要用第三方平台的 token", en: "This call wants the platform's own token" },
    causes: {
      zh: ["把公众号的 token 用在了第三方平台接口上"],
      en: ["The account's token was used for a platform's call"],
    },
    whoMustAct: "developer",
    steps: { zh: ["换成 component_access_token"], en: ["Send the component_access_token"] },
    retry: "never",
    link: links.openPlatform,
  },
  {
    code: 61016,
    name: "component_rights_unconfirmed",
    errmsg: "function category of API need be confirmed by component",
    meaning: { zh: "权限集还需第三方平台确认", en: "The platform has yet to confirm this set of rights" },
    causes: { zh: ["平台没有确认新的权限集"], en: ["A new set of rights waits for the platform"] },
    whoMustAct: "developer",
    steps: { zh: ["由第三方平台的开发者确认该权限集"], en: ["The platform's developer confirms the set"] },
    retry: "never",
    link: links.openPlatform,
  },
  {
    code: 61023,
    name: "component_refresh_token_invalid",
    errmsg: "refresh_token is invalid",
    meaning: {
      zh: "授权方的 refresh_token 无效",
      en: "The refresh token by which the account authorized the platform is not good",
    },
    causes: {
      zh: ["账号取消后又重新授权，旧的已失效", "保存时丢失或被截断"],
      en: ["The account authorized anew, and the old one died", "It was lost or cut when it was stored"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["请账号管理员在第三方平台重新授权"],
      en: ["Ask the account's administrator to authorize the platform again"],
    },
    retry: "never",
    link: links.openPlatform,
  },
];
