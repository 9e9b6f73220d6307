// One short sentence at the foot of the page, read out to whoever does not see it.

const toast = /** @type {HTMLElement} */ (document.getElementById("toast"));
let timer = 0;

/** @param {string} words @param {{ stays?: boolean, bad?: boolean }} [how] */
export function say(words, { stays = false, bad = false } = {}) {
  clearTimeout(timer);
  toast.textContent = words;
  toast.classList.toggle("bad", bad);
  if (!stays) timer = setTimeout(hush, bad ? 8000 : 4000);
}

export function hush() {
  toast.textContent = "";
}
