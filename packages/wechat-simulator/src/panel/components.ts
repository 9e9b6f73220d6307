import { type Html, type HtmlValue, html } from "../pages/html.js";
import type { Translate } from "./panel.js";

// Components that several pages share.

/** A form that redirects back to its own page. */
export function form(
  { action, back, className }: { action: string; back: string; className?: string },
  ...content: HtmlValue[]
): Html {
  return html`<form method="post" action="/_simulator/forms/${action}"${className !== undefined && html` class="${className}"`}>
<input type="hidden" name="back" value="${back}">${content}</form>`;
}

export function hidden(name: string, value: string | number): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

/** A value to copy. It can be selected without a script; the script adds the button. */
export function copyable(t: Translate, value: string, label: string, shown: string = value): Html {
  return html`<span class="copyable"><code title="${value}">${shown}</code><button type="button" class="copy" data-copy="${value}" aria-label="${t("Copy", "复制")} ${label}"></button></span>`;
}

/** The start and end of a long text. */
export function middleCut(text: string, kept = 8): string {
  return text.length > 2 * kept + 1 ? `${text.slice(0, kept)}…${text.slice(-kept)}` : text;
}

export type Tone = "good" | "bad" | "warn" | "calm";

export function tag(text: string, tone: Tone = "calm"): Html {
  return html`<span class="tag ${tone}">${text}</span>`;
}

/** The head of a page: title and purpose. */
export function head(title: string, about: string, ...beside: HtmlValue[]): Html {
  return html`<header class="page-head"><div><h1>${title}</h1><p class="soft">${about}</p></div>${
    beside.length > 0 && html`<div class="beside">${beside}</div>`
  }</header>`;
}

/** Replaces an empty list: says that it is empty, and what to do. */
export function empty(title: string, ...advice: [HtmlValue, ...HtmlValue[]]): Html {
  return html`<div class="empty"><p><strong>${title}</strong></p>${advice}</div>`;
}

export interface Choice {
  value: string;
  text: string;
}

export function options(choices: readonly Choice[], selected?: string): Html {
  return html`${choices.map(
    ({ value, text }) =>
      html`<option value="${value}"${value === selected && html` selected`}>${text}</option>`,
  )}`;
}

/** A choice of few options, all visible. */
export function segments(legend: string, name: string, choices: readonly Choice[], selected: string): Html {
  return html`<fieldset class="segments"><legend class="unseen">${legend}</legend>${choices.map(
    ({ value, text }) =>
      html`<label><input type="radio" name="${name}" value="${value}"${value === selected && html` checked`}><span>${text}</span></label>`,
  )}</fieldset>`;
}
