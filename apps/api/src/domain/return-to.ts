/** Where a sign-in ends without a valid return target: the site's home page, wherever HOME_URL or a proxy in front puts it. */
export const defaultReturnTo = "/";

/** The person's own page. */
export const accountPath = "/login/account";

/** In characters, as requested and as sent: a length that any Location header and request line can carry. */
const maxLength = 2048;

/** Paths of this system that are no page to land on: they would make a loop, or show an API answer. */
const ownPaths = /^\/(login|trpc|admin\/trpc|healthz|readyz)(\/|$)/i;

/**
 * Checks the return target of a link: a path of this origin, or an address of an origin in the settings. Anything else,
 * in any spelling, becomes the default page and never an error.
 */
export function safeReturnTo(
  asked: unknown,
  allowed: { publicUrl: URL; origins: readonly string[] },
): string {
  const returnTo = targetOf(asked, allowed);
  // A Chinese character takes nine characters in a header, so the encoded form is what is measured.
  return returnTo.length <= maxLength ? returnTo : defaultReturnTo;
}

/**
 * Checks HOME_URL, to which `/` redirects: it must not lead back to `/`, or begin another sign-in.
 *
 * @param home a path, or an address of any origin.
 * @returns the path or the address to redirect to; undefined if it is none that a person can be sent to.
 */
export function readHomeUrl(home: string, publicUrl: URL): string | undefined {
  if (!URL.canParse(home, publicUrl.href)) return undefined;
  const { origin, pathname, search, hash } = new URL(home, publicUrl);
  const isOwn = origin === publicUrl.origin;
  const asked = isOwn && /^https?:\/\//i.test(home) ? pathname + search + hash : home;
  const url = safeReturnTo(asked, { publicUrl, origins: [origin] });
  return url === defaultReturnTo || (isOwn && pathname === "/") ? undefined : url;
}

function targetOf(
  asked: unknown,
  { publicUrl, origins }: { publicUrl: URL; origins: readonly string[] },
): string {
  if (typeof asked !== "string" || asked.length > maxLength) return defaultReturnTo;
  // Browsers drop tabs and newlines and read a backslash as a slash.
  if (!/^[\x21-\x7e\u0080-\uffff]+$/.test(asked) || asked.includes("\\")) return defaultReturnTo;

  if (!URL.canParse(asked, publicUrl.href)) return defaultReturnTo;
  const url = new URL(asked, publicUrl);
  if (url.username || url.password) return defaultReturnTo;
  if (url.origin !== publicUrl.origin) {
    return /^https?:\/\/[^/]/i.test(asked) && origins.includes(url.origin) ? url.href : defaultReturnTo;
  }
  if (!asked.startsWith("/") || asked.startsWith("//")) return defaultReturnTo;

  const path = decoded(url.pathname);
  // The double slash of `/.//host` and `/%2e//host` only appears once the dots are resolved.
  if (path === undefined || path.startsWith("//")) return defaultReturnTo;
  if (ownPaths.test(path) && url.pathname !== accountPath) return defaultReturnTo;
  // Decoded once more, `/%5chost` and `/%09/host` become `//host` in browsers.
  if (path.includes("\\") || /\p{Cc}/u.test(path)) return defaultReturnTo;
  return url.pathname + url.search + url.hash;
}

/** The path as a router reads it: decoded until nothing changes, so that nothing is hidden one layer deeper. */
function decoded(path: string): string | undefined {
  let current = path;
  for (let round = 0; round < 5; round++) {
    let next: string;
    try {
      next = decodeURIComponent(current);
    } catch {
      return undefined;
    }
    if (next === current) return /\/\.{1,2}(\/|$)/.test(current) ? undefined : current;
    current = next;
  }
  return undefined;
}
