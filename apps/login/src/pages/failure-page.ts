import type { FailurePageName } from "api/pages";
import { accountPath } from "../base.js";
import type { Texts } from "../texts/texts.js";
import type { Page } from "./document.js";
import { type Html, html } from "./html.js";
import type { IconName } from "./icons.js";
import { copyButton, messageMain, redirectActions, type Tone } from "./message.js";
import type { Slots } from "./slots.js";

type Appearance = {
  readonly icon: IconName;
  readonly tone: Tone;
  /**
   * What the main action does: it redirects to WeChat and shows its progress, opens a page of this site, or copies the
   * number for the site's support, where a new attempt alone does not help. To another account: it redirects to WeChat, and
   * there is a way back to the person's own.
   */
  readonly leadsTo: "wechat" | "site" | "support" | "other-account";
  /** Where the second way leads, if it is not this site: back to the host application that made the link. */
  readonly back?: "host";
};

const appearanceOf: { readonly [page in FailurePageName]: Appearance } = {
  refused: { icon: "back", tone: "plain", leadsTo: "wechat" },
  expired: { icon: "clock", tone: "wait", leadsTo: "wechat" },
  used: { icon: "check", tone: "plain", leadsTo: "wechat" },
  snapshot: { icon: "frame", tone: "plain", leadsTo: "wechat" },
  "wrong-browser": { icon: "windows", tone: "plain", leadsTo: "wechat" },
  "invalid-callback": { icon: "link", tone: "plain", leadsTo: "wechat" },
  "invalid-host-link": { icon: "link", tone: "failed", leadsTo: "support" },
  "code-rejected": { icon: "clock", tone: "wait", leadsTo: "wechat" },
  "wechat-unavailable": { icon: "cloud", tone: "wait", leadsTo: "wechat" },
  "sign-in-failed": { icon: "wrench", tone: "failed", leadsTo: "support" },
  "not-allowed": { icon: "lock", tone: "wait", leadsTo: "wechat" },
  blocked: { icon: "lock", tone: "failed", leadsTo: "support" },
  "too-many-requests": { icon: "clock", tone: "wait", leadsTo: "site" },
  "not-found": { icon: "search", tone: "plain", leadsTo: "site" },
  "server-error": { icon: "alert", tone: "failed", leadsTo: "site" },
  busy: { icon: "clock", tone: "wait", leadsTo: "site" },
  "bind-refused": { icon: "back", tone: "plain", leadsTo: "site" },
  "bind-expired": { icon: "clock", tone: "wait", leadsTo: "site" },
  "bind-snapshot": { icon: "frame", tone: "plain", leadsTo: "site" },
  "bind-unavailable": { icon: "cloud", tone: "wait", leadsTo: "site" },
  "bind-failed": { icon: "wrench", tone: "failed", leadsTo: "support" },
  "bind-not-allowed": { icon: "lock", tone: "wait", leadsTo: "site" },
  "bind-blocked": { icon: "lock", tone: "failed", leadsTo: "support" },
  "bound-elsewhere": { icon: "person", tone: "plain", leadsTo: "other-account" },
  "session-changed": { icon: "door", tone: "plain", leadsTo: "site" },
  "link-refused": { icon: "back", tone: "plain", leadsTo: "site", back: "host" },
  "link-retry": { icon: "clock", tone: "wait", leadsTo: "site", back: "host" },
  "link-snapshot": { icon: "frame", tone: "plain", leadsTo: "site", back: "host" },
  "link-unavailable": { icon: "cloud", tone: "wait", leadsTo: "site", back: "host" },
  "link-failed": { icon: "wrench", tone: "failed", leadsTo: "support" },
  "link-not-allowed": { icon: "lock", tone: "wait", leadsTo: "site", back: "host" },
  "link-blocked": { icon: "lock", tone: "failed", leadsTo: "support" },
  "link-bound-elsewhere": { icon: "person", tone: "plain", leadsTo: "other-account", back: "host" },
  "link-expired": { icon: "clock", tone: "wait", leadsTo: "site" },
};

/** Why a sign-in or a request failed, with one main action. */
export function failurePage(name: FailurePageName, slots: Slots<FailurePageName>, texts: Texts): Page {
  const { title, sentence } = texts.failures[name];
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
      actions: actionsOf(name, slots, texts),
      after: requestDetails(slots, texts, leadsTo === "support" ? html`` : copyNumber("quiet", texts)),
    }),
  };
}

function actionsOf(name: FailurePageName, { retry, back }: Slots<FailurePageName>, texts: Texts): Html {
  const { action } = texts.failures[name];
  const { leadsTo, back: backTo } = appearanceOf[name];
  const toHost = html`<a class="quiet" href="${back}">${texts.backToHost}</a>`;
  switch (leadsTo) {
    case "wechat":
      return redirectActions(retry, action, texts);
    case "other-account":
      return redirectActions(
        retry,
        action,
        texts,
        backTo === "host" ? toHost : html`<a class="quiet" href="${accountPath}">${texts.backToAccount}</a>`,
      );
    case "site":
      return html`<a class="button primary" href="${retry}">${action}</a>
${backTo === "host" ? toHost : html``}`;
    case "support":
      return html`${copyNumber("button primary", texts)}
<a class="quiet optional" href="${retry}">${action}</a>`;
  }
}

const copyNumber = (className: string, texts: Texts) =>
  copyButton("number", texts.copy.number, className, texts);

/**
 * What a person can quote to support: WeChat's errcode, if there is one, and the request number, which finds this
 * sign-in in the operators' console. CSS generates the labels, so that an empty value hides its label and a selection
 * holds the bare number.
 */
function requestDetails(slots: Slots<FailurePageName>, texts: Texts, copy: Html): Html {
  return html`<p class="request-details">
<span class="errcode" data-label="errcode">${slots.errcode}</span>
<span class="number" id="number" data-label="${texts.numberLabel}">${slots.number}</span>
${copy}
</p>`;
}
