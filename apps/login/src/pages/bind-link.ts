import type { Texts } from "../texts/texts.js";
import type { Page } from "./document.js";
import { html } from "./html.js";
import { icon } from "./icons.js";
import { messageMain } from "./message.js";
import { choose, type Slots } from "./slots.js";

/** At `/login/bind`: names the account of the host application and the WeChat account, and asks. Only its form binds. */
export function bindLinkPage(slots: Slots<"bind-link">, texts: Texts): Page {
  const { title, sentence, wechat, wechatNext, wechatOther, warning, confirm, cancel } = texts.bindLink;
  return {
    title,
    description: sentence,
    layout: "message-page",
    main: messageMain({
      icon: "rings",
      tone: "welcome",
      title,
      sentence,
      details: html`<ul class="points sides">
<li>${icon("person")}<div><strong><bdi>${slots.host}</bdi></strong><p><bdi>${slots.label}</bdi></p></div></li>
<li>${icon("bubble")}<div><strong>${wechat}</strong><p>${choose(slots.wechat, { named: html`<bdi>${slots.nickname}</bdi><br>${wechatOther}`, unknown: wechatNext })}</p></div></li>
</ul>
<p class="warning">${warning}</p>`,
      actions: html`<form method="post" action="${slots.confirm}"><button class="button primary">${confirm}</button></form>
<a class="quiet" href="${slots.cancel}">${cancel}</a>`,
    }),
  };
}
