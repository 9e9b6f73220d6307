import { type FailurePageName, type PageName, pageNames, pageSlots } from "api/pages";
import { describe, expect, it } from "vitest";
import { html } from "../src/pages/html.js";
import { messageMain } from "../src/pages/message.js";
import { type Language, languages } from "../src/pages.js";
import { filledPage } from "./support/filled-page.js";
import { outlineOf } from "./support/outline.js";
import { parse } from "./support/parse.js";

// The texts of every page once more, written apart from the sources: a text, a button, a link or a slot that moves to
// another page or another place differs from this table.

/** A value of its own for each slot, with every character that needs an escape. */
const slotValue = (slot: string) => `/${slot}/it's?a="1"&b=<2>`;
const qr = '<svg viewBox="0 0 1 1"></svg>';

const privacyUrl = `https://shop.example.com/privacy?a="1"&b=2`;

type Outline = readonly string[];
type Expected = {
  readonly status: number;
  readonly layout?: string;
  readonly zh: Outline;
  readonly en: Outline;
};

const redirect = {
  zh: (href: string, label: string, ...between: string[]) => [
    `[${label}](${href}) {class=button primary, data-redirects, data-busy=正在打开微信…}`,
    ...between,
    "{class=slow, role=status, data-slow=还没有打开？, data-retry=再试一次}",
  ],
  en: (href: string, label: string, ...between: string[]) => [
    `[${label}](${href}) {class=button primary, data-redirects, data-busy=Opening WeChat…}`,
    ...between,
    "{class=slow, role=status, data-slow=Still waiting?, data-retry=Try again}",
  ],
};

const copied = {
  zh: "data-done=已复制, data-selected=已选中，请手动复制, hidden",
  en: "data-done=Copied, data-selected=Selected. Now copy it., hidden",
};

const message = (icon: string, title: string, sentence: string): Outline => [
  `<${icon}>`,
  `# ${title}`,
  `${sentence} {class=sentence}`,
];

/** The pages that show a link to open in another place. */
function linkPage(
  icon: string,
  zh: readonly [title: string, sentence: string, anyway: string],
  en: readonly [title: string, sentence: string, anyway: string],
): Expected {
  const link = `${slotValue("link")} {id=link, dir=ltr}`;
  const button = "class=button primary, data-copy-source=link";
  return {
    status: 200,
    zh: [
      ...message(`${icon}, icon welcome`, zh[0], zh[1]),
      "要打开的链接 {class=label}",
      link,
      `(复制链接) {${button}, ${copied.zh}}`,
      `[${zh[2]}](${slotValue("anyway")}) {class=quiet}`,
    ],
    en: [
      ...message(`${icon}, icon welcome`, en[0], en[1]),
      "Link to open {class=label}",
      link,
      `(Copy link) {${button}, ${copied.en}}`,
      `[${en[2]}](${slotValue("anyway")}) {class=quiet}`,
    ],
  };
}

type FailureText = readonly [title: string, sentence: string, action: string];

/**
 * The main action leads to WeChat, to a page of this site, or copies the number for the site's support.
 *
 * @param back the second way leads back to the host application
 */
function failurePage(
  status: number,
  icon: string,
  main: "wechat" | "site" | "support" | "other-account",
  zh: FailureText,
  en: FailureText,
  back?: "host",
): Expected {
  const retry = slotValue("retry");
  const outline = (language: Language, [title, sentence, action]: FailureText): Outline => {
    const copy = (className: string) =>
      `(${language === "zh" ? "复制编号" : "Copy number"}) {class=${className}, data-copy-source=number, ${copied[language]}}`;
    const toHost = `[${{ zh: "返回网站", en: "Back to the site" }[language]}](${slotValue("back")}) {class=quiet}`;
    const actions = {
      wechat: redirect[language](retry, action),
      site: [`[${action}](${retry}) {class=button primary}`, ...(back ? [toHost] : [])],
      "other-account": redirect[language](
        retry,
        action,
        back
          ? toHost
          : `[${{ zh: "返回我的账号", en: "Back to your account" }[language]}](/login/account) {class=quiet}`,
      ),
      support: [copy("button primary"), `[${action}](${retry}) {class=quiet optional}`],
    };
    return [
      ...message(icon, title, sentence),
      ...actions[main],
      `${slotValue("errcode")} {class=errcode, data-label=errcode}`,
      `${slotValue("number")} {class=number, id=number, data-label=${language === "zh" ? "请求编号" : "Request number"}}`,
      ...(main === "support" ? [] : [copy("quiet")]),
    ];
  };
  return { status, zh: outline("zh", zh), en: outline("en", en) };
}

const failurePages: { readonly [page in FailurePageName]: Expected } = {
  "invalid-host-link": failurePage(
    400,
    "link, icon failed",
    "support",
    [
      "这个登录链接有误",
      "这不是你的问题，需要带你来这里的网站修正，请把下面的编号告诉它的客服。",
      "返回首页",
    ],
    [
      "This sign-in link is wrong",
      "This is not your fault: the site that sent you here has to correct it, so please give its support the number below.",
      "Go to the home page",
    ],
  ),
  "link-refused": failurePage(
    200,
    "back, icon plain",
    "site",
    ["没有绑定微信", "你在微信里没有同意授权，所以没有绑定。", "再试一次"],
    [
      "WeChat was not connected",
      "You did not give permission in WeChat, so nothing was connected.",
      "Try again",
    ],
    "host",
  ),
  "link-retry": failurePage(
    410,
    "clock, icon wait",
    "site",
    ["这次绑定没有完成", "它可能已过期，或者已经用过了。链接仍然有效的话，可以再试一次。", "再试一次"],
    [
      "WeChat was not connected this time",
      "The attempt may have expired or been used already. While the link is valid you can try again.",
      "Try again",
    ],
    "host",
  ),
  "link-snapshot": failurePage(
    403,
    "frame, icon plain",
    "site",
    [
      "还没有绑定微信",
      "微信正以“快照页”显示这个网页，没有告诉我们你是谁，所以什么都没有改变。请点右下角的“使用完整服务”，再试一次。",
      "再试一次",
    ],
    [
      "WeChat is not connected yet",
      "WeChat is showing a snapshot of this page and did not tell us who you are, so nothing has changed. Tap “使用完整服务” (use full service) at the bottom right, then try again.",
      "Try again",
    ],
    "host",
  ),
  "link-unavailable": failurePage(
    424,
    "cloud, icon wait",
    "site",
    ["绑定时微信没有响应", "微信没有绑定，这不是你的问题，请过一会儿再试。", "再试一次"],
    [
      "WeChat did not answer",
      "WeChat was not connected. This is not your fault; please try again in a little while.",
      "Try again",
    ],
    "host",
  ),
  "link-failed": failurePage(
    424,
    "wrench, icon failed",
    "support",
    ["暂时不能绑定微信", "这不是你的问题，请把下面的编号告诉网站客服，修好之后再绑定。", "返回网站"],
    [
      "WeChat cannot be connected right now",
      "This is not your fault, and the site has to fix it; please give its support the number below.",
      "Back to the site",
    ],
  ),
  "link-not-allowed": failurePage(
    403,
    "lock, icon wait",
    "site",
    [
      "微信没有允许这次绑定",
      "你的微信账号需要先处理一些事，请打开微信查看提示，处理好之后再试。",
      "已处理，再试一次",
    ],
    [
      "WeChat did not allow connecting it",
      "WeChat asks you to settle something with your account first, so please open WeChat and see what it says, then try again.",
      "Done, try again",
    ],
    "host",
  ),
  "link-blocked": failurePage(
    403,
    "lock, icon failed",
    "support",
    [
      "不能绑定这个微信",
      "这个微信，或要绑定的账号，在本站已被封禁。如果你认为有误，请把下面的编号告诉网站客服。",
      "返回网站",
    ],
    [
      "This WeChat account cannot be connected",
      "It is blocked on this site, or the account to connect it to is; if you think that is a mistake, give support the number below.",
      "Back to the site",
    ],
  ),
  "link-bound-elsewhere": failurePage(
    409,
    "person, icon plain",
    "other-account",
    [
      "这个微信已绑定另一个账号",
      "什么都没有改变。你可以用它登录那个账号，也可以回到网站，把下面的编号告诉客服，请他们合并两个账号。",
      "用这个微信登录",
    ],
    [
      "This WeChat account is connected to another account",
      "Nothing has changed. You can sign in to that other account with it, or go back to the site, give its support the number below and ask them to merge the two.",
      "Sign in with this WeChat",
    ],
    "host",
  ),
  "link-expired": failurePage(
    410,
    "clock, icon wait",
    "site",
    [
      "这个绑定链接已失效",
      "为了安全，链接只保留十分钟，也只能用一次。还没有绑定的话，请回到网站重新开始。",
      "返回网站",
    ],
    [
      "This link has expired or been used",
      "To keep you safe, it is valid for ten minutes and works once. If WeChat is not connected yet, go back to the site and start again.",
      "Back to the site",
    ],
  ),
  refused: failurePage(
    200,
    "back, icon plain",
    "wechat",
    ["你没有同意授权", "什么都没有改变，你可以随时再试。", "再试一次"],
    ["You did not give permission", "Nothing has changed, and you can try again at any time.", "Try again"],
  ),
  expired: failurePage(
    410,
    "clock, icon wait",
    "wechat",
    ["这次登录已过期", "为了安全，每次登录只保留几分钟。", "重新登录"],
    [
      "This sign-in has expired",
      "To keep you safe, each sign-in is open for a few minutes only.",
      "Start again",
    ],
  ),
  used: failurePage(
    410,
    "check, icon plain",
    "wechat",
    ["这个链接已经用过了", "登录链接只能用一次，如果还没有登录，请重新登录。", "重新登录"],
    [
      "This link has already been used",
      "A sign-in link works only once; if you are not signed in yet, please start again.",
      "Start again",
    ],
  ),
  snapshot: failurePage(
    403,
    "frame, icon plain",
    "wechat",
    [
      "还没有登录",
      "微信正以“快照页”显示这个网页，没有告诉我们你是谁，所以我们什么都没有保存。请点右下角的“使用完整服务”，或点下面的按钮。",
      "用微信登录",
    ],
    [
      "You are not signed in yet",
      "WeChat is showing a snapshot of this page and did not tell us who you are, so we stored nothing. Tap “使用完整服务” (use full service) at the bottom right, or the button below.",
      "Sign in with WeChat",
    ],
  ),
  "wrong-browser": failurePage(
    403,
    "windows, icon plain",
    "wechat",
    [
      "这个浏览器无法完成登录",
      "登录可能是在另一个浏览器里开始的，也可能是这个浏览器禁用了 Cookie。",
      "重新登录",
    ],
    [
      "This browser cannot finish the sign-in",
      "The sign-in may have started in another browser, or this one may be blocking cookies.",
      "Start again",
    ],
  ),
  "invalid-callback": failurePage(
    400,
    "link, icon plain",
    "wechat",
    ["这个链接不完整", "可能是复制时少了一部分。", "重新登录"],
    ["This link is incomplete", "Part of it may have been lost when it was copied.", "Start again"],
  ),
  "code-rejected": failurePage(
    400,
    "clock, icon wait",
    "wechat",
    ["微信没有通过这次登录", "它可能已过期，或者已经用过了。", "重新登录"],
    ["WeChat did not accept this sign-in", "It may have expired or been used already.", "Start again"],
  ),
  "wechat-unavailable": failurePage(
    424,
    "cloud, icon wait",
    "wechat",
    ["微信暂时没有响应", "这不是你的问题，请过一会儿再试。", "再试一次"],
    ["WeChat is not responding", "This is not your fault; please try again in a little while.", "Try again"],
  ),
  "sign-in-failed": failurePage(
    424,
    "wrench, icon failed",
    "support",
    ["暂时不能用微信登录", "这不是你的问题，需要网站来修复，请把下面的编号告诉网站客服。", "再试一次"],
    [
      "WeChat sign-in is not working right now",
      "This is not your fault: the site has to fix it, so please give support the number below.",
      "Try again",
    ],
  ),
  "not-allowed": failurePage(
    403,
    "lock, icon wait",
    "wechat",
    [
      "微信没有允许这次登录",
      "你的微信账号需要先处理一些事，请打开微信查看提示，处理好之前再试也没有用。",
      "已处理，重新登录",
    ],
    [
      "WeChat did not allow this sign-in",
      "WeChat asks you to settle something with your account first, so please open WeChat and see what it says; trying again before that will not help.",
      "Done, sign in again",
    ],
  ),
  blocked: failurePage(
    403,
    "lock, icon failed",
    "support",
    ["这个账号不能登录", "它在本站已被封禁，如果你认为有误，请把下面的编号告诉网站客服。", "换一个微信登录"],
    [
      "This account cannot sign in",
      "It has been blocked on this site; if you think this is a mistake, give support the number below.",
      "Use another WeChat account",
    ],
  ),
  "too-many-requests": failurePage(
    429,
    "clock, icon wait",
    "site",
    ["操作太频繁了", "请等一分钟，再试一次。", "再试一次"],
    ["Too many attempts", "Please wait a minute, then try again.", "Try again"],
  ),
  "not-found": failurePage(
    404,
    "search, icon plain",
    "site",
    ["找不到这个页面", "链接可能有误，或者页面已经不在了。", "返回首页"],
    ["Page not found", "The link may be wrong, or the page may have been removed.", "Go to the home page"],
  ),
  "server-error": failurePage(
    500,
    "alert, icon failed",
    "site",
    ["我们这边出错了", "请再试一次，如果还是不行，请把下面的编号告诉网站客服。", "再试一次"],
    [
      "Something went wrong on our side",
      "Please try again; if it keeps happening, give support the number below.",
      "Try again",
    ],
  ),
  busy: failurePage(
    503,
    "clock, icon wait",
    "site",
    ["网站现在有点忙", "请过几秒再试一次。", "再试一次"],
    ["This site is busy right now", "Please try again in a few seconds.", "Try again"],
  ),
  "bind-refused": failurePage(
    200,
    "back, icon plain",
    "site",
    ["没有添加微信", "你在微信里没有同意授权，你的账号没有任何改变。", "返回我的账号"],
    [
      "WeChat was not added",
      "You did not give permission in WeChat, so your account stays as it is.",
      "Back to your account",
    ],
  ),
  "bind-expired": failurePage(
    410,
    "clock, icon wait",
    "site",
    [
      "这次添加已过期",
      "为了安全，每次添加只保留几分钟，也只能用一次，请回到我的账号重新添加。",
      "返回我的账号",
    ],
    [
      "This attempt has expired",
      "To keep you safe, each attempt to add WeChat is open for a few minutes and works once; please add it again.",
      "Back to your account",
    ],
  ),
  "bind-snapshot": failurePage(
    403,
    "frame, icon plain",
    "site",
    [
      "还没有添加微信",
      "微信正以“快照页”显示这个网页，没有告诉我们你是谁，所以什么都没有改变。请点右下角的“使用完整服务”，再重新添加。",
      "返回我的账号",
    ],
    [
      "WeChat was not added yet",
      "WeChat is showing a snapshot of this page and did not tell us who you are, so nothing has changed. Tap “使用完整服务” (use full service) at the bottom right, then add it again.",
      "Back to your account",
    ],
  ),
  "bind-unavailable": failurePage(
    424,
    "cloud, icon wait",
    "site",
    ["添加时微信没有响应", "微信没有添加，这不是你的问题，请过一会儿再试。", "返回我的账号"],
    [
      "WeChat did not respond",
      "WeChat was not added. This is not your fault; please try again in a little while.",
      "Back to your account",
    ],
  ),
  "bind-failed": failurePage(
    424,
    "wrench, icon failed",
    "support",
    ["暂时不能添加微信", "这不是你的问题，请把下面的编号告诉网站客服，由网站来修复。", "返回我的账号"],
    [
      "WeChat cannot be added right now",
      "This is not your fault, and the site has to fix it; please give support the number below.",
      "Back to your account",
    ],
  ),
  "bind-not-allowed": failurePage(
    403,
    "lock, icon wait",
    "site",
    [
      "微信没有允许这次添加",
      "你的微信账号需要先处理一些事，请打开微信查看提示，处理好之后再重新添加。",
      "返回我的账号",
    ],
    [
      "WeChat did not let you add it",
      "WeChat asks you to settle something with your account first, so please open WeChat and see what it says, then add it again.",
      "Back to your account",
    ],
  ),
  "bind-blocked": failurePage(
    403,
    "lock, icon failed",
    "support",
    [
      "不能添加这个微信",
      "这个微信在本站已被封禁，如果你认为有误，请把下面的编号告诉网站客服。",
      "返回我的账号",
    ],
    [
      "This WeChat account cannot be added",
      "It is blocked on this site; if you think that is a mistake, give support the number below.",
      "Back to your account",
    ],
  ),
  "bound-elsewhere": failurePage(
    409,
    "person, icon plain",
    "other-account",
    [
      "这个微信属于另一个账号",
      "它已经用来登录另一个账号，所以什么都没有改变。你可以用它登录那个账号，也可以把下面的编号告诉网站客服，请他们合并两个账号。",
      "用这个微信登录",
    ],
    [
      "This WeChat account belongs to another account",
      "It is already used to sign in to another account here, so nothing has changed. You can sign in to that account with it, or give support the number below and ask them to merge the two.",
      "Sign in with this WeChat",
    ],
  ),
  "session-changed": failurePage(
    403,
    "door, icon plain",
    "site",
    ["请登录后再添加微信", "你在途中退出了登录，或者换了账号，所以什么都没有改变。", "返回我的账号"],
    [
      "Sign in to add WeChat",
      "You signed out or changed accounts on the way, so nothing has changed.",
      "Back to your account",
    ],
  ),
};

const scanWithPhone = linkPage(
  "phone",
  ["请在手机微信里打开", "用微信扫二维码，或者复制链接，在微信里发给自己。", "已经在微信里？继续"],
  [
    "Open this page in WeChat on your phone",
    "Scan the QR code with WeChat, or copy the link and send it to yourself in WeChat.",
    "Already in WeChat? Continue",
  ],
);

const profilePoints = {
  zh: [
    "需要你的昵称和头像",
    "山茶<书店>只用来识别你、显示你的名字。",
    "不会以你的名义发布任何内容",
    "不会替你发消息或朋友圈，也看不到你的聊天记录和好友。",
  ],
  en: [
    "Your nickname and photo",
    "Camellia <Books> asks for them only to recognise you and to show your name.",
    "We never post in your name",
    "No messages, no Moments, and no access to your chats or contacts.",
  ],
} as const;

type ConsentText = readonly [
  ...[title: string, sentence: string, point: string, why: string, other: string, limit: string],
  ...[go: string, cancel: string],
];

/** What is asked and why, the notice with its version, the tap, and the way past it. */
function consentPage(
  [page, first, second]: readonly [string, string, string],
  zh: ConsentText,
  en: ConsentText,
): Expected {
  const outline = (language: Language, text: ConsentText): Outline => {
    const [title, sentence, point, why, other, limit, go, cancel] = text;
    const agreement = {
      zh: "继续即表示你同意隐私政策",
      en: "By continuing you agree to the privacy notice",
    }[language];
    return [
      ...message(`${page}, icon welcome`, title, sentence),
      `<${first}>`,
      point,
      why,
      `<${second}>`,
      other,
      limit,
      `[${agreement} ${slotValue("version")}](${privacyUrl}) {class=optional}`,
      ...redirect[language](slotValue("continue"), go, `[${cancel}](${slotValue("cancel")}) {class=quiet}`),
    ];
  };
  return { status: 200, zh: outline("zh", zh), en: outline("en", en) };
}

/** Without rows in its lists: account-page.test.ts has those. */
const accountOutline = (texts: {
  signedIn: string;
  refresh: string;
  bindings: string;
  sessions: string;
  actions: readonly [title: string, download: string, signOut: string, everywhere: string, remove: string];
  everywhere: readonly [question: string, confirm: string];
  remove: readonly [question: string, kept: string, confirm: string];
}): Outline => [
  "<person, avatar>",
  `![](${slotValue("avatar")}) {width=64, height=64, referrerpolicy=no-referrer}`,
  "#",
  "<check, signed-in>",
  texts.signedIn,
  `{method=post, action=${slotValue("refreshProfile")}}`,
  `(${texts.refresh}) {class=quiet}`,
  "{aria-labelledby=bindings}",
  `## ${texts.bindings} {id=bindings}`,
  "{aria-labelledby=sessions}",
  `## ${texts.sessions} {id=sessions}`,
  "{aria-labelledby=actions}",
  `## ${texts.actions[0]} {id=actions}`,
  `[${texts.actions[1]}](${slotValue("data")}) {class=row-action, download}`,
  `{method=post, action=${slotValue("signOut")}}`,
  `(${texts.actions[2]}) {class=row-action}`,
  texts.actions[3],
  texts.everywhere[0],
  `{method=post, action=${slotValue("signOutEverywhere")}}`,
  `(${texts.everywhere[1]}) {class=small danger}`,
  texts.actions[4],
  texts.remove[0],
  texts.remove[1],
  `{method=post, action=${slotValue("deleteAccount")}}`,
  `(${texts.remove[2]}) {class=small danger}`,
];

const bindLinkOutline = (
  [title, sentence, wechat]: readonly [string, string, string],
  [warning, confirm, cancel]: readonly [string, string, string],
): Outline => [
  ...message("rings, icon welcome", title, sentence),
  "<person>",
  slotValue("host"),
  slotValue("label"),
  "<bubble>",
  wechat,
  // A nickname, or that WeChat says it next: with neither value of the slot, nothing.
  "",
  `${warning} {class=warning}`,
  `{method=post, action=${slotValue("confirm")}}`,
  `(${confirm}) {class=button primary}`,
  `[${cancel}](${slotValue("cancel")}) {class=quiet}`,
];

const expectedPages: { readonly [page in PageName]: Expected } = {
  ...failurePages,
  home: {
    status: 200,
    zh: [
      ...message("bubble, icon welcome", "登录", "用微信账号登录，不用填资料，也不用记密码。"),
      ...redirect.zh(slotValue("start"), "用微信登录"),
    ],
    en: [
      ...message(
        "bubble, icon welcome",
        "Sign in",
        "Use your WeChat account: nothing to fill in, no password to remember.",
      ),
      ...redirect.en(slotValue("start"), "Sign in with WeChat"),
    ],
  },
  "signed-out": {
    status: 200,
    zh: [
      ...message("door, icon plain", "你已退出登录", "在你点下面的按钮之前，这个浏览器不会自动登录。"),
      ...redirect.zh(slotValue("start"), "用微信登录"),
    ],
    en: [
      ...message(
        "door, icon plain",
        "You are signed out",
        "You stay signed out in this browser until you tap the button.",
      ),
      ...redirect.en(slotValue("start"), "Sign in with WeChat"),
    ],
  },
  "account-deleted": {
    status: 200,
    zh: [
      ...message(
        "check, icon plain",
        "账号已注销",
        "你的微信绑定、昵称和头像都已删除，所有设备都已退出登录。",
      ),
      `[回到登录页](${slotValue("home")}) {class=button secondary}`,
    ],
    en: [
      ...message(
        "check, icon plain",
        "Your account is deleted",
        "Your WeChat accounts, nickname and photo are gone here, and every device is signed out.",
      ),
      `[Back to the sign-in page](${slotValue("home")}) {class=button secondary}`,
    ],
  },
  account: {
    status: 200,
    layout: "list-page",
    zh: accountOutline({
      signedIn: "已登录",
      refresh: "更新资料",
      bindings: "用来登录的微信",
      sessions: "已登录的设备",
      actions: ["账号", "下载我的数据", "退出登录", "退出所有设备", "注销账号"],
      everywhere: ["所有设备都会退出登录，包括这个浏览器。", "全部退出"],
      remove: [
        "你的微信绑定、昵称、头像和授权会立即删除，所有设备都会退出登录。注销后无法恢复。",
        `为了安全，登录记录会保留 ${slotValue("keptDays")} 天，其中不再有你的微信身份、昵称和网络地址，只有无法认出你的代号，到期删除。`,
        "确认注销",
      ],
    }),
    en: accountOutline({
      signedIn: "Signed in",
      refresh: "Update",
      bindings: "WeChat accounts you sign in with",
      sessions: "Signed-in devices",
      actions: ["Account", "Download my data", "Sign out", "Sign out everywhere", "Delete my account"],
      everywhere: ["You will be signed out on every device, including this browser.", "Sign out everywhere"],
      remove: [
        "Your WeChat accounts, nickname, photo and permissions are deleted at once, and every device is signed out. This cannot be undone.",
        `For security, the record of sign-ins stays for ${slotValue("keptDays")} days, without your WeChat identity, nickname or address: only with codes that cannot identify you. Then it is deleted too.`,
        "Delete my account",
      ],
    }),
  },
  profile: consentPage(
    ["bubble", "person", "shield"],
    [
      "用微信昵称和头像登录",
      "看来你是第一次来山茶<书店>，继续后微信会请你确认授权。",
      ...profilePoints.zh,
      "继续",
      "暂不登录",
    ],
    [
      "Sign in with your WeChat nickname and photo",
      "This looks like your first visit to Camellia <Books>, so WeChat will ask for your permission next.",
      ...profilePoints.en,
      "Continue",
      "Not now",
    ],
  ),
  "bind-link": {
    status: 200,
    zh: bindLinkOutline(
      ["绑定你的微信", "绑定之后，你可以用微信登录这个账号。", "你的微信"],
      ["这个链接是别人发给你的吗？那就不要继续，否则你的微信会绑到对方的账号上。", "去微信确认", "暂不绑定"],
    ),
    en: bindLinkOutline(
      [
        "Connect your WeChat account",
        "From then on you can sign in to this account with WeChat.",
        "Your WeChat account",
      ],
      [
        "Did another person send you this link? Then do not continue: your WeChat would be connected to their account.",
        "Continue in WeChat",
        "Not now",
      ],
    ),
  },
  "missing-profile": consentPage(
    ["person", "person", "shield"],
    [
      "展示你的微信昵称和头像",
      "你已登录山茶<书店>，要不要展示昵称和头像，由你决定。",
      ...profilePoints.zh,
      "去微信确认",
      "暂不展示",
    ],
    [
      "Show your WeChat nickname and photo",
      "You are signed in to Camellia <Books>. Whether you show them is up to you.",
      ...profilePoints.en,
      "Continue in WeChat",
      "Not now",
    ],
  ),
  unionid: consentPage(
    ["rings", "check", "shield"],
    [
      "从别的入口来，也能认出你",
      "你已登录山茶<书店>，经你同意，微信才会告诉我们那也是你。",
      "始终是同一个账号",
      "在电脑上，或山茶<书店>的其他公众号和小程序里登录，看到的都是这个账号。",
      "微信会问到昵称和头像",
      "微信只有这一种询问方式，我们不会因此读取你的昵称和头像。",
      "去微信确认",
      "暂不需要",
    ],
    [
      "One account everywhere",
      "You are signed in to Camellia <Books>. With your consent, WeChat lets us recognise you elsewhere too.",
      "Not a second account",
      "It is the same one on a computer and in our other WeChat apps.",
      "WeChat will mention your nickname and photo",
      "It has no other way to ask. We do not read them for this.",
      "Continue in WeChat",
      "Not now",
    ],
  ),
  "open-in-wechat": linkPage(
    "phone",
    ["请在微信里打开", "复制链接，在微信里发给自己，再点开它。", "已经在微信里？继续"],
    [
      "Open this page in WeChat",
      "Copy the link, send it to yourself in WeChat and tap it there.",
      "Already in WeChat? Continue",
    ],
  ),
  "scan-with-phone": {
    status: 200,
    layout: "message-page scannable",
    zh: [
      ...scanWithPhone.zh,
      "{role=img, aria-label=这个链接的二维码}",
      `<${qr}, qr-code>`,
      "用微信扫一扫，在手机上继续",
    ],
    en: [
      ...scanWithPhone.en,
      "{role=img, aria-label=QR code of this link}",
      `<${qr}, qr-code>`,
      "Scan with WeChat to continue on your phone",
    ],
  },
  "open-on-desktop": linkPage(
    "desktop",
    ["请在电脑上打开", "这里需要用微信扫码，请复制链接，在电脑的浏览器里打开。", "仍在这里继续"],
    [
      "Open this page on a computer",
      "You scan a QR code with WeChat here, so copy the link and open it on a computer.",
      "Continue here anyway",
    ],
  ),
  wecom: linkPage(
    "briefcase",
    ["请在微信里打开", "企业微信里无法继续，请复制链接，在微信里打开。", "不在企业微信里？继续"],
    [
      "Open this page in WeChat",
      "This does not work in WeCom, so copy the link and open it in WeChat.",
      "Not in WeCom? Continue",
    ],
  ),
  "mini-program": linkPage(
    "blocks",
    ["请在小程序外打开", "小程序里无法继续，请复制链接，发到微信聊天里再点开。", "不在小程序里？继续"],
    [
      "Open this page outside the Mini Program",
      "This does not work inside a Mini Program, so copy the link, send it to a WeChat chat and tap it there.",
      "Not in a Mini Program? Continue",
    ],
  ),
};

const header = {
  zh: ["![](/login/logo/shop) {height=28}", "山茶<书店>"],
  en: ["![](/login/logo/shop) {height=28}", "Camellia <Books>"],
};
const footer = {
  zh: [
    `[隐私政策](${privacyUrl}) {class=quiet optional}`,
    "[服务条款](/terms?a='1'&b=2) {class=quiet optional}",
    "(English) {class=quiet, data-language=en, lang=en, hidden}",
  ],
  en: [
    `[Privacy notice](${privacyUrl}) {class=quiet optional}`,
    "[Terms](/terms?a='1'&b=2) {class=quiet optional}",
    "(中文) {class=quiet, data-language=zh, lang=zh-CN, hidden}",
  ],
};

async function shownPage(page: PageName, language: Language) {
  const values = Object.fromEntries(
    pageSlots[page].map((slot) => [slot, slot === "qr" ? qr : slotValue(slot)]),
  );
  const { status, html } = await filledPage(page, language, values as never);
  const document = parse(html);
  const attribute = (selector: string, name: string) =>
    document.querySelector(selector)?.getAttribute(name) ?? null;
  return {
    status,
    html,
    head: {
      lang: document.documentElement.lang,
      title: document.title,
      description: attribute("meta[name=description]", "content"),
      canonical: attribute("link[rel=canonical]", "href"),
      layout: document.body.className,
    },
    body: outlineOf(document.body),
  };
}

describe.each(pageNames)("the page %s", (page) => {
  it.each(languages)(
    "shows its own title, sentence, links and buttons, with its slots filled in (%s)",
    async (language) => {
      const expected = expectedPages[page];
      const shown = await shownPage(page, language);
      expect(shown.body).toEqual([...header[language], ...expected[language], ...footer[language]]);
      const textOf = (start: string, end: string) =>
        expected[language].find((line) => line.startsWith(start) && line.endsWith(end)) ?? "";
      const isAccount = page === "account";
      const title = isAccount ? { zh: "我的账号", en: "Your account" }[language] : textOf("# ", "").slice(2);
      const description = isAccount
        ? {
            zh: "查看你的微信和已登录的设备，添加或移除微信，退出登录。",
            en: "See your WeChat accounts and signed-in devices, add or remove WeChat, or sign out.",
          }[language]
        : textOf("", " {class=sentence}").replace(" {class=sentence}", "");
      expect(shown.head).toEqual({
        lang: { zh: "zh-CN", en: "en" }[language],
        title: `${title} · ${header[language][1]}`,
        description,
        canonical: isAccount ? "/login/account" : page in failurePages ? slotValue("self") : null,
        layout: expected.layout ?? "message-page",
      });
      expect(shown.status).toBe(expected.status);
    },
  );
});

describe("the login pages", () => {
  it.each(languages)(
    "share no title or sentence, but for two that ask to be opened in WeChat (%s)",
    (language) => {
      const texts = (start: string, end: string) =>
        Object.values(expectedPages).flatMap((expected) =>
          expected[language].filter((line) => line.startsWith(start) && line.endsWith(end)),
        );
      const repeated = (lines: string[]) => lines.filter((line, index) => lines.indexOf(line) !== index);
      expect(repeated(texts("# ", ""))).toEqual([
        language === "zh" ? "# 请在微信里打开" : "# Open this page in WeChat",
      ]);
      expect(repeated(texts("", " {class=sentence}"))).toEqual([]);
    },
  );

  it("have a head with the script, the style and the icon, for phones, in light and dark, out of search engines", async () => {
    const { html } = await filledPage("expired", "en", { retry: "", number: "", errcode: "", self: "/self" });
    const [, head] =
      /^<!doctype html>\n<html lang="en">\n<head>\n([\s\S]*)\n<\/head>\n<body class=/.exec(html) ?? [];
    expect(head?.split("\n")).toEqual([
      '<meta charset="utf-8">',
      "<title>This sign-in has expired · Camellia &lt;Books&gt;</title>",
      '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">',
      '<meta name="description" content="To keep you safe, each sign-in is open for a few minutes only.">',
      '<meta name="robots" content="noindex">',
      '<meta name="color-scheme" content="light dark">',
      '<meta name="format-detection" content="telephone=no">',
      '<link rel="icon" type="image/svg+xml" href="/login/assets/icon.svg">',
      '<link rel="canonical" href="/self">',
      '<link rel="stylesheet" href="/login/assets/style.css">',
      '<script type="module" src="/login/assets/main.js"></script>',
    ]);
  });

  it.each([
    ["zh", "版本"],
    ["en", "version"],
  ] as const)("name the version of the privacy notice (%s)", async (language, label) => {
    const { html } = await filledPage("unionid", language, {
      continue: "/",
      cancel: "/",
      version: "2026-11",
    });
    expect(html).toContain(` <span class="version" data-label="${label}">2026-11</span></a>`);
  });

  it("let the line of a shown link break after each slash, and nowhere else", async () => {
    const link = "https://login.example.com/login/wechat?return_to=%2Forders&x=<y>";
    const { html } = await filledPage("open-in-wechat", "en", { link, anyway: "/a/b" });
    expect(html).toContain(
      '<code id="link" dir="ltr">https://<wbr>login.example.com/<wbr>login/<wbr>wechat?return_to=%2Forders&amp;x=&lt;y&gt;</code>',
    );
    expect(html).toContain('href="/a/b"');
    expect(html.match(/<wbr>/g)).toHaveLength(3);
  });

  it("break a Chinese sentence after a question too", () => {
    const sentence = "已经在微信里？请继续。好";
    const { source } = messageMain({ icon: "door", tone: "plain", title: "t", sentence, actions: html`` });
    expect(source).toContain(
      '<span class="clause">已经在微信里？</span><span class="clause">请继续。</span><span class="clause">好</span>',
    );
  });

  it("break a Chinese sentence between its clauses only", async () => {
    const { html } = await shownPage("wecom", "zh");
    expect(html).toContain(
      '<p class="sentence"><span class="clause">企业微信里无法继续，</span><span class="clause">请复制链接，</span><span class="clause">在微信里打开。</span></p>',
    );
  });
});
