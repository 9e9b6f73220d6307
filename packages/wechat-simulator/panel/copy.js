// Copy buttons: each carries in `data-copy` what it copies.
import { say } from "./toast.js";

export function startCopying() {
  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.getAttribute("data-copy") ?? "");
    } catch {
      return; // not allowed here: what there is to copy stands on the page and can be selected
    }
    say(document.body.dataset.copied ?? "");
  });
}
