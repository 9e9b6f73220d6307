// Copy buttons: `data-copy` is the text to copy.
import { showToast } from "./toast.js";

export function startCopying() {
  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.getAttribute("data-copy") ?? "");
    } catch {
      return; // not permitted: the text is on the page and can be selected
    }
    showToast(document.body.dataset.copied ?? "");
  });
}
