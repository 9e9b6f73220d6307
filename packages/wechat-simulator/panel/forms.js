// Sends the page's forms without leaving the page. Without this script they work, too, and come back to it.
import { refresh } from "./live.js";
import { say } from "./toast.js";

export function startForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    event.preventDefault();
    send(form, event.submitter);
  });
  document.addEventListener("input", (event) => {
    if (event.target instanceof Element) event.target.closest("form")?.setAttribute("data-dirty", "");
  });
  // A switch has no button of its own here: to choose is to set it.
  document.addEventListener("change", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form.switch") : null;
    if (form instanceof HTMLFormElement) form.requestSubmit();
  });
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter */
async function send(form, submitter) {
  const fields = new URLSearchParams(/** @type {any} */ (new FormData(form, submitter)));
  try {
    const response = await fetch(form.action, { method: "POST", body: fields });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok) {
      say(page.querySelector("#problem p")?.textContent ?? response.statusText, { bad: true });
      return;
    }
    const target = new URL(response.url);
    if (target.pathname !== location.pathname) {
      location.href = target.href;
      return;
    }
    form.removeAttribute("data-dirty");
    if (!form.matches(".switch")) form.reset();
    say(page.querySelector("#flash")?.textContent?.trim() ?? "");
    await refresh();
  } catch {
    say(document.body.dataset.offline ?? "", { bad: true });
  }
}
