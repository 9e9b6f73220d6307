import { api, isGone, isSignedOut } from "./client.js";
import type { AccountTexts } from "./texts.js";

/** Where a sign-out ends: a page that starts nothing by itself. */
const signedOutPath = "/?signed_out=1";

/** Wires the sign-out buttons. Ending a session is always a mutation by this page, never a link. */
export function startSignOut(
  main: HTMLElement,
  texts: AccountTexts,
): { readonly endSession: (id: string, row: HTMLElement) => void } {
  const find = (name: string) => main.querySelector<HTMLElement>(`[data-${name}]`);
  const problem = find("problem");
  const everywhere = find("sign-out-everywhere");
  const confirm = find("confirm");

  /** Runs one change at a time: every button sleeps until it is through. */
  const change = async (run: () => Promise<unknown>, then: () => void) => {
    const buttons = [...main.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    problem?.replaceChildren();
    try {
      await run();
      then();
    } catch (error) {
      // Signed out already, from another tab or device: that is what was asked for.
      if (isSignedOut(error)) leave();
      else problem?.replaceChildren(texts.changeFailed);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  };
  // replace(), so that "back" does not show a page of somebody who is signed out.
  const leave = () => location.replace(signedOutPath);
  const ask = (asking: boolean) => {
    if (confirm) confirm.hidden = !asking;
    if (everywhere) everywhere.hidden = asking;
    if (asking) find("cancel")?.focus();
    else everywhere?.focus();
  };

  for (const name of ["sign-out", "sign-out-everywhere"]) find(name)?.removeAttribute("hidden");
  find("sign-out")?.addEventListener("click", () => void change(() => api.session.signOut.mutate(), leave));
  everywhere?.addEventListener("click", () => ask(true));
  find("cancel")?.addEventListener("click", () => ask(false));
  find("confirmed")?.addEventListener(
    "click",
    () => void change(() => api.session.signOutEverywhere.mutate(), leave),
  );

  return {
    endSession: (id, row) =>
      void change(
        () =>
          api.session.revoke.mutate({ id }).catch((error: unknown) => {
            if (!isGone(error)) throw error; // ended from another device meanwhile: as wished
          }),
        () => {
          row.remove();
          // The button that had the focus is gone; the keyboard goes on from the list's heading.
          document.getElementById("sessions")?.focus();
        },
      ),
  };
}
