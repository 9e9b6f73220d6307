import type { Texts } from "./texts.js";

const startAgain = "Start again";
const tryAgain = "Try again";
const toStart = "Back to the start";

export const en: Texts = {
  htmlLang: "en",
  otherLanguage: { language: "zh", htmlLang: "zh-CN", name: "中文" },
  titleSuffix: "WeChat sign-in",
  signIn: "Sign in with WeChat",
  redirecting: { busy: "Opening WeChat…", slow: "Still waiting?", retry: "Try again" },
  copy: {
    link: "Copy the link",
    number: "Copy the number",
    done: "Copied",
    selected: "Selected: now copy it by hand",
  },
  linkLabel: "Link to open",
  numberLabel: "Request number",
  home: { title: "Sign in", sentence: "Use your WeChat. Nothing to fill in, and no password to remember." },
  signedOut: {
    title: "You are signed out",
    sentence:
      "This browser is signed out. Nothing starts by itself: you stay signed out until you tap the button.",
  },
  profile: {
    title: "Sign in with your WeChat name and picture",
    sentence: "You seem to be new here. When you continue, WeChat itself will ask you once more.",
    requested: {
      title: "We ask for your nickname and picture",
      sentence: "Only to recognise you here and to show your name.",
    },
    excluded: {
      title: "Nothing is posted in your name",
      sentence: "No messages and no Moments. We cannot see your chats or your friends.",
    },
    continue: "Continue",
    cancel: "Not now",
  },
  openInWechat: {
    title: "Please open this in WeChat",
    sentence:
      "You sign in inside WeChat. Copy the link, send it to yourself there and tap it; or scan the code.",
    qrLabel: "QR code of this link",
    qrHint: "Scan with WeChat to sign in on your phone",
    anyway: "This is WeChat, continue anyway",
  },
  openOnDesktop: {
    title: "Please open this on a computer",
    sentence:
      "Here you sign in by scanning a code with WeChat. Copy the link and open it in a computer's browser.",
    anyway: "Continue here anyway",
  },
  wecom: {
    title: "Please switch to WeChat",
    sentence: "You are using WeCom, and this sign-in needs WeChat. Copy the link and open it in WeChat.",
    anyway: "This is not WeCom, continue anyway",
  },
  miniProgram: {
    title: "Please leave the mini program first",
    sentence:
      "A page inside a mini program cannot sign in with WeChat. Copy the link, send it to a WeChat chat and tap it there.",
    anyway: "This is not a mini program, continue anyway",
  },
  account: {
    title: "Your account",
    description: "See your WeChat and the devices that are signed in, or sign out.",
    unnamedPerson: "WeChat user",
    signedIn: "Signed in",
    bindings: "WeChat that signs you in",
    sessions: "Devices that are signed in",
    signOut: "Sign out",
    signOutEverywhere: "Sign out everywhere",
    signOutEverywhereQuestion: "Every device will have to sign in again, this browser too.",
    signOutEverywhereConfirm: "Sign out everywhere",
    signOutEverywhereCancel: "Cancel",
    switch: "Use another WeChat account",
    withoutScript:
      "JavaScript is off in this browser, so your devices cannot be shown and you cannot sign out here. Turn it on and reload the page.",
  },
  failures: {
    refused: {
      title: "You are not signed in",
      sentence:
        "You chose not to allow it, so nothing has changed. You are welcome to come back at any time.",
      action: "Sign in with WeChat",
    },
    expired: {
      title: "This sign-in took too long",
      sentence: "To keep you safe, a sign-in stays open for a few minutes only. Please start again.",
      action: startAgain,
    },
    used: {
      title: "This link has been used",
      sentence: "A sign-in link works once. If you are not signed in yet, please start again.",
      action: startAgain,
    },
    snapshot: {
      title: "You are not signed in yet",
      sentence:
        "WeChat is showing a snapshot of this page and did not tell us who you are, so we stored nothing. Tap “使用完整服务” (use full service) at the bottom right, or the button below if you cannot see it.",
      action: "Sign in with WeChat",
    },
    "wrong-browser": {
      title: "Please finish in the same browser",
      sentence:
        "This sign-in may have begun in another browser, or this browser does not let us keep cookies. You can start again here.",
      action: startAgain,
    },
    "invalid-callback": {
      title: "This link is incomplete",
      sentence: "A part of it may have been lost when it was copied. Please start again.",
      action: startAgain,
    },
    "code-rejected": {
      title: "WeChat did not accept this sign-in",
      sentence: "It was used before, or it waited too long. Please start again.",
      action: startAgain,
    },
    "wechat-unavailable": {
      title: "WeChat is not answering",
      sentence: "This is not your fault. Please try again in a little while.",
      action: tryAgain,
    },
    "sign-in-failed": {
      title: "WeChat sign-in does not work right now",
      sentence:
        "This is not your fault: the people who run this site have to fix it. Please tell them the number below.",
      action: tryAgain,
    },
    blocked: {
      title: "This account cannot sign in",
      sentence:
        "It has been blocked here. If you think that is a mistake, contact support and tell them the number below.",
      action: "Use another WeChat account",
    },
    "too-many-requests": {
      title: "That was a lot of tries",
      sentence: "Please wait a minute, then try again.",
      action: tryAgain,
    },
    "not-found": {
      title: "This page does not exist",
      sentence: "The link may be mistyped, or the page is gone.",
      action: toStart,
    },
    "server-error": {
      title: "Something went wrong on our side",
      sentence:
        "This is not your fault. Please try again; if it keeps happening, tell support the number below.",
      action: tryAgain,
    },
    busy: {
      title: "It is a little busy right now",
      sentence: "Please try again in a few seconds.",
      action: tryAgain,
    },
  },
};
