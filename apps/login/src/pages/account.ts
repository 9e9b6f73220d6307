import { accountPath } from "../base.js";
import type { Texts } from "../texts/texts.js";
import type { Page } from "./document.js";
import { type Html, html } from "./html.js";
import { icon } from "./icons.js";
import { choose, each, type Slots } from "./slots.js";

type AccountTexts = Texts["account"];

/** At `/login/account` when signed in: plain forms, each of which leads back to it. */
export function accountPage(slots: Slots<"account">, texts: Texts): Page {
  const { account } = texts;
  return {
    title: account.title,
    description: account.description,
    layout: "list-page",
    // Without what has just happened, which a reload would repeat.
    self: html`${accountPath}`,
    main: html`<main>
<header class="person">
<div class="avatar">${icon("person")}<img src="${slots.avatar}" alt="" width="64" height="64" referrerpolicy="no-referrer"></div>
<div class="person-text">
<h1>${choose(slots.isNamed, { yes: html`<bdi>${slots.nickname}</bdi>`, no: account.unnamedPerson })}</h1>
<p class="signed-in">${icon("check")}${account.signedIn}</p>
</div>
<form method="post" action="${slots.refreshProfile}"><button class="quiet">${account.refreshProfile}</button></form>
</header>
${noticesOf(slots.notice, account, slots.showProfile)}
<section aria-labelledby="bindings">
<h2 id="bindings">${account.bindings}</h2>
<ul class="group">
${bindingRows(account)}
${appRows(account)}
</ul>
</section>
<section aria-labelledby="sessions">
<h2 id="sessions">${account.sessions}</h2>
<ul class="group">
${sessionRows(account)}
</ul>
</section>
<section aria-labelledby="actions">
<h2 id="actions">${account.actions}</h2>
<ul class="group">
${each("account", "otherAccounts", ({ start }) => html`<li><a class="row-action" href="${start}">${account.switch}</a></li>`)}
<li><a class="row-action" href="${slots.data}" download>${account.download}</a></li>
<li>${postForm(slots.signOut, html`<button class="row-action">${account.signOut}</button>`)}</li>
<li><details>
<summary class="row-action danger">${account.signOutEverywhere}</summary>
${confirmation(account.signOutEverywhereQuestion, slots.signOutEverywhere, account.signOutEverywhereConfirm)}
</details></li>
<li><details>
<summary class="row-action danger">${account.delete}</summary>
${confirmation(account.deleteQuestion, slots.deleteAccount, account.deleteConfirm, account.deleteKept)}
</details></li>
</ul>
</section>
</main>`,
  };
}

/** What went as asked is marked as done. */
const doneNotices: readonly string[] = [
  "added",
  "already-added",
  "removed",
  "session-ended",
  "profile-updated",
];

function noticesOf(notice: Html, { notices, showProfile }: AccountTexts, showProfileUrl: Html): Html[] {
  return choose(
    notice,
    Object.fromEntries(
      Object.entries(notices).map(([name, text]) => {
        const className = doneNotices.includes(name) ? "notice done" : "notice";
        const link =
          name === "profile-not-allowed" ? html` <a href="${showProfileUrl}">${showProfile}</a>` : html``;
        return [name, html`<p class="${className}" role="status">${text}${link}</p>`];
      }),
    ),
  );
}

function bindingRows(account: AccountTexts): Html {
  return each("account", "bindings", (row) => {
    const kind = choose(row.kind, {
      official_account: html`<bdi>${row.app}</bdi> · ${account.kinds.official_account}`,
      website: html`<bdi>${row.app}</bdi> · ${account.kinds.website}`,
      gone: account.appIsGone,
    });
    const about = (note: Html) => html`<span class="row-icon">${icon("bubble")}</span>
<span class="row-text">
<bdi class="row-title" id="${row.id}" data-fallback="${account.unnamedBinding}">${row.nickname}</bdi>
<span class="row-detail">${kind}</span>
<span class="row-detail facts"><span>${account.boundOn}<time datetime="${row.boundAt}" data-local-date>${row.boundOn}</time></span> <span>${account.lastUsed}<time datetime="${row.usedAt}">${row.used}</time></span></span>
${note}</span>`;
    return html`<li>${choose(row.isOnly, {
      yes: html`<div class="row">${about(html`<span class="row-detail">${account.onlyBinding}</span>`)}</div>`,
      no: html`<details>
<summary class="row">${about(html``)}
<span class="small danger"><span class="when-closed">${account.remove}</span><span class="when-open">${account.cancel}</span></span></summary>
${confirmation(account.removeQuestion, row.remove, account.removeConfirm)}
</details>`,
    })}</li>`;
  });
}

function appRows({ kinds, add }: AccountTexts): Html {
  return each(
    "account",
    "apps",
    (row) => html`<li><form class="row" method="post" action="${row.add}">
<span class="row-icon">${icon("plus")}</span>
<span class="row-text">
<bdi class="row-title" id="${row.id}">${row.name}</bdi>
<span class="row-detail">${choose(row.kind, kinds)}</span>
</span>
<button class="small" aria-describedby="${row.id}">${add}</button>
</form></li>`,
  );
}

// The makers' own spelling, the same in both languages.
const platformNames = {
  ios: " · iOS",
  android: " · Android",
  harmony: " · HarmonyOS",
  windows: " · Windows",
  mac: " · Mac",
};

function sessionRows(account: AccountTexts): Html {
  return each("account", "sessions", (row) => {
    const current = choose(row.isCurrent, {
      yes: html` <span class="badge">${account.thisBrowser}</span>`,
    });
    const end = choose(row.isCurrent, {
      no: html`<button class="small danger" aria-describedby="${row.id}">${account.endSession}</button>`,
    });
    return html`<li><form class="row" method="post" action="${row.end}">
<span class="row-icon">${choose(row.form, { phone: icon("phone"), desktop: icon("desktop") })}</span>
<span class="row-text">
<span class="row-title" id="${row.id}">${choose(row.client, account.clients)}${choose(row.platform, platformNames)}${current}</span>
<span class="row-detail">${account.lastUsed}<time datetime="${row.seenAt}">${row.seen}</time></span>
</span>
${end}
</form></li>`;
  });
}

/** What opens on the first tap: what will happen, and the button that does it. */
const confirmation = (question: string, action: Html, confirm: string, note?: string): Html =>
  html`<div class="confirm">
<div><p>${question}</p>${note === undefined ? html`` : html`<p>${note}</p>`}</div>
${postForm(action, html`<button class="small danger">${confirm}</button>`)}
</div>`;

const postForm = (action: Html, content: Html): Html =>
  html`<form method="post" action="${action}">${content}</form>`;
