import type { Texts } from "./texts.js";

const startAgain = "重新登录";
const tryAgain = "再试一次";
const signIn = "用微信登录";
const backToAccount = "返回我的账号";
const backToHost = "返回网站";
const useAnotherAccount = "换一个微信登录";

const requestedProfile = { title: "需要你的昵称和头像", sentence: "{{site}}只用来识别你、显示你的名字。" };
const neverPosts = {
  title: "不会以你的名义发布任何内容",
  sentence: "不会替你发消息或朋友圈，也看不到你的聊天记录和好友。",
};

export const zh: Texts = {
  backToAccount,
  backToHost,
  htmlLang: "zh-CN",
  otherLanguage: { language: "en", htmlLang: "en", name: "English" },
  privacy: "隐私政策",
  agreement: "继续即表示你同意隐私政策",
  noticeVersion: "版本",
  terms: "服务条款",
  signIn,
  redirecting: { busy: "正在打开微信…", slow: "还没有打开？", retry: tryAgain },
  copy: { link: "复制链接", number: "复制编号", done: "已复制", selected: "已选中，请手动复制" },
  linkLabel: "要打开的链接",
  numberLabel: "请求编号",
  home: { title: "登录", sentence: "用微信账号登录，不用填资料，也不用记密码。" },
  signedOut: {
    title: "你已退出登录",
    sentence: "在你点下面的按钮之前，这个浏览器不会自动登录。",
  },
  accountDeleted: {
    title: "账号已注销",
    sentence: "你的微信绑定、昵称和头像都已删除，所有设备都已退出登录。",
    action: "回到登录页",
  },
  profile: {
    title: "用微信昵称和头像登录",
    sentence: "看来你是第一次来{{site}}，继续后微信会请你确认授权。",
    points: [requestedProfile, neverPosts],
    continue: "继续",
    cancel: "暂不登录",
  },
  missingProfile: {
    title: "展示你的微信昵称和头像",
    sentence: "你已登录{{site}}，要不要展示昵称和头像，由你决定。",
    points: [requestedProfile, neverPosts],
    continue: "去微信确认",
    cancel: "暂不展示",
  },
  unionid: {
    title: "从别的入口来，也能认出你",
    sentence: "你已登录{{site}}，经你同意，微信才会告诉我们那也是你。",
    points: [
      {
        title: "始终是同一个账号",
        sentence: "在电脑上，或{{site}}的其他公众号和小程序里登录，看到的都是这个账号。",
      },
      {
        title: "微信会问到昵称和头像",
        sentence: "微信只有这一种询问方式，我们不会因此读取你的昵称和头像。",
      },
    ],
    continue: "去微信确认",
    cancel: "暂不需要",
  },
  bindLink: {
    title: "绑定你的微信",
    sentence: "绑定之后，你可以用微信登录这个账号。",
    wechat: "你的微信",
    wechatNext: "下一步在微信里确认",
    wechatOther: "如果在微信里确认的是别的账号，绑定的就是那个账号",
    warning: "这个链接是别人发给你的吗？那就不要继续，否则你的微信会绑到对方的账号上。",
    confirm: "去微信确认",
    cancel: "暂不绑定",
  },
  openInWechat: {
    title: "请在微信里打开",
    sentence: "复制链接，在微信里发给自己，再点开它。",
    anyway: "已经在微信里？继续",
  },
  scanWithPhone: {
    title: "请在手机微信里打开",
    sentence: "用微信扫二维码，或者复制链接，在微信里发给自己。",
    qrLabel: "这个链接的二维码",
    qrHint: "用微信扫一扫，在手机上继续",
    anyway: "已经在微信里？继续",
  },
  openOnDesktop: {
    title: "请在电脑上打开",
    sentence: "这里需要用微信扫码，请复制链接，在电脑的浏览器里打开。",
    anyway: "仍在这里继续",
  },
  wecom: {
    title: "请在微信里打开",
    sentence: "企业微信里无法继续，请复制链接，在微信里打开。",
    anyway: "不在企业微信里？继续",
  },
  miniProgram: {
    title: "请在小程序外打开",
    sentence: "小程序里无法继续，请复制链接，发到微信聊天里再点开。",
    anyway: "不在小程序里？继续",
  },
  account: {
    title: "我的账号",
    description: "查看你的微信和已登录的设备，添加或移除微信，退出登录。",
    unnamedPerson: "微信用户",
    refreshProfile: "更新资料",
    showProfile: "去微信授权",
    signedIn: "已登录",
    cancel: "取消",
    notices: {
      added: "微信已添加，以后也可以用它登录。",
      "already-added": "这个微信之前已经添加过了。",
      removed: "微信已移除。",
      "last-binding": "没有移除：这是你唯一的登录方式。",
      "session-ended": "那个设备已退出登录。",
      "profile-updated": "昵称和头像已更新。",
      "profile-unchanged": "昵称和头像没有变化，已经是最新的。",
      "profile-not-allowed": "微信不再允许读取你的昵称和头像，需要你重新授权。",
      "profile-unanswered": "微信暂时没有响应，请过一会儿再试。",
      "profile-too-soon": "刚刚更新过，请一分钟后再试。",
    },
    bindings: "用来登录的微信",
    unnamedBinding: "微信",
    kinds: { official_account: "公众号", website: "网站" },
    appIsGone: "已停用的应用",
    boundOn: "添加于 ",
    lastUsed: "最近使用：",
    remove: "移除",
    removeQuestion: "移除后不能再用它登录，用它登录的设备也会退出。",
    removeConfirm: "确认移除",
    onlyBinding: "唯一的登录方式，不能移除",
    add: "添加",
    sessions: "已登录的设备",
    clients: {
      wechat: "微信",
      wecom: "企业微信",
      wechat_devtools: "微信开发者工具",
      mini_program: "微信小程序",
      browser: "浏览器",
    },
    thisBrowser: "当前浏览器",
    endSession: "退出",
    actions: "账号",
    switch: useAnotherAccount,
    signOut: "退出登录",
    download: "下载我的数据",
    signOutEverywhere: "退出所有设备",
    signOutEverywhereQuestion: "所有设备都会退出登录，包括这个浏览器。",
    signOutEverywhereConfirm: "全部退出",
    delete: "注销账号",
    deleteQuestion: "你的微信绑定、昵称、头像和授权会立即删除，所有设备都会退出登录。注销后无法恢复。",
    deleteKept:
      "为了安全，登录记录会保留 {{keptDays}} 天，其中不再有你的微信身份、昵称和网络地址，只有无法认出你的代号，到期删除。",
    deleteConfirm: "确认注销",
  },
  failures: {
    refused: {
      title: "你没有同意授权",
      sentence: "什么都没有改变，你可以随时再试。",
      action: tryAgain,
    },
    expired: {
      title: "这次登录已过期",
      sentence: "为了安全，每次登录只保留几分钟。",
      action: startAgain,
    },
    used: {
      title: "这个链接已经用过了",
      sentence: "登录链接只能用一次，如果还没有登录，请重新登录。",
      action: startAgain,
    },
    snapshot: {
      title: "还没有登录",
      sentence:
        "微信正以“快照页”显示这个网页，没有告诉我们你是谁，所以我们什么都没有保存。请点右下角的“使用完整服务”，或点下面的按钮。",
      action: signIn,
    },
    "wrong-browser": {
      title: "这个浏览器无法完成登录",
      sentence: "登录可能是在另一个浏览器里开始的，也可能是这个浏览器禁用了 Cookie。",
      action: startAgain,
    },
    "invalid-callback": {
      title: "这个链接不完整",
      sentence: "可能是复制时少了一部分。",
      action: startAgain,
    },
    "invalid-host-link": {
      title: "这个登录链接有误",
      sentence: "这不是你的问题，需要带你来这里的网站修正，请把下面的编号告诉它的客服。",
      action: "返回首页",
    },
    "code-rejected": {
      title: "微信没有通过这次登录",
      sentence: "它可能已过期，或者已经用过了。",
      action: startAgain,
    },
    "wechat-unavailable": {
      title: "微信暂时没有响应",
      sentence: "这不是你的问题，请过一会儿再试。",
      action: tryAgain,
    },
    "sign-in-failed": {
      title: "暂时不能用微信登录",
      sentence: "这不是你的问题，需要网站来修复，请把下面的编号告诉网站客服。",
      action: tryAgain,
    },
    "not-allowed": {
      title: "微信没有允许这次登录",
      sentence: "你的微信账号需要先处理一些事，请打开微信查看提示，处理好之前再试也没有用。",
      action: "已处理，重新登录",
    },
    blocked: {
      title: "这个账号不能登录",
      sentence: "它在本站已被封禁，如果你认为有误，请把下面的编号告诉网站客服。",
      action: useAnotherAccount,
    },
    "too-many-requests": {
      title: "操作太频繁了",
      sentence: "请等一分钟，再试一次。",
      action: tryAgain,
    },
    "not-found": {
      title: "找不到这个页面",
      sentence: "链接可能有误，或者页面已经不在了。",
      action: "返回首页",
    },
    "server-error": {
      title: "我们这边出错了",
      sentence: "请再试一次，如果还是不行，请把下面的编号告诉网站客服。",
      action: tryAgain,
    },
    busy: {
      title: "网站现在有点忙",
      sentence: "请过几秒再试一次。",
      action: tryAgain,
    },
    "bind-refused": {
      title: "没有添加微信",
      sentence: "你在微信里没有同意授权，你的账号没有任何改变。",
      action: backToAccount,
    },
    "bind-expired": {
      title: "这次添加已过期",
      sentence: "为了安全，每次添加只保留几分钟，也只能用一次，请回到我的账号重新添加。",
      action: backToAccount,
    },
    "bind-snapshot": {
      title: "还没有添加微信",
      sentence:
        "微信正以“快照页”显示这个网页，没有告诉我们你是谁，所以什么都没有改变。请点右下角的“使用完整服务”，再重新添加。",
      action: backToAccount,
    },
    "bind-unavailable": {
      title: "添加时微信没有响应",
      sentence: "微信没有添加，这不是你的问题，请过一会儿再试。",
      action: backToAccount,
    },
    "bind-failed": {
      title: "暂时不能添加微信",
      sentence: "这不是你的问题，请把下面的编号告诉网站客服，由网站来修复。",
      action: backToAccount,
    },
    "bind-not-allowed": {
      title: "微信没有允许这次添加",
      sentence: "你的微信账号需要先处理一些事，请打开微信查看提示，处理好之后再重新添加。",
      action: backToAccount,
    },
    "bind-blocked": {
      title: "不能添加这个微信",
      sentence: "这个微信在本站已被封禁，如果你认为有误，请把下面的编号告诉网站客服。",
      action: backToAccount,
    },
    "bound-elsewhere": {
      title: "这个微信属于另一个账号",
      sentence:
        "它已经用来登录另一个账号，所以什么都没有改变。你可以用它登录那个账号，也可以把下面的编号告诉网站客服，请他们合并两个账号。",
      action: "用这个微信登录",
    },
    "session-changed": {
      title: "请登录后再添加微信",
      sentence: "你在途中退出了登录，或者换了账号，所以什么都没有改变。",
      action: backToAccount,
    },
    "link-refused": {
      title: "没有绑定微信",
      sentence: "你在微信里没有同意授权，所以没有绑定。",
      action: tryAgain,
    },
    "link-retry": {
      title: "这次绑定没有完成",
      sentence: "它可能已过期，或者已经用过了。链接仍然有效的话，可以再试一次。",
      action: tryAgain,
    },
    "link-snapshot": {
      title: "还没有绑定微信",
      sentence:
        "微信正以“快照页”显示这个网页，没有告诉我们你是谁，所以什么都没有改变。请点右下角的“使用完整服务”，再试一次。",
      action: tryAgain,
    },
    "link-unavailable": {
      title: "绑定时微信没有响应",
      sentence: "微信没有绑定，这不是你的问题，请过一会儿再试。",
      action: tryAgain,
    },
    "link-failed": {
      title: "暂时不能绑定微信",
      sentence: "这不是你的问题，请把下面的编号告诉网站客服，修好之后再绑定。",
      action: backToHost,
    },
    "link-not-allowed": {
      title: "微信没有允许这次绑定",
      sentence: "你的微信账号需要先处理一些事，请打开微信查看提示，处理好之后再试。",
      action: "已处理，再试一次",
    },
    "link-blocked": {
      title: "不能绑定这个微信",
      sentence: "这个微信，或要绑定的账号，在本站已被封禁。如果你认为有误，请把下面的编号告诉网站客服。",
      action: backToHost,
    },
    "link-bound-elsewhere": {
      title: "这个微信已绑定另一个账号",
      sentence:
        "什么都没有改变。你可以用它登录那个账号，也可以回到网站，把下面的编号告诉客服，请他们合并两个账号。",
      action: "用这个微信登录",
    },
    "link-expired": {
      title: "这个绑定链接已失效",
      sentence: "为了安全，链接只保留十分钟，也只能用一次。还没有绑定的话，请回到网站重新开始。",
      action: backToHost,
    },
  },
};
