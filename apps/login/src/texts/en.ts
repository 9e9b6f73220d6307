import type { Texts } from "./texts.js";

const startAgain = "Start again";
const tryAgain = "Try again";
const signIn = "Sign in with WeChat";
const backToAccount = "Back to your account";
const backToHost = "Back to the site";
const useAnotherAccount = "Use another WeChat account";

const requestedProfile = {
  title: "Your nickname and photo",
  sentence: "{{site}} asks for them only to recognise you and to show your name.",
};
const neverPosts = {
  title: "We never post in your name",
  sentence: "No messages, no Moments, and no access to your chats or contacts.",
};

export const en: Texts = {
  backToAccount,
  backToHost,
  htmlLang: "en",
  otherLanguage: { language: "zh", htmlLang: "zh-CN", name: "中文" },
  privacy: "Privacy notice",
  agreement: "By continuing you agree to the privacy notice",
  noticeVersion: "version",
  terms: "Terms",
  signIn,
  redirecting: { busy: "Opening WeChat…", slow: "Still waiting?", retry: tryAgain },
  copy: { link: "Copy link", number: "Copy number", done: "Copied", selected: "Selected. Now copy it." },
  linkLabel: "Link to open",
  numberLabel: "Request number",
  home: {
    title: "Sign in",
    sentence: "Use your WeChat account: nothing to fill in, no password to remember.",
  },
  signedOut: {
    title: "You are signed out",
    sentence: "You stay signed out in this browser until you tap the button.",
  },
  accountDeleted: {
    title: "Your account is deleted",
    sentence: "Your WeChat accounts, nickname and photo are gone here, and every device is signed out.",
    action: "Back to the sign-in page",
  },
  profile: {
    title: "Sign in with your WeChat nickname and photo",
    sentence: "This looks like your first visit to {{site}}, so WeChat will ask for your permission next.",
    points: [requestedProfile, neverPosts],
    continue: "Continue",
    cancel: "Not now",
  },
  missingProfile: {
    title: "Show your WeChat nickname and photo",
    sentence: "You are signed in to {{site}}. Whether you show them is up to you.",
    points: [requestedProfile, neverPosts],
    continue: "Continue in WeChat",
    cancel: "Not now",
  },
  unionid: {
    title: "One account everywhere",
    sentence: "You are signed in to {{site}}. With your consent, WeChat lets us recognise you elsewhere too.",
    points: [
      {
        title: "Not a second account",
        sentence: "It is the same one on a computer and in our other WeChat apps.",
      },
      {
        title: "WeChat will mention your nickname and photo",
        sentence: "It has no other way to ask. We do not read them for this.",
      },
    ],
    continue: "Continue in WeChat",
    cancel: "Not now",
  },
  bindLink: {
    title: "Connect your WeChat account",
    sentence: "From then on you can sign in to this account with WeChat.",
    wechat: "Your WeChat account",
    wechatNext: "You confirm it in WeChat next",
    wechatOther: "If you confirm with another account in WeChat, that one is connected",
    warning:
      "Did another person send you this link? Then do not continue: your WeChat would be connected to their account.",
    confirm: "Continue in WeChat",
    cancel: "Not now",
  },
  openInWechat: {
    title: "Open this page in WeChat",
    sentence: "Copy the link, send it to yourself in WeChat and tap it there.",
    anyway: "Already in WeChat? Continue",
  },
  scanWithPhone: {
    title: "Open this page in WeChat on your phone",
    sentence: "Scan the QR code with WeChat, or copy the link and send it to yourself in WeChat.",
    qrLabel: "QR code of this link",
    qrHint: "Scan with WeChat to continue on your phone",
    anyway: "Already in WeChat? Continue",
  },
  openOnDesktop: {
    title: "Open this page on a computer",
    sentence: "You scan a QR code with WeChat here, so copy the link and open it on a computer.",
    anyway: "Continue here anyway",
  },
  wecom: {
    title: "Open this page in WeChat",
    sentence: "This does not work in WeCom, so copy the link and open it in WeChat.",
    anyway: "Not in WeCom? Continue",
  },
  miniProgram: {
    title: "Open this page outside the Mini Program",
    sentence:
      "This does not work inside a Mini Program, so copy the link, send it to a WeChat chat and tap it there.",
    anyway: "Not in a Mini Program? Continue",
  },
  account: {
    title: "Your account",
    description: "See your WeChat accounts and signed-in devices, add or remove WeChat, or sign out.",
    unnamedPerson: "WeChat user",
    refreshProfile: "Update",
    showProfile: "Allow it in WeChat",
    signedIn: "Signed in",
    cancel: "Cancel",
    notices: {
      added: "WeChat was added. From now on you can sign in with it too.",
      "already-added": "This WeChat account was added before.",
      removed: "WeChat was removed.",
      "last-binding": "Not removed: it is your only way to sign in.",
      "session-ended": "That device is signed out.",
      "profile-updated": "Your nickname and photo are up to date now.",
      "profile-unchanged": "Nothing new: your nickname and photo are the same in WeChat.",
      "profile-not-allowed": "WeChat no longer lets us read your nickname and photo. You can allow it again.",
      "profile-unanswered": "WeChat is not responding. Please try again in a little while.",
      "profile-too-soon": "You asked a moment ago. Please try again in a minute.",
    },
    bindings: "WeChat accounts you sign in with",
    unnamedBinding: "WeChat",
    kinds: { official_account: "Official Account", website: "Website" },
    appIsGone: "An app that is no longer used",
    boundOn: "Added ",
    lastUsed: "Last used ",
    remove: "Remove",
    removeQuestion: "You can no longer sign in with it, and devices that signed in with it are signed out.",
    removeConfirm: "Remove it",
    onlyBinding: "Your only way to sign in, so it cannot be removed",
    add: "Add",
    sessions: "Signed-in devices",
    clients: {
      wechat: "WeChat",
      wecom: "WeCom",
      wechat_devtools: "WeChat DevTools",
      mini_program: "Mini Program",
      browser: "Browser",
    },
    thisBrowser: "This browser",
    endSession: "Sign out",
    actions: "Account",
    switch: useAnotherAccount,
    signOut: "Sign out",
    download: "Download my data",
    signOutEverywhere: "Sign out everywhere",
    signOutEverywhereQuestion: "You will be signed out on every device, including this browser.",
    signOutEverywhereConfirm: "Sign out everywhere",
    delete: "Delete my account",
    deleteQuestion:
      "Your WeChat accounts, nickname, photo and permissions are deleted at once, and every device is signed out. This cannot be undone.",
    deleteKept:
      "For security, the record of sign-ins stays for {{keptDays}} days, without your WeChat identity, nickname or address: only with codes that cannot identify you. Then it is deleted too.",
    deleteConfirm: "Delete my account",
  },
  failures: {
    refused: {
      title: "You did not give permission",
      sentence: "Nothing has changed, and you can try again at any time.",
      action: tryAgain,
    },
    expired: {
      title: "This sign-in has expired",
      sentence: "To keep you safe, each sign-in is open for a few minutes only.",
      action: startAgain,
    },
    used: {
      title: "This link has already been used",
      sentence: "A sign-in link works only once; if you are not signed in yet, please start again.",
      action: startAgain,
    },
    snapshot: {
      title: "You are not signed in yet",
      sentence:
        "WeChat is showing a snapshot of this page and did not tell us who you are, so we stored nothing. Tap “使用完整服务” (use full service) at the bottom right, or the button below.",
      action: signIn,
    },
    "wrong-browser": {
      title: "This browser cannot finish the sign-in",
      sentence: "The sign-in may have started in another browser, or this one may be blocking cookies.",
      action: startAgain,
    },
    "invalid-callback": {
      title: "This link is incomplete",
      sentence: "Part of it may have been lost when it was copied.",
      action: startAgain,
    },
    "invalid-host-link": {
      title: "This sign-in link is wrong",
      sentence:
        "This is not your fault: the site that sent you here has to correct it, so please give its support the number below.",
      action: "Go to the home page",
    },
    "code-rejected": {
      title: "WeChat did not accept this sign-in",
      sentence: "It may have expired or been used already.",
      action: startAgain,
    },
    "wechat-unavailable": {
      title: "WeChat is not responding",
      sentence: "This is not your fault; please try again in a little while.",
      action: tryAgain,
    },
    "sign-in-failed": {
      title: "WeChat sign-in is not working right now",
      sentence: "This is not your fault: the site has to fix it, so please give support the number below.",
      action: tryAgain,
    },
    "not-allowed": {
      title: "WeChat did not allow this sign-in",
      sentence:
        "WeChat asks you to settle something with your account first, so please open WeChat and see what it says; trying again before that will not help.",
      action: "Done, sign in again",
    },
    blocked: {
      title: "This account cannot sign in",
      sentence:
        "It has been blocked on this site; if you think this is a mistake, give support the number below.",
      action: useAnotherAccount,
    },
    "too-many-requests": {
      title: "Too many attempts",
      sentence: "Please wait a minute, then try again.",
      action: tryAgain,
    },
    "not-found": {
      title: "Page not found",
      sentence: "The link may be wrong, or the page may have been removed.",
      action: "Go to the home page",
    },
    "server-error": {
      title: "Something went wrong on our side",
      sentence: "Please try again; if it keeps happening, give support the number below.",
      action: tryAgain,
    },
    busy: {
      title: "This site is busy right now",
      sentence: "Please try again in a few seconds.",
      action: tryAgain,
    },
    "bind-refused": {
      title: "WeChat was not added",
      sentence: "You did not give permission in WeChat, so your account stays as it is.",
      action: backToAccount,
    },
    "bind-expired": {
      title: "This attempt has expired",
      sentence:
        "To keep you safe, each attempt to add WeChat is open for a few minutes and works once; please add it again.",
      action: backToAccount,
    },
    "bind-snapshot": {
      title: "WeChat was not added yet",
      sentence:
        "WeChat is showing a snapshot of this page and did not tell us who you are, so nothing has changed. Tap “使用完整服务” (use full service) at the bottom right, then add it again.",
      action: backToAccount,
    },
    "bind-unavailable": {
      title: "WeChat did not respond",
      sentence: "WeChat was not added. This is not your fault; please try again in a little while.",
      action: backToAccount,
    },
    "bind-failed": {
      title: "WeChat cannot be added right now",
      sentence: "This is not your fault, and the site has to fix it; please give support the number below.",
      action: backToAccount,
    },
    "bind-not-allowed": {
      title: "WeChat did not let you add it",
      sentence:
        "WeChat asks you to settle something with your account first, so please open WeChat and see what it says, then add it again.",
      action: backToAccount,
    },
    "bind-blocked": {
      title: "This WeChat account cannot be added",
      sentence: "It is blocked on this site; if you think that is a mistake, give support the number below.",
      action: backToAccount,
    },
    "bound-elsewhere": {
      title: "This WeChat account belongs to another account",
      sentence:
        "It is already used to sign in to another account here, so nothing has changed. You can sign in to that account with it, or give support the number below and ask them to merge the two.",
      action: "Sign in with this WeChat",
    },
    "session-changed": {
      title: "Sign in to add WeChat",
      sentence: "You signed out or changed accounts on the way, so nothing has changed.",
      action: backToAccount,
    },
    "link-refused": {
      title: "WeChat was not connected",
      sentence: "You did not give permission in WeChat, so nothing was connected.",
      action: tryAgain,
    },
    "link-retry": {
      title: "WeChat was not connected this time",
      sentence:
        "The attempt may have expired or been used already. While the link is valid you can try again.",
      action: tryAgain,
    },
    "link-snapshot": {
      title: "WeChat is not connected yet",
      sentence:
        "WeChat is showing a snapshot of this page and did not tell us who you are, so nothing has changed. Tap “使用完整服务” (use full service) at the bottom right, then try again.",
      action: tryAgain,
    },
    "link-unavailable": {
      title: "WeChat did not answer",
      sentence: "WeChat was not connected. This is not your fault; please try again in a little while.",
      action: tryAgain,
    },
    "link-failed": {
      title: "WeChat cannot be connected right now",
      sentence:
        "This is not your fault, and the site has to fix it; please give its support the number below.",
      action: backToHost,
    },
    "link-not-allowed": {
      title: "WeChat did not allow connecting it",
      sentence:
        "WeChat asks you to settle something with your account first, so please open WeChat and see what it says, then try again.",
      action: "Done, try again",
    },
    "link-blocked": {
      title: "This WeChat account cannot be connected",
      sentence:
        "It is blocked on this site, or the account to connect it to is; if you think that is a mistake, give support the number below.",
      action: backToHost,
    },
    "link-bound-elsewhere": {
      title: "This WeChat account is connected to another account",
      sentence:
        "Nothing has changed. You can sign in to that other account with it, or go back to the site, give its support the number below and ask them to merge the two.",
      action: "Sign in with this WeChat",
    },
    "link-expired": {
      title: "This link has expired or been used",
      sentence:
        "To keep you safe, it is valid for ten minutes and works once. If WeChat is not connected yet, go back to the site and start again.",
      action: backToHost,
    },
  },
};
