import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** What WeChat's authorize page shows to the person instead of sending them back: no server ever sees these. */
export const pageErrcodes: readonly ErrcodeExplanation[] = [
  {
    code: 10003,
    name: "page_redirect_uri_domain",
    errmsg: "redirect_uri域名与后台配置不一致",
    onPage: true,
    meaning: {
      zh: "回调地址的域名不是后台配置的网页授权域名",
      en: "The callback's host is not the domain set in WeChat's console",
    },
    causes: {
      zh: [
        "后台填的是别的域名，或少了 www",
        "回调地址带了端口（只有测试号可以带）",
        "回调地址没有编码，被截断了",
      ],
      en: [
        "Another domain is set, or one without the www",
        "The callback has a port, which only a test account may have",
        "The callback was not percent-encoded and was cut",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "打开 mp.weixin.qq.com：设置与开发 → 账号设置 → 功能设置 → 网页授权域名",
        "填入回调地址的完整主机名：不带 http://，不带端口",
        "让程序的外部地址与它一致",
      ],
      en: [
        "At mp.weixin.qq.com open 设置与开发 → 账号设置 → 功能设置 → 网页授权域名",
        "Put in the callback's whole host name, without http:// and without a port",
        "Make the program's public URL agree with it",
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
    meaning: { zh: "公众号被封禁", en: "WeChat has banned the account" },
    causes: { zh: ["账号被微信处罚"], en: ["WeChat has punished the account"] },
    whoMustAct: "operator",
    steps: {
      zh: ["登录 mp.weixin.qq.com 查看站内通知", "按通知整改或申诉；在此之前微信内无法登录"],
      en: [
        "Read the notices at mp.weixin.qq.com",
        "Do what they ask, or appeal; until then nobody can sign in inside WeChat",
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
    meaning: { zh: "公众号没有网页授权的权限", en: "The account has no right to this scope" },
    causes: {
      zh: ["账号是订阅号，或服务号没有认证", "认证已过期"],
      en: ["It is a subscription account, or not verified", "Its verification has run out"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["在 mp.weixin.qq.com 确认账号是已认证的服务号", "在接口权限里确认有网页授权"],
      en: [
        "Make sure at mp.weixin.qq.com that it is a verified service account",
        "Look under its API rights for web authorization (网页授权)",
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
    causes: { zh: ["用的是测试号，而此人没有关注"], en: ["It is a test account, and they do not follow it"] },
    whoMustAct: "user",
    steps: {
      zh: ["扫描测试号的二维码并关注，再登录"],
      en: ["The person scans the test account's QR code, follows it, then signs in"],
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
      en: ["A page that sends people to WeChat in a loop", "The person tapped again and again"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["请用户等几分钟再试", "查看该用户的登录记录，若几秒内多次发起，找出循环"],
      en: [
        "Let the person wait some minutes",
        "Look at their sign-ins: several within seconds are a loop to be broken",
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
    meaning: { zh: "授权链接里没有 scope", en: "The link has no scope" },
    causes: {
      zh: ["链接拼错，或参数顺序不对"],
      en: ["The link is malformed, or its parameters out of order"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["检查授权链接：按文档的顺序，scope 在 response_type 之后"],
      en: ["Check the link: in the document's order, scope comes after response_type"],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    code: 10011,
    name: "page_redirect_uri_empty",
    errmsg: "redirect_uri不能为空",
    onPage: true,
    meaning: { zh: "授权链接里没有回调地址", en: "The link has no redirect_uri" },
    causes: { zh: ["程序的外部地址没有配置"], en: ["The program's public URL is not set"] },
    whoMustAct: "developer",
    steps: {
      zh: ["检查配置里的外部地址和授权链接"],
      en: ["Check the public URL in the settings, and the link"],
    },
    retry: "never",
    link: links.authorizePage,
  },
  {
    code: 10012,
    name: "page_appid_empty",
    errmsg: "appid不能为空",
    onPage: true,
    meaning: { zh: "授权链接里没有 AppID", en: "The link has no appid" },
    causes: {
      zh: ["AppID 没有配置", "AppID 带了引号，或编码了两次"],
      en: ["The AppID is not set", "It is in quotes, or encoded twice"],
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
    meaning: { zh: "授权链接里没有 state", en: "The link has no state" },
    causes: { zh: ["链接是手工拼的"], en: ["The link was made by hand"] },
    whoMustAct: "developer",
    steps: {
      zh: ["每次登录都生成新的 state：它是防止冒用登录的唯一手段"],
      en: ["Make a new state for every sign-in: it is the only defence against a forged one"],
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
      en: ["The authorization was taken back", "The link has a component_appid that does not belong there"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["不用第三方平台时，去掉 component_appid", "否则在第三方平台重新授权该公众号"],
      en: [
        "Without a third-party platform, remove component_appid",
        "Otherwise authorize the account there again",
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
      en: "This page wants an Official Account's AppID, not that of a website or mobile app",
    },
    causes: {
      zh: ["把网站应用的 AppID 配成了公众号的"],
      en: ["The website app's AppID is set as the Official Account's"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["微信内登录用 mp.weixin.qq.com 的 AppID，扫码登录用 open.weixin.qq.com 的"],
      en: ["Inside WeChat use the AppID of mp.weixin.qq.com, for QR that of open.weixin.qq.com"],
    },
    retry: "never",
    link: links.authorizePage,
  },
];
