import type { Texts } from "../texts/texts.js";
import type { Page } from "./document.js";
import { html } from "./html.js";
import { messageMain, redirectActions } from "./message.js";
import type { Slots } from "./slots.js";

/** The page at `/login/account` for a person who is not signed in. */
export function homePage(slots: Slots<"home">, texts: Texts): Page {
  const { title, sentence } = texts.home;
  return {
    title,
    description: sentence,
    layout: "message-page",
    main: messageMain({
      icon: "bubble",
      tone: "welcome",
      title,
      sentence,
      actions: redirectActions(slots.start, texts.signIn, texts),
    }),
  };
}

/** At `/login/account` after a sign-out: the next sign-in starts only when the person taps. */
export function signedOutPage(slots: Slots<"signed-out">, texts: Texts): Page {
  const { title, sentence } = texts.signedOut;
  return {
    title,
    description: sentence,
    layout: "message-page",
    main: messageMain({
      icon: "door",
      tone: "plain",
      title,
      sentence,
      actions: redirectActions(slots.start, texts.signIn, texts),
    }),
  };
}

/** Answers the form that deleted the account. */
export function accountDeletedPage(slots: Slots<"account-deleted">, texts: Texts): Page {
  const { title, sentence } = texts.accountDeleted;
  const actions = html`<a class="button secondary" href="${slots.home}">${texts.accountDeleted.action}</a>`;
  return {
    title,
    description: sentence,
    layout: "message-page",
    main: messageMain({ icon: "check", tone: "plain", title, sentence, actions }),
  };
}
