import type { PageError } from "../protocol/page-errors.js";
import type { Language } from "../protocol/text.js";
import type { AuthorizeRequest } from "../stores/authorize-request.js";
import type { Person } from "../stores/person.js";
import { type Html, html } from "./html.js";
import { renderPage } from "./layout.js";
import { initialAvatar, nameAndNote } from "./person-view.js";

/** 请在微信客户端打开链接, as any other browser sees it. The button is the simulator's addition, marked as such. */
export function outsideWeChatPage(language: Language, next: string): string {
  const zh = language === "zh";
  const body = html`<main>
<section class="card center"><div class="sign" aria-hidden="true">!</div>
<h1 lang="zh-CN">请在微信客户端打开链接</h1><p class="soft">${zh ? "该页面只能在微信中打开。" : "Open this link in WeChat."}</p></section>
<form class="only center" method="post" action="/_simulator/forms/wechat">
<p>${zh ? "以下仅模拟器提供，真实的微信没有：" : "The simulator offers this button; the real WeChat has none:"}</p>
<input type="hidden" name="pretend" value="1"><input type="hidden" name="next" value="${next}">
<button class="main">${zh ? "模拟微信内置浏览器" : "Use this browser as WeChat"}</button></form></main>`;
  return renderPage({ language, title: "抱歉，出错了", body });
}

/** WeChat's error pages have a text and sometimes a number; the reason below is the simulator's addition. */
export function errorPage(language: Language, error: PageError): string {
  const body = html`<main>
<section class="card center"><div class="sign" aria-hidden="true">!</div><h1 lang="zh-CN">${error.message}</h1>
${error.code !== undefined && html`<p class="soft">${language === "zh" ? "错误码" : "Error code"}: ${error.code}</p>`}</section>
<section class="only"><p><strong>${language === "zh" ? "模拟器说明：" : "The simulator explains:"}</strong> ${error.reason[language]}</p></section></main>`;
  return renderPage({ language, title: error.message, body });
}

/** The consent page of snsapi_userinfo. The real wording is not documented. */
export function consentPage(
  language: Language,
  request: AuthorizeRequest,
  people: Person[],
  { held, leftSnapshot = false }: { held?: string | undefined; leftSnapshot?: boolean } = {},
): string {
  const zh = language === "zh";
  const body = html`<main><form class="card" method="post">${leftSnapshot && html`<input type="hidden" name="left_snapshot" value="1">`}
<h1>${request.app.name}</h1>
<p>${zh ? "希望获取你的昵称和头像。" : "requests access to your nickname and avatar."}</p>
<fieldset><legend class="soft">${zh ? "（仅模拟器）这是谁的手机？" : "(simulator only) Whose phone is this?"}</legend>
${personRadios(language, people, held)}</fieldset>
<div class="choices"><button name="decision" value="refuse">拒绝 Decline</button>
<button class="main" name="decision" value="allow">允许 Allow</button></div></form></main>`;
  return renderPage({ language, title: zh ? "授权" : "Authorize", body });
}

/** Asks for the person before the first silent sign-in. The real WeChat knows who is signed in. */
export function choosePersonPage(language: Language, people: Person[]): string {
  const zh = language === "zh";
  const body = html`<main><form method="post"><div class="only">
<h1>${zh ? "这是谁的手机？" : "Whose phone is this?"}</h1>
<p>${
    zh
      ? "只有模拟器会询问，且每个浏览器只问一次；真实的微信已知用户身份，会静默授权。之后可在控制面板中更换。"
      : "Only the simulator asks, once per browser. The real WeChat knows the user and authorizes silently. You can change this in the panel."
  }</p></div><div class="card">
<fieldset><legend class="soft">${zh ? "选择用户" : "Choose a person"}</legend>${personRadios(language, people)}</fieldset>
<div class="choices"><a class="button center" href="/">${zh ? "控制面板" : "Panel"}</a>
<button class="main" name="decision" value="allow">继续 Continue</button></div></div></form></main>`;
  return renderPage({ language, title: zh ? "这是谁的手机？" : "Whose phone is this?", body });
}

/**
 * The snapshot page: without a consent page, the person browses the target with a virtual identity until they press
 * 使用完整服务. The real one shows the target behind the button; here it is a link, because most apps refuse framing.
 */
export function snapshotPage(
  language: Language,
  request: AuthorizeRequest,
  person: Person,
  location: string,
): string {
  const zh = language === "zh";
  const body = html`<main><section class="card"><h1>${zh ? "快照页" : "Snapshot page"}</h1>
<p>${request.app.name}: ${
    zh
      ? "此页面为快照，只能浏览。完整服务需要你的个人信息。"
      : "this page is a snapshot for browsing only. The full service needs your personal information."
  }</p>
<p><a class="button" href="${location}">${zh ? "以虚拟身份浏览" : "Browse with a virtual identity"}</a></p></section>
<form class="choices" method="post"><input type="hidden" name="person" value="${person.id}">
<button class="main" name="decision" value="full_service" lang="zh-CN">使用完整服务</button></form></main>`;
  return renderPage({ language, title: zh ? "快照页" : "Snapshot page", body });
}

/** On a real phone nothing happens after a refusal; here a page says so. */
export function refusedPage(language: Language): string {
  const zh = language === "zh";
  const body = html`<main><section class="card center"><h1>${zh ? "你拒绝了授权" : "You declined"}</h1>
<p>${
    zh
      ? "与真实的微信一样：没有跳转，应用不会得知这次拒绝。"
      : "As in the real WeChat, there is no redirect, and the app is not informed."
  }</p>
<p class="soft">${zh ? "可用浏览器的返回键回到应用。" : "Use your browser's back button to return to the app."}</p></section></main>`;
  return renderPage({ language, title: zh ? "已拒绝" : "Declined", body });
}

/** With `doubleCallback` the person opens both callbacks, in any order and at any pace. */
export function doubleCallbackPage(language: Language, first: string, second: string): string {
  const zh = language === "zh";
  const body = html`<main><section class="only"><h1>${zh ? "回调会到达两次" : "This callback arrives twice"}</h1>
<p>${
    zh
      ? "安卓微信有时会回调两次：code 不同，state 相同。请依次打开这两个链接："
      : "WeChat on Android sometimes calls back twice, with two codes and the same state. Open both links:"
  }</p></section>
<section class="card"><p><a class="button" href="${first}" target="_blank" rel="noopener">${zh ? "第一次回调（新标签页）" : "First callback (new tab)"}</a></p>
<p><a class="button main" href="${second}">${zh ? "第二次回调（本页）" : "Second callback (this page)"}</a></p></section></main>`;
  return renderPage({ language, title: zh ? "双重回调" : "Double callback", body });
}

/** The choice of person, which only the simulator needs. */
export function personRadios(language: Language, people: Person[], held?: string): Html {
  const chosen = people.some((person) => person.id === held) ? held : people[0]?.id;
  return html`<ul class="people">${people.map(
    (
      person,
    ) => html`<li><label class="person"><input type="radio" name="person" value="${person.id}"${person.id === chosen && html` checked`}>
${initialAvatar(person)}${nameAndNote(person, language)}</label></li>`,
  )}</ul>`;
}
