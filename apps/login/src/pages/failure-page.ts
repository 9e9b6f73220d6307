import type { FailurePageName } from "api/pages";
import type { Texts } from "../texts/texts.js";
import type { Page } from "./document.js";
import { type Html, html } from "./html.js";
import type { IconName } from "./icons.js";
import { copyButton, messageMain, redirectActions, type Tone } from "./message.js";
import type { Slots } from "./slots.js";

type Appearance = {
  readonly icon: IconName;
  readonly tone: Tone;
  /** Whether the main action starts a sign-in, so that it waits for WeChat, or only opens a page of ours. */
  readonly leadsTo: "wechat" | "us";
};

const appearanceOf: { readonly [ending in FailurePageName]: Appearance } = {
  refused: { icon: "back", tone: "plain", leadsTo: "wechat" },
  expired: { icon: "clock", tone: "wait", leadsTo: "wechat" },
  used: { icon: "check", tone: "plain", leadsTo: "wechat" },
  snapshot: { icon: "frame", tone: "plain", leadsTo: "wechat" },
  "wrong-browser": { icon: "windows", tone: "plain", leadsTo: "wechat" },
  "invalid-callback": { icon: "link", tone: "plain", leadsTo: "wechat" },
  "code-rejected": { icon: "clock", tone: "wait", leadsTo: "wechat" },
  "wechat-unavailable": { icon: "cloud", tone: "wait", leadsTo: "wechat" },
  "sign-in-failed": { icon: "wrench", tone: "failed", leadsTo: "wechat" },
  blocked: { icon: "lock", tone: "failed", leadsTo: "wechat" },
  "too-many-requests": { icon: "clock", tone: "wait", leadsTo: "us" },
  "not-found": { icon: "search", tone: "plain", leadsTo: "us" },
  "server-error": { icon: "alert", tone: "failed", leadsTo: "us" },
  busy: { icon: "clock", tone: "wait", leadsTo: "us" },
};

/** How a journey ended, in plain words, with one thing to do next. */
export function failurePage(name: FailurePageName, slots: Slots<FailurePageName>, texts: Texts): Page {
  const { title, sentence, action } = texts.failures[name];
  const { icon, tone, leadsTo } = appearanceOf[name];
  return {
    title,
    description: sentence,
    layout: "message-page",
    self: slots.self,
    main: messageMain({
      icon,
      tone,
      title,
      sentence,
      actions:
        leadsTo === "wechat"
          ? redirectActions(slots.retry, action, texts)
          : html`<a class="button primary" href="${slots.retry}">${action}</a>`,
      after: requestDetails(slots, texts),
    }),
  };
}

/**
 * What a person can quote: WeChat's errcode, if there is one, and our request number, which opens
 * this very sign-in in the operators' console. The labels are generated content, so that an empty
 * value takes its label with it and a selection holds the bare number.
 */
function requestDetails(slots: Slots<FailurePageName>, texts: Texts): Html {
  return html`<p class="request-details">
<span class="errcode" data-label="errcode">${slots.errcode}</span>
<span class="number" id="number" data-label="${texts.numberLabel}">${slots.number}</span>
${copyButton("number", texts.copy.number, "quiet", texts)}
</p>`;
}
