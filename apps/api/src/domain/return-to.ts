/** Where a sign-in ends without a valid return target: the site's home page, wherever HOME_URL or a proxy in front puts it. */
export const defaultReturnTo = "/";

/** The person's own page. */
export const accountPath = "/login/account";

/** In characters, as requested and as sent: a length that any Location header and request line can carry. */
const maxLength = 2048;

/** Paths of this system that are no page to land on: they would make a loop, or show an API answer. */
const ownPaths = /^\/(login|trpc|admin\/trpc|healthz|readyz)(\/|$)/i;

/**
 * Checks the return target of a link that names no host application: a path of this origin. Anything else, in any spelling,
 * becomes the default page and never an error.
 */
export const safeReturnTo = (asked: unknown, publicUrl: URL): string =>
  checkedTarget(asked, { publicUrl, origins: [] });

/**
 * Checks the return target of a host application: an address at one of its origins with exactly one of its redirect paths, and
 * any query. A host on this origin may name the path alone.
 *
 * @returns undefined if the client may not send a browser there.
 */
export function hostReturnTo(
  asked: unknown,
  { origins, redirectPaths }: { origins: readonly string[]; redirectPaths: readonly string[] },
  publicUrl: URL,
): string | undefined {
  const returnTo = checkedTarget(ownPathOf(asked, publicUrl), { publicUrl, origins });
  const { origin, pathname } = new URL(returnTo, publicUrl);
  return origins.includes(origin) && redirectPaths.includes(pathname) ? returnTo : undefined;
}

/** Adds a parameter to a checked return target, before its fragment and in place of those that have its name. */
export function withParameter(returnTo: string, name: string, value: string): string {
  const [, path = "", query = "", fragment = ""] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(returnTo) ?? [];
  // The others stay as they are spelled, which URLSearchParams would change.
  const others = query.split("&").filter((pair) => pair !== "" && !new URLSearchParams(pair).has(name));
  return `${path}?${[...others, new URLSearchParams([[name, value]])].join("&")}${fragment}`;
}

function checkedTarget(asked: unknown, allowed: { publicUrl: URL; origins: readonly string[] }): string {
  const returnTo = targetOf(asked, allowed);
  // A Chinese character takes nine characters in a header, so the encoded form is what is measured.
  return returnTo.length <= maxLength ? returnTo : defaultReturnTo;
}

/** An address at this origin as a path; anything else as it is. */
function ownPathOf(asked: unknown, publicUrl: URL): unknown {
  if (typeof asked !== "string" || !/^https?:\/\//i.test(asked) || !URL.canParse(asked)) return asked;
  const { origin, username, password, pathname, search, hash } = new URL(asked);
  return origin === publicUrl.origin && !username && !password ? pathname + search + hash : asked;
}

/**
 * Checks HOME_URL, to which `/` redirects: it must not lead back to `/`, or begin another sign-in.
 *
 * @param home a path, or an address of any origin.
 * @returns the path or the address to redirect to; undefined if it is none that a person can be sent to.
 */
export function readHomeUrl(home: string, publicUrl: URL): string | undefined {
  if (!URL.canParse(home, publicUrl.href)) return undefined;
  const { origin, pathname } = new URL(home, publicUrl);
  const isOwn = origin === publicUrl.origin;
  const url = checkedTarget(ownPathOf(home, publicUrl), { publicUrl, origins: [origin] });
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
