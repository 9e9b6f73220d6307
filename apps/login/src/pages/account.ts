import type { Texts } from "../texts/texts.js";
import type { Page } from "./document.js";
import { html } from "./html.js";
import { icon } from "./icons.js";
import type { Slots } from "./slots.js";

/** At `/login/account` when signed in. The server fills in the person; the lists and the sign-out buttons need the script. */
export function accountPage(slots: Slots<"account">, texts: Texts): Page {
  const { account } = texts;
  return {
    title: account.title,
    description: account.description,
    layout: "list-page",
    main: html`<main data-account>
<header class="person">
<div class="avatar">${icon("person")}<img src="${slots.avatar}" alt="" width="64" height="64" referrerpolicy="no-referrer"></div>
<div class="person-text">
<h1><bdi data-fallback="${account.unnamedPerson}">${slots.nickname}</bdi></h1>
<p class="signed-in">${icon("check")}${account.signedIn}</p>
</div>
<form method="post" action="${slots.refreshProfile}"><button class="quiet">${account.refreshProfile}</button></form>
</header>
<div class="notices" data-notice="${slots.notice}" role="status">
${Object.entries(account.notices).map(
  ([name, text]) => html`<p class="notice ${name}">${text}</p>
`,
)}<a class="quiet profile-not-allowed" href="${slots.showProfile}">${account.showProfile}</a>
</div>
<noscript><p class="notice">${account.withoutScript}</p></noscript>
<section aria-labelledby="bindings" data-panel="bindings" hidden>
<h2 id="bindings">${account.bindings}</h2>
<div class="group"></div>
</section>
<section aria-labelledby="sessions" data-panel="sessions" hidden>
<h2 id="sessions" tabindex="-1">${account.sessions}</h2>
<div class="group"></div>
</section>
<div class="account-actions">
<p class="notice" role="alert" data-problem></p>
<button type="button" class="button secondary" data-sign-out hidden>${account.signOut}</button>
<button type="button" class="button danger" data-sign-out-everywhere hidden>${account.signOutEverywhere}</button>
<div class="confirm" role="group" aria-labelledby="everywhere" data-confirm hidden>
<p id="everywhere">${account.signOutEverywhereQuestion}</p>
<button type="button" class="button secondary" data-cancel>${account.signOutEverywhereCancel}</button>
<button type="button" class="button danger" data-confirmed>${account.signOutEverywhereConfirm}</button>
</div>
<a class="quiet optional" href="${slots.switch}">${account.switch}</a>
</div>
</main>`,
  };
}
