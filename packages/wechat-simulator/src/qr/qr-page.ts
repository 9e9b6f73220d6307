import { Html, html } from "../pages/html.js";
import { renderPage } from "../pages/layout.js";
import { initialAvatar, nameAndNote } from "../pages/person-view.js";
import type { Language } from "../protocol/text.js";
import { buildCallbackUrl, buildRefusalUrl } from "../rules/callback-url.js";
import type { AuthorizeRequest } from "../stores/authorize-request.js";
import type { Person } from "../stores/person.js";
import type { Settings } from "../stores/settings.js";
import type { Frame } from "./frame.js";
import { PAGE_SCRIPT } from "./page-script.js";

/** For dark pages: light text on a transparent background. */
export const WHITE_STYLE = "body { background: transparent; color: #fff; } .soft { color: #e8ece9; }";

export interface QrPageOptions {
  language: Language;
  authorizeRequest: AuthorizeRequest;
  people: Person[];
  uuid: string;
  frame: Frame;
  refusal: Settings["refusal"];
}

/** The QR page of a website app. */
export function qrPage(options: QrPageOptions): string {
  const { language, authorizeRequest, frame } = options;
  const zh = language === "zh";
  const body = html`${frame.stylesheet && html`<link rel="stylesheet" href="${frame.stylesheet.href}">`}
${frame.embedded && frame.style === "white" && html`<style>${new Html(WHITE_STYLE)}</style>`}<main>
<section class="${frame.embedded ? "center" : "card center"}"><h1>${zh ? "微信登录" : "Sign in with WeChat"}</h1>
${scanStatus(options)}
${!frame.slim && html`<p>${zh ? "使用微信扫一扫登录" : "Scan with WeChat to sign in to"} <strong>${authorizeRequest.app.name}</strong></p>`}</section>
${
  frame.embedded
    ? phoneLink(options)
    : html`<section class="card"><h2>${zh ? "（仅模拟器）谁来扫码？" : "(simulator only) Who scans?"}</h2>
${phoneLink(options)}<p class="soft">${zh ? "或者一步完成：" : "Or scan and decide in one step:"}</p>${peopleList(options)}</section>`
}</main>
<script>${new Html(PAGE_SCRIPT)}</script>`;
  return renderPage({ language, title: zh ? "微信登录" : "WeChat login", body });
}

/** The image and the status of the scan; the script shows one text at a time. */
function scanStatus({ language, authorizeRequest, uuid, frame, refusal }: QrPageOptions): Html {
  const zh = language === "zh";
  // The script replaces the uuid, which is unique in the URL, by the code.
  const callback = buildCallbackUrl(authorizeRequest.redirectUri, uuid, authorizeRequest.rawState);
  const refused = buildRefusalUrl(refusal, authorizeRequest.redirectUri, authorizeRequest.rawState) ?? "";
  const text = (status: number, shown: boolean, words: Html | string) =>
    html`<p data-status="${status}"${!shown && html` hidden`}>${words}</p>`;
  return html`<div id="scan" role="status" data-uuid="${uuid}" data-callback="${callback}" data-refused="${refused}" data-self-redirect="${String(frame.selfRedirect)}">
<div class="qr"><img src="/connect/qrcode/${uuid}" width="190" height="190" alt="${zh ? "二维码" : "QR code"}"></div>
${text(408, true, zh ? "等待扫码" : "Waiting for a scan")}
${text(404, false, zh ? "扫描成功，请在手机上确认" : "Scanned. Confirm on your phone.")}
${text(403, false, html`${zh ? "你已取消此次登录。" : "Cancelled on the phone."} ${again(zh)}`)}
${text(402, false, html`${zh ? "二维码已过期。" : "This QR code has expired."} ${again(zh)}`)}</div>`;
}

/** An empty link reloads the page, which shows a new code. */
function again(zh: boolean): Html {
  return html`<a href="">${zh ? "换一个二维码" : "Show a new code"}</a>`;
}

function phoneLink({ language, uuid, frame }: QrPageOptions): Html {
  const zh = language === "zh";
  const mark = frame.embedded && (zh ? "（仅模拟器）" : "(simulator only) ");
  const words = zh ? "扫码：打开手机端页面" : "Scan: open the phone's page";
  return html`<p><a class="button" href="/connect/confirm?uuid=${uuid}" target="_blank" rel="noopener">${mark}${words}</a></p>`;
}

/** Buttons that scan and decide in one step. */
function peopleList({ language, people, frame }: QrPageOptions): Html {
  const zh = language === "zh";
  const target = frame.selfRedirect ? "_self" : "_top";
  const rows = people.map(
    (
      person,
    ) => html`<li><form class="person" method="post" target="${target}"><input type="hidden" name="person" value="${person.id}">
${initialAvatar(person)}${nameAndNote(person, language)}<span class="scan">
<button class="main" name="decision" value="allow" aria-label="${zh ? "扫码并允许" : "Scan and allow"}: ${person.id}">${zh ? "允许" : "Allow"}</button>
<button name="decision" value="refuse" aria-label="${zh ? "扫码后取消" : "Scan and cancel"}: ${person.id}">${zh ? "取消" : "Cancel"}</button></span></form></li>`,
  );
  return html`<ul class="people">${rows}</ul>`;
}
