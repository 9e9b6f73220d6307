/**
 * Takes out of the address bar what the way over WeChat left there, so that nobody copies, shares or reloads it.
 *
 * A page that ended a sign-in is answered at the callback's address, which still holds a code: its own address
 * takes that one's place. And a fragment outlives redirects: WeChat's `#wechat_redirect` comes along.
 */
export function showCleanAddress(document: Document, { history, location }: Window): void {
  const self = document.querySelector<HTMLLinkElement>('link[rel="canonical"]')?.href;
  const clean = self || location.href.replace(/#wechat_redirect$/, "");
  if (clean === location.href || new URL(clean).origin !== location.origin) return;
  history.replaceState(history.state, "", clean);
}
