// Submits the page's forms without leaving the page. Without this script they redirect back to it.
import { refresh } from "./live.js";
import { showToast } from "./toast.js";

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
  // With scripts a switch has no button: choosing submits it.
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
      showToast(page.querySelector("#problem p")?.textContent ?? response.statusText, { bad: true });
      return;
    }
    const target = new URL(response.url);
    if (target.pathname !== location.pathname) {
      location.href = target.href;
      return;
    }
    form.removeAttribute("data-dirty");
    if (!form.matches(".switch")) form.reset();
    showToast(page.querySelector("#flash")?.textContent?.trim() ?? "");
    await refresh();
  } catch {
    showToast(document.body.dataset.offline ?? "", { bad: true });
  }
}
