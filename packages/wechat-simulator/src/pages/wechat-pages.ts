import type { PageError } from "../protocol/page-errors.js";
import type { Language } from "../protocol/text.js";
import type { AuthorizeRequest } from "../stores/authorize-request.js";
import type { Person } from "../stores/person.js";
import { type Html, html } from "./html.js";
import { renderPage } from "./layout.js";
import { initialAvatar, nameAndNote } from "./person-view.js";

/** 请在微信客户端打开链接: what any other browser sees. The way on is the simulator's addition, marked as such. */
export function outsideWeChatPage(language: Language, next: string): string {
  const zh = language === "zh";
  const body = html`<main>
<section class="card center"><div class="sign" aria-hidden="true">!</div>
<h1 lang="zh-CN">请在微信客户端打开链接</h1><p class="soft">${zh ? "该页面只能在微信中打开。" : "Open this link in WeChat."}</p></section>
<form class="only center" method="post" action="/_simulator/forms/wechat">
<p>${zh ? "以下仅模拟器提供，真实的微信没有：" : "Only in the simulator; the real WeChat has no such button:"}</p>
<input type="hidden" name="pretend" value="1"><input type="hidden" name="next" value="${next}">
<button class="main">${zh ? "模拟微信内置浏览器" : "Pretend that this browser is WeChat"}</button></form></main>`;
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

/** The consent page of snsapi_userinfo. Its wording is ours: the real one's is not documented. */
export function consentPage(
  language: Language,
  request: AuthorizeRequest,
  people: Person[],
  { held, leftSnapshot = false }: { held?: string | undefined; leftSnapshot?: boolean } = {},
): string {
  const zh = language === "zh";
  const body = html`<main><form class="card" method="post">${leftSnapshot && html`<input type="hidden" name="left_snapshot" value="1">`}
<h1>${request.app.name}</h1>
<p>${zh ? "希望获取你的昵称和头像。" : "would like to know your nickname and avatar."}</p>
<fieldset><legend class="soft">${zh ? "（仅模拟器）谁拿着这部手机？" : "(simulator only) Who holds this phone?"}</legend>
${personRadios(language, people, held)}</fieldset>
<div class="choices"><button name="decision" value="refuse">拒绝 Refuse</button>
<button class="main" name="decision" value="allow">允许 Allow</button></div></form></main>`;
  return renderPage({ language, title: zh ? "授权" : "Authorize", body });
}

/** Before the first silent sign-in the simulator has to know whose phone this is. A real phone knows. */
export function choosePersonPage(language: Language, people: Person[]): string {
  const zh = language === "zh";
  const body = html`<main><form method="post"><div class="only">
<h1>${zh ? "谁拿着这部手机？" : "Who holds this phone?"}</h1>
<p>${
    zh
      ? "仅模拟器会问，而且在这个浏览器里只问一次；真实的微信知道是谁，会静默授权。以后可在控制面板更换。"
      : "Only the simulator asks, and once in this browser; the real WeChat knows, and authorizes silently. Switch later in the panel."
  }</p></div><div class="card">
<fieldset><legend class="soft">${zh ? "选择一个人" : "Choose a person"}</legend>${personRadios(language, people)}</fieldset>
<div class="choices"><a class="button center" href="/">${zh ? "控制面板" : "Panel"}</a>
<button class="main" name="decision" value="allow">继续 Go on</button></div></div></form></main>`;
  return renderPage({ language, title: zh ? "谁拿着这部手机？" : "Who holds this phone?", body });
}

/**
 * The snapshot page: the pop-up is held back and the person sees the target with a virtual identity, until they press
 * 使用完整服务. The real one shows the target behind the button; here it is a link, since most apps refuse to be framed.
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
      : "this is a snapshot, to be looked at only. Full service needs your personal information."
  }</p>
<p><a class="button" href="${location}">${zh ? "以虚拟身份浏览" : "Look at it with a virtual identity"}</a></p></section>
<form class="choices" method="post"><input type="hidden" name="person" value="${person.id}">
<button class="main" name="decision" value="full_service" lang="zh-CN">使用完整服务</button></form></main>`;
  return renderPage({ language, title: zh ? "快照页" : "Snapshot page", body });
}

/** On a real phone nothing more happens. Here a calm page says so. */
export function refusedPage(language: Language): string {
  const zh = language === "zh";
  const body = html`<main><section class="card center"><h1>${zh ? "你拒绝了授权" : "You refused"}</h1>
<p>${
    zh
      ? "与真实的微信一样：没有跳转，应用不会得知这次拒绝。"
      : "As with the real WeChat: nobody is sent back, and the app learns nothing of it."
  }</p>
<p class="soft">${zh ? "用浏览器的返回键回到应用。" : "Use your browser's back button to return to the app."}</p></section></main>`;
  return renderPage({ language, title: zh ? "已拒绝" : "Refused", body });
}

/** With doubled callbacks a person delivers both by hand, in the order and at the pace that the case needs. */
export function doubleCallbackPage(language: Language, first: string, second: string): string {
  const zh = language === "zh";
  const body = html`<main><section class="only"><h1>${zh ? "回调会到达两次" : "This callback arrives twice"}</h1>
<p>${
    zh
      ? "安卓微信有时会用两个不同的 code 和同一个 state 各回调一次。先后打开这两个链接："
      : "WeChat on Android was seen to call back twice, with two codes and one state. Open both:"
  }</p></section>
<section class="card"><p><a class="button" href="${first}" target="_blank" rel="noopener">${zh ? "第一次回调（新标签页）" : "First callback (new tab)"}</a></p>
<p><a class="button main" href="${second}">${zh ? "第二次回调（本页）" : "Second callback (this page)"}</a></p></section></main>`;
  return renderPage({ language, title: zh ? "双重回调" : "Double callback", body });
}

/** Whose phone it is: only the simulator has to ask. */
export function personRadios(language: Language, people: Person[], held?: string): Html {
  const chosen = people.some((person) => person.id === held) ? held : people[0]?.id;
  return html`<ul class="people">${people.map(
    (
      person,
    ) => html`<li><label class="person"><input type="radio" name="person" value="${person.id}"${person.id === chosen && html` checked`}>
${initialAvatar(person)}${nameAndNote(person, language)}</label></li>`,
  )}</ul>`;
}
