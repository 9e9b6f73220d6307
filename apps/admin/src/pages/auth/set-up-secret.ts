import { useSyncExternalStore } from "react";

// The one-time link carries its secret in the fragment, which browsers do not send to servers. It is removed
// from the address bar (and so from the history and from shared links) before anything else runs and is kept
// in this variable only: after a reload the link has to be opened again.
let secret: string | null = null;
const listeners = new Set<() => void>();

/** Must be called before the router reads the address. */
export function takeSetUpSecret(): void {
  take();
  // A second link opened in the same tab changes the fragment without loading the page.
  addEventListener("hashchange", take);
}

function take(): void {
  const { pathname, search, hash } = location;
  if (!pathname.endsWith("/set-up") || hash.length < 2) return;
  secret = hash.slice(1);
  history.replaceState(history.state, "", pathname + search);
  for (const listener of listeners) listener();
}

export function useSetUpSecret(): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => secret,
  );
}

/** The secret works once. */
export function clearSetUpSecret(): void {
  secret = null;
  for (const listener of listeners) listener();
}
