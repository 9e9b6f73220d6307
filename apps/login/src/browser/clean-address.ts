/**
 * A page that ended a sign-in is answered at the callback's address, which still holds WeChat's code. Its own
 * address takes that one's place, so that nobody copies, shares or reloads the code.
 */
export function showCleanAddress(document: Document, { history, location }: Window): void {
  const self = document.querySelector<HTMLLinkElement>('link[rel="canonical"]')?.href;
  if (!self || self === location.href || new URL(self).origin !== location.origin) return;
  history.replaceState(history.state, "", self);
}
