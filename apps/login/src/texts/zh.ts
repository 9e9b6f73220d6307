import type { Texts } from "./texts.js";

const startAgain = "重新登录";
const tryAgain = "再试一次";
const toStart = "返回首页";

export const zh: Texts = {
  htmlLang: "zh-CN",
  otherLanguage: { language: "en", htmlLang: "en", name: "English" },
  titleSuffix: "微信登录",
  signIn: "用微信登录",
  redirecting: { busy: "正在打开微信…", slow: "还没有打开？", retry: "再试一次" },
  copy: { link: "复制链接", number: "复制编号", done: "已复制", selected: "已选中，请长按复制" },
  linkLabel: "要打开的链接",
  numberLabel: "请求编号",
  home: { title: "登录", sentence: "用你的微信登录，不用注册，也不用记密码。" },
  signedOut: {
    title: "你已退出登录",
    sentence: "这个浏览器已经退出。在你点下面的按钮之前，不会自动登录。",
  },
  profile: {
    title: "用微信昵称和头像登录",
    sentence: "看来你是第一次来。点“继续”后，微信会再问你一次是否同意。",
    requested: { title: "需要你的昵称和头像", sentence: "只用来在这里认出你、显示你的名字。" },
    excluded: {
      title: "不会以你的名义发布任何内容",
      sentence: "不发消息，不发朋友圈，也看不到你的聊天和好友。",
    },
    continue: "继续",
    cancel: "暂不登录",
  },
  openInWechat: {
    title: "请在微信里打开",
    sentence: "登录要在微信里完成。复制链接，在微信里发给自己再点开；或者用微信扫二维码。",
    qrLabel: "这个链接的二维码",
    qrHint: "用微信扫一扫，在手机上登录",
    anyway: "我就在微信里，继续登录",
  },
  openOnDesktop: {
    title: "请在电脑上打开",
    sentence: "这里要在电脑的浏览器里，用微信扫码登录。请把链接复制到电脑上打开。",
    anyway: "仍然在这里继续",
  },
  wecom: {
    title: "请换到微信里打开",
    sentence: "你正在使用企业微信，这里要用微信登录。请复制链接，在微信里打开。",
    anyway: "这不是企业微信，继续登录",
  },
  miniProgram: {
    title: "请离开小程序再登录",
    sentence: "在小程序里打开的网页不能用微信登录。请复制链接，发到微信聊天里，再点开它。",
    anyway: "这不是小程序，继续登录",
  },
  account: {
    title: "我的账号",
    description: "查看你的微信和登录过的设备，或退出登录。",
    unnamedPerson: "微信用户",
    signedIn: "已登录",
    bindings: "可以用来登录的微信",
    sessions: "登录中的设备",
    signOut: "退出登录",
    signOutEverywhere: "在所有设备上退出",
    signOutEverywhereQuestion: "包括这个浏览器在内，所有设备都要重新登录。",
    signOutEverywhereConfirm: "全部退出",
    signOutEverywhereCancel: "取消",
    switch: "换一个微信登录",
    withoutScript: "这个浏览器关闭了 JavaScript，所以看不到设备，也不能在这里退出。打开后刷新页面即可。",
  },
  failures: {
    refused: {
      title: "没有登录",
      sentence: "你选择了不同意，所以没有登录，什么都没有改变。想登录时随时可以再来。",
      action: "用微信登录",
    },
    expired: {
      title: "这次登录超时了",
      sentence: "为了安全，一次登录只保留几分钟。重新开始就好。",
      action: startAgain,
    },
    used: {
      title: "这个链接已经用过了",
      sentence: "登录链接只能用一次。如果你还没有登录，请重新开始。",
      action: startAgain,
    },
    snapshot: {
      title: "还没有登录",
      sentence:
        "微信正以“快照页”显示网页，没有告诉我们你是谁，所以我们什么都没有保存。请点右下角的“使用完整服务”；如果没有看到它，请点下面的按钮。",
      action: "用微信登录",
    },
    "wrong-browser": {
      title: "请在同一个浏览器里完成登录",
      sentence:
        "这次登录可能是在另一个浏览器里开始的，也可能是这个浏览器不让网站保存 Cookie。在这里重新开始就好。",
      action: startAgain,
    },
    "invalid-callback": {
      title: "这个链接不完整",
      sentence: "可能是复制时少了一段。请重新开始登录。",
      action: startAgain,
    },
    "code-rejected": {
      title: "微信没有通过这次登录",
      sentence: "它可能已经用过，或者等得太久了。重新开始就好。",
      action: startAgain,
    },
    "wechat-unavailable": {
      title: "微信暂时没有回应",
      sentence: "这不是你的问题，请过一会儿再试。",
      action: tryAgain,
    },
    "sign-in-failed": {
      title: "暂时不能用微信登录",
      sentence: "这不是你的问题，要由网站的管理员来修复。请把下面的编号告诉他们。",
      action: tryAgain,
    },
    blocked: {
      title: "这个账号不能登录",
      sentence: "它在这里被停用了。如果你觉得弄错了，请联系网站客服，并告诉他们下面的编号。",
      action: "换一个微信登录",
    },
    "too-many-requests": {
      title: "试得太频繁了",
      sentence: "请等一分钟，再试一次。",
      action: tryAgain,
    },
    "not-found": {
      title: "找不到这个页面",
      sentence: "链接可能写错了，或者页面已经不在了。",
      action: toStart,
    },
    "server-error": {
      title: "我们这边出错了",
      sentence: "这不是你的问题，请再试一次。如果还是不行，请把下面的编号告诉网站客服。",
      action: tryAgain,
    },
    busy: {
      title: "现在有点忙",
      sentence: "请过几秒再试一次。",
      action: tryAgain,
    },
  },
};
