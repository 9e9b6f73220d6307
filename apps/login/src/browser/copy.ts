const feedbackMs = 2000;

/** Buttons that copy the text of another element: `data-copy-source` names its id. */
export function startCopying(document: Document): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-copy-source]")) {
    const source = document.getElementById(button.dataset.copySource ?? "");
    if (!source?.textContent) continue; // nothing to copy: the button stays hidden
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    const copy = copyOnTap(button, source);
    button.addEventListener("click", copy);
    // The text itself is the larger target for a tap; keyboard users have the button.
    source.addEventListener("click", copy);
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

/** @returns false when the browser allowed neither method; the text is then selected. */
async function copyText(source: HTMLElement): Promise<boolean> {
  try {
    // Throws on plain http, where it does not exist, and in web-views that refuse it.
    await navigator.clipboard.writeText(source.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(source);
    // Deprecated, but the only method in old web-views.
    return document.execCommand("copy");
  }
}
