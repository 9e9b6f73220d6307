import type { Message, Texts } from "../texts/texts.js";
import type { Page } from "./document.js";
import { type Html, html } from "./html.js";
import type { IconName } from "./icons.js";
import { copyButton, messageMain } from "./message.js";
import type { Slots } from "./slots.js";

/** For a phone outside WeChat. It has no QR code, because a phone cannot scan its own screen. */
export function openInWechatPage(slots: Slots<"open-in-wechat">, texts: Texts): Page {
  return unsupportedClientPage("phone", texts.openInWechat, slots, texts);
}

/** For a desktop browser where only an Official Account is configured: the phone signs in, at the link of the QR code. */
export function scanWithPhonePage(slots: Slots<"scan-with-phone">, texts: Texts): Page {
  const { scanWithPhone } = texts;
  const qr = html`<figure class="qr">
<div class="qr-code" role="img" aria-label="${scanWithPhone.qrLabel}">${slots.qr}</div>
<figcaption>${scanWithPhone.qrHint}</figcaption>
</figure>`;
  return {
    ...unsupportedClientPage("phone", scanWithPhone, slots, texts, qr),
    layout: "message-page scannable",
  };
}

/** For WeChat itself where only a website app is configured: its QR code must be on another screen. */
export function openOnDesktopPage(slots: Slots<"open-on-desktop">, texts: Texts): Page {
  return unsupportedClientPage("desktop", texts.openOnDesktop, slots, texts);
}

export function wecomPage(slots: Slots<"wecom">, texts: Texts): Page {
  return unsupportedClientPage("briefcase", texts.wecom, slots, texts);
}

export function miniProgramPage(slots: Slots<"mini-program">, texts: Texts): Page {
  return unsupportedClientPage("blocks", texts.miniProgram, slots, texts);
}

// Without the script the copy button stays hidden; one tap still selects the whole link.
function unsupportedClientPage(
  icon: IconName,
  message: Message & { readonly anyway: string },
  slots: Slots<"wecom">,
  texts: Texts,
  qr: Html = html``,
): Page {
  const { title, sentence, anyway } = message;
  return {
    title,
    description: sentence,
    layout: "message-page",
    main: messageMain({
      icon,
      tone: "welcome",
      title,
      sentence,
      details: html`<p class="link"><span class="label">${texts.linkLabel}</span><code id="link" dir="ltr">${slots.link}</code></p>`,
      actions: html`${copyButton("link", texts.copy.link, "button primary", texts)}
<a class="quiet" href="${slots.anyway}">${anyway}</a>`,
      after: qr,
    }),
  };
}
