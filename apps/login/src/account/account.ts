import { api } from "./client.js";
import { showPanel } from "./panel.js";
import { bindingRow, type RowContext, sessionRow } from "./rows.js";
import { startSignOut } from "./sign-out.js";
import { accountTextsOf } from "./texts.js";

/** The account page: the WeChat accounts bound to this person, their sessions, and the sign-out buttons. */
export function startAccount(main: HTMLElement): void {
  const language = document.documentElement.lang;
  const texts = accountTextsOf[language.startsWith("zh") ? "zh" : "en"];
  const context: RowContext = { texts, language, now: new Date() };
  const { endSession } = startSignOut(main, texts);

  void showPanel({
    section: sectionOf(main, "bindings"),
    texts,
    empty: texts.noBindings,
    load: () => api.bindings.list.query(),
    row: (binding) => bindingRow(binding, context),
  });
  void showPanel({
    section: sectionOf(main, "sessions"),
    texts,
    empty: texts.noSessions,
    load: () => api.session.list.query(),
    row: (session) => sessionRow(session, context, (row) => endSession(session.id, row)),
  });
}

function sectionOf(main: HTMLElement, name: "bindings" | "sessions"): HTMLElement {
  const section = main.querySelector<HTMLElement>(`[data-panel="${name}"]`);
  if (!section) throw new Error(`The account page has no panel for ${name}.`);
  return section;
}
