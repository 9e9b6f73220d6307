const feedbackMs = 2000;

/** Buttons that copy the text of another element: `data-copy-source` names its id. */
export function startCopying(document: Document): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-copy-source]")) {
    const source = document.getElementById(button.dataset.copySource ?? "");
    if (!source?.textContent) continue; // nothing to copy: the button stays hidden
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    const copyIt = copyOnTap(button, source);
    button.addEventListener("click", copyIt);
    // The text itself is the larger target; the keyboard has the button.
    source.addEventListener("click", copyIt);
  }
}

function copyOnTap(button: HTMLElement, source: HTMLElement): () => void {
  const label = button.textContent ?? "";
  const { done = "", selected = "" } = button.dataset;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return async () => {
    const copied = await copyText(source);
    button.textContent = copied ? done : selected;
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = label;
    }, feedbackMs);
  };
}

/** @returns false when the browser allowed neither way; the text then stands selected. */
async function copyText(source: HTMLElement): Promise<boolean> {
  try {
    // Absent on plain http, refused in some web-views.
    await navigator.clipboard.writeText(source.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(source);
    // Deprecated, and the only way left in old web-views.
    return document.execCommand("copy");
  }
}
