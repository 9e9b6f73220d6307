const spinnerAfterMs = 300;
const retryAfterMs = 8000;

/**
 * Links that redirect to WeChat show nothing for 300 ms, then a spinner, and after 8 s a link to try again.
 * They stay ordinary links; this only shows that one is being followed.
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
  const showProgress = () => {
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
    retry.addEventListener("click", showProgress);
    return retry;
  };

  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // opens another tab; this page stays
    // A second tap would start a second sign-in while the first redirect is still loading.
    if (timers.length > 0) event.preventDefault();
    else showProgress();
  });
  // After "back" from WeChat, the browser may restore this page from its cache with the spinner still shown.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) reset();
  });
}
