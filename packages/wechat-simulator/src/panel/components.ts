import { type Html, type HtmlValue, html } from "../pages/html.js";
import type { Translate } from "./panel.js";

// Small pieces that several pages share.

/** A form that returns to the page it stands on. */
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

/** Something to copy: all of it can be selected without a script, and the script adds the button. */
export function copyable(t: Translate, value: string, label: string, shown: string = value): Html {
  return html`<span class="copyable"><code title="${value}">${shown}</code><button type="button" class="copy" data-copy="${value}" aria-label="${t("Copy", "复制")} ${label}"></button></span>`;
}

/** The two ends of something too long for its place. */
export function middleCut(text: string, kept = 8): string {
  return text.length > 2 * kept + 1 ? `${text.slice(0, kept)}…${text.slice(-kept)}` : text;
}

export type Tone = "good" | "bad" | "warn" | "calm";

export function tag(text: string, tone: Tone = "calm"): Html {
  return html`<span class="tag ${tone}">${text}</span>`;
}

/** The head of a page: its name, and what it is for. */
export function head(title: string, about: string, ...beside: HtmlValue[]): Html {
  return html`<header class="page-head"><div><h1>${title}</h1><p class="soft">${about}</p></div>${
    beside.length > 0 && html`<div class="beside">${beside}</div>`
  }</header>`;
}

/** What stands in place of a list that has nothing to show: that it is empty, and what to do or to know about it. */
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

/** A choice of few, all in sight. */
export function segments(legend: string, name: string, choices: readonly Choice[], selected: string): Html {
  return html`<fieldset class="segments"><legend class="unseen">${legend}</legend>${choices.map(
    ({ value, text }) =>
      html`<label><input type="radio" name="${name}" value="${value}"${value === selected && html` checked`}><span>${text}</span></label>`,
  )}</fieldset>`;
}
