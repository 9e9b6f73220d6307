import { html } from "../pages/html.js";
import { renderPage } from "../pages/layout.js";
import { personRadios } from "../pages/wechat-pages.js";
import type { Language } from "../protocol/text.js";
import type { AuthorizeRequest } from "../stores/authorize-request.js";
import type { Person } from "../stores/person.js";

/** The page on the phone after the scan. The real wording is not documented. */
export function confirmPage(
  language: Language,
  request: AuthorizeRequest,
  people: Person[],
  held: string | undefined,
): string {
  const zh = language === "zh";
  const body = html`<main><form class="card" method="post">
<h1>${zh ? "确认登录" : "Confirm the sign-in"}</h1>
<p>${zh ? "网页登录：" : "Sign in on the web to"} <strong>${request.app.name}</strong></p>
<fieldset><legend class="soft">${zh ? "（仅模拟器）这是谁的手机？" : "(simulator only) Whose phone is this?"}</legend>
${personRadios(language, people, held)}</fieldset>
<div class="choices"><button name="decision" value="refuse">取消 Cancel</button>
<button class="main" name="decision" value="allow">允许 Allow</button></div></form></main>`;
  return renderPage({ language, title: zh ? "确认登录" : "Confirm the sign-in", body });
}

export function confirmedPage(language: Language): string {
  const zh = language === "zh";
  const body = html`<main><section class="card center"><h1>${zh ? "已允许登录" : "Allowed"}</h1>
<p>${zh ? "请回到显示二维码的页面。" : "Return to the page with the QR code."}</p></section></main>`;
  return renderPage({ language, title: zh ? "已允许登录" : "Allowed", body });
}

export function cancelledPage(language: Language): string {
  const zh = language === "zh";
  const body = html`<main><section class="card center"><h1>${zh ? "已取消登录" : "Cancelled"}</h1>
<p>${zh ? "请回到显示二维码的页面。" : "Return to the page with the QR code."}</p></section></main>`;
  return renderPage({ language, title: zh ? "已取消登录" : "Cancelled", body });
}
