import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** Codes of WeChat's authorize page. WeChat shows them to the person instead of a callback, so no server receives them. */
export const errcodesFrom10000: readonly ErrcodeExplanation[] = [
  {
    code: 10003,
    name: "page_redirect_uri_domain",
    errmsg: "redirect_uri域名与后台配置不一致",
    onPage: true,
    meaning: {
      zh: "回调地址的域名不是后台配置的网页授权域名",
      en: "The callback's host is not the web authorization domain set in WeChat's console",
    },
    causes: {
      zh: [
        "后台填的是别的域名，或少了 www",
        "回调地址带了端口（只有测试号可以带）",
        "回调地址没有编码，被截断了",
      ],
      en: [
        "Another domain is set, or one without www",
        "The callback URL has a port, which only test accounts may use",
        "The callback URL was not percent-encoded and was cut off",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "打开 mp.weixin.qq.com：设置与开发 → 账号设置 → 功能设置 → 网页授权域名",
        "填入回调地址的完整主机名：不带 http://，不带端口",
        "确认程序的对外地址用的是同一个主机名",
      ],
      en: [
        "At mp.weixin.qq.com open 设置与开发 → 账号设置 → 功能设置 → 网页授权域名",
        "Enter the full host name of the callback URL, without http:// and without a port",
        "Make sure that the program's public URL has the same host name",
      ],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    code: 10004,
    name: "page_account_banned",
    errmsg: "此公众号被封禁",
    onPage: true,
    meaning: { zh: "公众号被封禁", en: "WeChat has banned the Official Account" },
    causes: { zh: ["账号被微信处罚"], en: ["WeChat has penalized the account"] },
    whoMustAct: "operator",
    steps: {
      zh: ["登录 mp.weixin.qq.com 查看站内通知", "按通知整改或申诉；在此之前微信内无法登录"],
      en: [
        "Read the notices at mp.weixin.qq.com",
        "Follow them or appeal; until then no one can sign in inside WeChat",
      ],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    code: 10005,
    name: "page_scope_not_granted",
    errmsg: "此公众号并没有这些scope的权限",
    onPage: true,
    meaning: {
      zh: "公众号没有网页授权的权限",
      en: "The account may not use web authorization with this scope",
    },
    causes: {
      zh: ["账号是订阅号，或服务号没有认证", "认证已过期"],
      en: [
        "It is a subscription account, or a service account that is not verified",
        "Its verification has expired",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["在 mp.weixin.qq.com 确认账号是已认证的服务号", "在接口权限里确认有网页授权"],
      en: [
        "Check at mp.weixin.qq.com that it is a verified service account",
        "Check that its API permissions (接口权限) include web authorization (网页授权)",
      ],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    code: 10006,
    name: "page_must_follow_test_account",
    errmsg: "必须关注此测试号",
    onPage: true,
    meaning: { zh: "须先关注这个测试号", en: "The person must follow the test account first" },
    causes: {
      zh: ["用的是测试号，而这位用户没有关注它"],
      en: ["It is a test account that the person does not follow"],
    },
    whoMustAct: "user",
    steps: {
      zh: ["请用户扫描测试号的二维码并关注，再登录"],
      en: ["Ask the person to scan the test account's QR code, follow the account and sign in again"],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    code: 10009,
    name: "page_too_frequent",
    errmsg: "操作太频繁了，请稍后重试",
    onPage: true,
    meaning: { zh: "短时间内授权太多次", en: "Too many authorizations within a short time" },
    causes: {
      zh: ["页面循环跳转，反复发起授权", "用户连续点击"],
      en: ["A page redirects people to WeChat in a loop", "The person tapped repeatedly"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["请用户等几分钟再试", "查看该用户的登录记录：如果几秒内发起了多次，找出循环跳转的原因"],
      en: [
        "Ask the person to wait a few minutes",
        "Look at the person's sign-ins: if there are several within seconds, find the redirect loop",
      ],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    code: 10010,
    name: "page_scope_empty",
    errmsg: "scope不能为空",
    onPage: true,
    meaning: { zh: "授权链接里没有 scope", en: "The authorization link has no scope" },
    causes: {
      zh: ["链接拼错，或参数顺序不对"],
      en: ["The link is malformed, or its parameters are in the wrong order"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["检查授权链接：按文档的顺序，scope 在 response_type 之后"],
      en: ["Check the link: in the documented order, scope comes after response_type"],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    code: 10011,
    name: "page_redirect_uri_empty",
    errmsg: "redirect_uri不能为空",
    onPage: true,
    meaning: { zh: "授权链接里没有回调地址", en: "The authorization link has no redirect_uri" },
    causes: { zh: ["没有配置程序的对外地址"], en: ["The program's public URL is not set"] },
    whoMustAct: "developer",
    steps: {
      zh: ["检查配置里的对外地址和生成的授权链接"],
      en: ["Check the public URL in the settings and the generated link"],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    code: 10012,
    name: "page_appid_empty",
    errmsg: "appid不能为空",
    onPage: true,
    meaning: { zh: "授权链接里没有 AppID", en: "The authorization link has no appid" },
    causes: {
      zh: ["AppID 没有配置", "AppID 带了引号，或编码了两次"],
      en: ["The AppID is not set", "It is in quotes, or was encoded twice"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["检查配置里的 AppID：wx 开头，共 18 位，不带引号"],
      en: ["Check the AppID in the settings: wx and 16 more characters, without quotes"],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    code: 10013,
    name: "page_state_empty",
    errmsg: "state不能为空",
    onPage: true,
    meaning: { zh: "授权链接里没有 state", en: "The authorization link has no state" },
    causes: { zh: ["链接是手工拼的"], en: ["The link was built by hand"] },
    whoMustAct: "developer",
    steps: {
      zh: ["每次登录都生成新的 state：它是防止伪造登录的唯一手段"],
      en: ["Generate a new state for every sign-in: it is the only defence against forged sign-ins"],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    code: 10015,
    name: "page_component_not_authorized",
    errmsg: "公众号未授权第三方平台，请检查授权状态",
    onPage: true,
    meaning: {
      zh: "公众号没有授权给这个第三方平台",
      en: "The account has not authorized the third-party platform",
    },
    causes: {
      zh: ["授权被取消", "链接里多了 component_appid"],
      en: ["The authorization was revoked", "The link has a component_appid that does not belong there"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["不用第三方平台时，去掉链接里的 component_appid", "否则让该公众号重新授权给第三方平台"],
      en: [
        "If you do not use a third-party platform, remove component_appid from the link",
        "Otherwise have the account authorize the platform again",
      ],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    code: 10016,
    name: "page_appid_of_open_platform",
    errmsg: "不支持微信开放平台的Appid，请使用公众号Appid",
    onPage: true,
    meaning: {
      zh: "这里要用公众号的 AppID，不是开放平台应用的",
      en: "This page needs the AppID of an Official Account, not of a website or mobile app",
    },
    causes: {
      zh: ["把网站应用的 AppID 配成了公众号的"],
      en: ["The website app's AppID is set as the Official Account's"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["微信内登录用 mp.weixin.qq.com 的 AppID，扫码登录用 open.weixin.qq.com 的"],
      en: [
        "Use the AppID from mp.weixin.qq.com inside WeChat, and the one from open.weixin.qq.com for QR sign-in",
      ],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    // Reported by people; WeChat documents neither the code nor its text.
    code: 10039,
    name: "page_redirect_uri_scheme",
    onPage: true,
    meaning: {
      zh: "回调地址的协议（http 或 https）不符（来自用户反馈，微信文档里没有）",
      en: "The callback URL has another scheme (http or https) than expected, as people report: WeChat does not document this code",
    },
    causes: {
      zh: ["网站用 https，而授权链接里的回调地址是 http，或反过来"],
      en: ["The site is served over https and the callback URL in the link is http, or the other way round"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["检查配置里的对外地址：协议要与用户打开的网址一致"],
      en: ["Check the public URL in the settings: its scheme must be the one that people open"],
    },
    retry: "never",
  },
];
