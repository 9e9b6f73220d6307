import type { Message, Texts } from "../texts/texts.js";
import type { Page } from "./document.js";
import { type Html, html, slot } from "./html.js";
import type { IconName } from "./icons.js";
import { copyButton, messageMain } from "./message.js";

/** A phone outside WeChat, or a desktop where only an Official Account can sign people in. */
export function openInWechatPage(texts: Texts): Page {
  const { openInWechat } = texts;
  const qr = html`<figure class="qr">
<div class="qr-code" role="img" aria-label="${openInWechat.qrLabel}">${slot("qr")}</div>
<figcaption>${openInWechat.qrHint}</figcaption>
</figure>`;
  return { ...elsewherePage("phone", openInWechat, texts, qr), layout: "message scannable" };
}

/** Inside WeChat, where only a website app is configured: its QR page wants another screen. */
export function openOnDesktopPage(texts: Texts): Page {
  return elsewherePage("desktop", texts.openOnDesktop, texts);
}

export function wecomPage(texts: Texts): Page {
  return elsewherePage("briefcase", texts.wecom, texts);
}

export function miniProgramPage(texts: Texts): Page {
  return elsewherePage("blocks", texts.miniProgram, texts);
}

// Without the script the button stays hidden; the link can still be selected with one tap.
function elsewherePage(
  icon: IconName,
  message: Message & { readonly anyway: string },
  texts: Texts,
  qr: Html = html``,
): Page {
  const { title, sentence, anyway } = message;
  return {
    title,
    description: sentence,
    layout: "message",
    main: messageMain({
      icon,
      tone: "welcome",
      title,
      sentence,
      details: html`<p class="link"><span class="label">${texts.linkLabel}</span><code id="link" dir="ltr">${slot("link")}</code></p>`,
      actions: html`${copyButton("link", texts.copy.link, "button primary", texts)}
<a class="quiet" href="${slot("anyway")}">${anyway}</a>`,
      after: qr,
    }),
  };
}
