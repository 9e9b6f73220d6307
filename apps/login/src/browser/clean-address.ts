/**
 * Takes out of the address bar what the way over WeChat left there, so that nobody copies, shares or reloads it.
 *
 * A page that ended a sign-in is answered at the callback's address, which still holds a code: its own address
 * takes that one's place. And a fragment outlives redirects: WeChat's `#wechat_redirect`, or the empty one by
 * which our server displaced it.
 */
export function showCleanAddress(document: Document, { history, location }: Window): void {
  const self = document.querySelector<HTMLLinkElement>('link[rel="canonical"]')?.href;
  const leftOver = location.hash === "" || location.hash === "#wechat_redirect";
  const clean = self || (leftOver ? location.href.split("#", 1)[0] : undefined);
  if (!clean || clean === location.href || new URL(clean).origin !== location.origin) return;
  history.replaceState(history.state, "", clean);
}
