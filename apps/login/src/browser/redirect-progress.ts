const spinnerAfterMs = 300;
const retryAfterMs = 8000;

/**
 * Links that leave for WeChat: nothing for 300 ms, then a spinner, after 8 s a way to try again.
 * The link stays an ordinary link; we only show that it is being followed.
 */
export function startRedirectProgress(document: Document, window: Window): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-redirects]")) watch(link, window);
}

function watch(link: HTMLAnchorElement, window: Window): void {
  const label = link.textContent ?? "";
  const slow = link.parentElement?.querySelector<HTMLElement>("[data-slow]");
  let timers: number[] = [];

  const reset = () => {
    for (const timer of timers) window.clearTimeout(timer);
    timers = [];
    link.textContent = label;
    link.classList.remove("busy");
    slow?.replaceChildren();
  };
  const leave = () => {
    reset();
    timers = [
      window.setTimeout(() => {
        link.textContent = link.dataset.busy ?? label;
        link.classList.add("busy");
      }, spinnerAfterMs),
      window.setTimeout(() => slow?.replaceChildren(`${slow.dataset.slow} `, retryLink()), retryAfterMs),
    ];
  };
  const retryLink = () => {
    const retry = document.createElement("a");
    retry.href = link.href;
    retry.textContent = slow?.dataset.retry ?? "";
    retry.addEventListener("click", leave);
    return retry;
  };

  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // opens elsewhere: this page stays
    // A second tap would begin a second sign-in while the first is on its way.
    if (timers.length > 0) event.preventDefault();
    else leave();
  });
  // Back from WeChat, the browser may show this very page again, as it was when it left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) reset();
  });
}
