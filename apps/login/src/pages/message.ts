import type { Texts } from "../texts/texts.js";
import { type Html, html } from "./html.js";
import { type IconName, icon } from "./icons.js";

/** The color of the icon: an invitation, a neutral fact, a request to wait, a failure. */
export type Tone = "welcome" | "plain" | "wait" | "failed";

export type MessageParts = {
  readonly icon: IconName;
  readonly tone: Tone;
  readonly title: string;
  readonly sentence: string;
  /** Between the sentence and the actions. */
  readonly details?: Html;
  readonly actions: Html;
  /** Below the actions: small print, or an alternative. */
  readonly after?: Html;
};

/** The layout of WeUI's message page: icon, title and sentence, with the actions within reach of the thumb. */
export function messageMain(parts: MessageParts): Html {
  return html`<main>
<div class="message">
<div class="icon ${parts.tone}">${icon(parts.icon)}</div>
<h1>${parts.title}</h1>
<p class="sentence">${clausesOf(parts.sentence)}</p>
${parts.details ?? html``}
</div>
<div class="actions">
${parts.actions}
</div>
${parts.after ?? html``}
</main>`;
}

/** Chinese has no spaces, so a browser would break its lines anywhere, even within a word. */
function clausesOf(sentence: string): Html[] {
  return sentence.split(/(?<=[，。？])/).map((clause) => html`<span class="clause">${clause}</span>`);
}

/** A main action that redirects to WeChat: the script shows a spinner and, after a while, a link to try again. */
export function redirectActions(
  href: Html,
  label: string,
  { redirecting }: Texts,
  secondaryAction = html``,
): Html {
  return html`<a class="button primary" href="${href}" data-redirects data-busy="${redirecting.busy}">${label}</a>
${secondaryAction}
<p class="slow" role="status" data-slow="${redirecting.slow}" data-retry="${redirecting.retry}"></p>`;
}

export function copyButton(sourceId: string, label: string, className: string, { copy }: Texts): Html {
  return html`<button type="button" class="${className}" data-copy-source="${sourceId}" data-done="${copy.done}" data-selected="${copy.selected}" hidden>${label}</button>`;
}
