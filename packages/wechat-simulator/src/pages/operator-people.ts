import type { SimulatedApp } from "../apps.js";
import type { BrowserMemory } from "../browser.js";
import type { Person } from "../people.js";
import type { Language } from "../text.js";
import type { World } from "../world.js";
import { type Html, html } from "./html.js";
import { face, nameAndNote } from "./person-view.js";

/** Who holds this phone, and whether this browser passes for WeChat: both are cookies of this browser alone. */
export function thisBrowserSection(world: World, browser: BrowserMemory): Html {
  const zh = browser.language === "zh";
  const options = world.people
    .list()
    .map(
      ({ id, nickname }) =>
        html`<option value="${id}"${id === browser.personId && html` selected`}>${id} · ${shorten(nickname)}</option>`,
    );
  const nobody = html`<option value="" selected disabled>${zh ? "还没有选" : "nobody yet"}</option>`;
  const isKnown = world.people.find(browser.personId ?? "") !== undefined;
  return html`<section class="card" id="browser"><h2>${zh ? "这个浏览器" : "This browser"}</h2>
<form method="post" action="/_simulator/forms/phone" class="row">
<label class="field">${zh ? "谁拿着这部手机" : "Who holds this phone"}
<select name="person" required>${!isKnown && nobody}${options}</select></label>
<button>${zh ? "更换" : "Switch"}</button></form>
<form method="post" action="/_simulator/forms/wechat" class="row">
<input type="hidden" name="pretend" value="${browser.pretendsWeChat ? "0" : "1"}">
<p class="field">${
    browser.pretendsWeChat
      ? html`<strong class="good">${zh ? "被当作微信浏览器" : "Passes for WeChat's browser"}</strong>`
      : zh
        ? "按 User-Agent 判断是否为微信"
        : "WeChat or not is judged by its user agent"
  }</p>
<button>${browser.pretendsWeChat ? (zh ? "不再假装" : "Stop pretending") : zh ? "假装是微信" : "Pretend to be WeChat"}</button></form></section>`;
}

/** The secrets shown are development values: fixed, public, and worthless to the real WeChat. */
export function appsSection(world: World, language: Language): Html {
  const zh = language === "zh";
  const cards = world.apps.list().map(
    (app, index) => html`${index > 0 && html`<hr>`}<p><strong>${app.name}</strong><br>
<span class="soft">${describeKind(app)[language]}</span></p>
<dl><dt>appId</dt><dd><code>${app.appId}</code></dd>
<dt>appSecret</dt><dd><code>${app.appSecret}</code></dd>
<dt>${zh ? "回调域名" : "callback"}</dt><dd><code>${app.callbackHosts.join(", ")}</code></dd>
<dt>scope</dt><dd><code>${app.scopes.join(", ")}</code></dd></dl>`,
  );
  return html`<section class="card" id="apps"><h2>${zh ? "应用" : "Apps"}</h2>${cards}</section>`;
}

export function peopleSection(world: World, language: Language): Html {
  const zh = language === "zh";
  const rows = world.people.list().map((person) => html`<li>${personRow(world, person, language)}</li>`);
  return html`<section class="card" id="people"><h2>${zh ? "人" : "People"}</h2><ul class="people">${rows}</ul>
<p class="soft after">${
    zh
      ? html`脚本还可使用 <code>crowd-0</code>、<code>crowd-1</code>……任意多人。`
      : html`Scripts may also use <code>crowd-0</code>, <code>crowd-1</code>, … as many as they want.`
  }</p></section>`;
}

function personRow(world: World, person: Person, language: Language): Html {
  const zh = language === "zh";
  const identities = world.apps.list().map((app) => {
    const { openid, unionid } = world.people.identify(person, app);
    return html`<dt>${app.name}</dt><dd><code>${openid}</code><br><span class="soft">unionid <code>${unionid ?? "—"}</code></span></dd>`;
  });
  const toggle = (name: "unionid" | "follows", on: string, off: string) =>
    html`<form method="post" action="/_simulator/forms/people"><input type="hidden" name="person" value="${person.id}">
<input type="hidden" name="${name}" value="${person[name] ? "0" : "1"}"><button aria-label="${person[name] ? off : on}: ${person.id}">${person[name] ? off : on}</button></form>`;
  return html`<div class="person top-aligned">${face(person)}<div class="who">${nameAndNote(person, language)}
<details><summary>${zh ? "各应用里的 openid" : "openid in each app"}</summary><dl>${identities}</dl></details>
<div class="tags">${toggle("unionid", zh ? "给 unionid" : "Give a unionid", zh ? "去掉 unionid" : "Take the unionid away")}
${toggle("follows", zh ? "关注" : "Follow", zh ? "取消关注" : "Unfollow")}</div></div></div>`;
}

function describeKind(app: SimulatedApp): { en: string; zh: string } {
  if (app.kind === "website") return { en: "website app, signs in by QR", zh: "网站应用，扫码登录" };
  return app.testAccount
    ? { en: "Official Account, test account, signs in inside WeChat", zh: "公众号（测试号），在微信内登录" }
    : { en: "Official Account, signs in inside WeChat", zh: "公众号，在微信内登录" };
}

/** For a drop-down: no control or direction characters, at most 24 code points. */
function shorten(nickname: string): string {
  const points = [...nickname.replace(/[\p{Cc}\p{Cf}\p{M}]/gu, "")];
  return points.length > 24 ? `${points.slice(0, 24).join("")}…` : points.join("");
}
