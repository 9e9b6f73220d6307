import type { ConsentMessage, Texts } from "../texts/texts.js";
import type { Page } from "./document.js";
import { html } from "./html.js";
import { type IconName, icon } from "./icons.js";
import { messageMain, redirectActions } from "./message.js";
import { type Slots, site } from "./slots.js";

/**
 * What is asked and why, before WeChat's own consent page: WeChat shows its snapshot page when consent is requested without
 * a tap. A person who is known already is signed in, whether they tap or not.
 */
export function consentPage(
  [pageIcon, ...pointIcons]: readonly [page: IconName, first: IconName, second: IconName],
  message: ConsentMessage,
  slots: Slots<"profile">,
  texts: Texts,
): Page {
  const { title, sentence, points } = message;
  return {
    title,
    description: sentence,
    layout: "message-page",
    main: messageMain({
      icon: pageIcon,
      tone: "welcome",
      title,
      sentence,
      details: html`<ul class="points">
${points.map(
  (
    point,
    n,
  ) => html`<li>${icon(pointIcons[n] ?? "check")}<div><strong>${point.title}</strong><p>${point.sentence}</p></div></li>
`,
)}</ul>`,
      actions: html`<p class="agreement"><a class="optional" href="${site.privacy}">${texts.agreement} <span class="version" data-label="${texts.noticeVersion}">${slots.version}</span></a></p>
${redirectActions(
  slots.continue,
  message.continue,
  texts,
  html`<a class="quiet" href="${slots.cancel}">${message.cancel}</a>`,
)}`,
    }),
  };
}
