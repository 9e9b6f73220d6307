/**
 * Removes what the redirects through WeChat left in the address bar, so that it is not copied, shared or reloaded.
 *
 * The server answers a failure page at the callback's URL, which still holds a code; the page's own URL replaces it.
 * Browsers keep a fragment across redirects, so WeChat's `#wechat_redirect` is removed too.
 */
export function showCleanAddress(document: Document, { history, location }: Window): void {
  const self = document.querySelector<HTMLLinkElement>('link[rel="canonical"]')?.href;
  const clean = self || location.href.replace(/#wechat_redirect$/, "");
  if (clean === location.href || new URL(clean).origin !== location.origin) return;
  history.replaceState(null, "", clean);
}
