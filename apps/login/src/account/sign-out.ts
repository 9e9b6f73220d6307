import { api, isGone, isSignedOut } from "./client.js";
import type { AccountTexts } from "./texts.js";

/** The server shows the page for people who are not signed in there, which starts no sign-in by itself. */
const signedOutPath = "/login/account";

/** Wires up the sign-out buttons. A session is ended by a mutation and not by a link, which could be prefetched. */
export function startSignOut(
  main: HTMLElement,
  texts: AccountTexts,
): { readonly endSession: (id: string, row: HTMLElement) => void } {
  const find = (name: string) => main.querySelector<HTMLElement>(`[data-${name}]`);
  const problem = find("problem");
  const everywhere = find("sign-out-everywhere");
  const confirm = find("confirm");

  /** Runs one mutation at a time: all buttons are disabled until it has finished. */
  const mutate = async (run: () => Promise<unknown>, onSuccess: () => void) => {
    const buttons = [...main.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    problem?.replaceChildren();
    try {
      await run();
      onSuccess();
    } catch (error) {
      // Another tab or device signed this browser out already, which is the result the person wanted.
      if (isSignedOut(error)) leave();
      else problem?.replaceChildren(texts.changeFailed);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  };
  // replace() keeps the account page out of the history, so that "back" does not show it after the sign-out.
  const leave = () => location.replace(signedOutPath);
  const askToConfirm = (asking: boolean) => {
    if (confirm) confirm.hidden = !asking;
    if (everywhere) everywhere.hidden = asking;
    if (asking) find("cancel")?.focus();
    else everywhere?.focus();
  };

  for (const name of ["sign-out", "sign-out-everywhere"]) find(name)?.removeAttribute("hidden");
  find("sign-out")?.addEventListener("click", () => void mutate(() => api.session.signOut.mutate(), leave));
  everywhere?.addEventListener("click", () => askToConfirm(true));
  find("cancel")?.addEventListener("click", () => askToConfirm(false));
  find("confirmed")?.addEventListener(
    "click",
    () => void mutate(() => api.session.signOutEverywhere.mutate(), leave),
  );

  return {
    endSession: (id, row) =>
      void mutate(
        () =>
          api.session.revoke.mutate({ id }).catch((error: unknown) => {
            if (!isGone(error)) throw error; // another device ended it in the meantime
          }),
        () => {
          row.remove();
          // The focused button is gone with its row; keyboard focus moves to the list's heading.
          document.getElementById("sessions")?.focus();
        },
      ),
  };
}
