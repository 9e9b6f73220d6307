// A short message at the foot of the page, announced by screen readers.

const toast = /** @type {HTMLElement} */ (document.getElementById("toast"));
let timer = 0;

/** @param {string} words @param {{ stays?: boolean, bad?: boolean }} [how] */
export function showToast(words, { stays = false, bad = false } = {}) {
  clearTimeout(timer);
  toast.textContent = words;
  toast.classList.toggle("bad", bad);
  if (!stays) timer = setTimeout(hideToast, bad ? 8000 : 4000);
}

export function hideToast() {
  toast.textContent = "";
}
