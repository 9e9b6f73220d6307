/** Where a person lands when nothing better is known. */
export const defaultReturnTo = "/";

/** As asked for and as it is sent: what a Location header and the next request line bear anywhere. */
const maxLength = 2048;

/** Paths that would start or end something by themselves: a loop, an API answer, a forced sign-out. */
const ownMachinery = /^\/(login|login-ui|trpc|admin\/trpc|healthz|readyz)(\/|$)/i;

/**
 * Turns what a link asked for into where the browser may go: a path of this origin, or an address of an origin
 * that the settings name. Anything else, however disguised, becomes the default page and never an error.
 */
export function safeReturnTo(
  asked: unknown,
  allowed: { publicUrl: URL; origins: readonly string[] },
): string {
  const returnTo = targetOf(asked, allowed);
  // A Chinese letter is nine characters in a header: only what is sent tells how long it is.
  return returnTo.length <= maxLength ? returnTo : defaultReturnTo;
}

function targetOf(
  asked: unknown,
  { publicUrl, origins }: { publicUrl: URL; origins: readonly string[] },
): string {
  if (typeof asked !== "string" || asked.length > maxLength) return defaultReturnTo;
  // Browsers drop tabs and newlines and read a backslash as a slash: whoever sends them is not asking for a page.
  if (!/^[\x21-\x7e\u0080-\uffff]+$/.test(asked) || asked.includes("\\")) return defaultReturnTo;

  if (!URL.canParse(asked, publicUrl.href)) return defaultReturnTo;
  const url = new URL(asked, publicUrl);
  if (url.username || url.password) return defaultReturnTo;
  if (url.origin !== publicUrl.origin) {
    return /^https?:\/\/[^/]/i.test(asked) && origins.includes(url.origin) ? url.href : defaultReturnTo;
  }
  if (!asked.startsWith("/") || asked.startsWith("//")) return defaultReturnTo;

  const path = decoded(url.pathname);
  // `/.//host` and `/%2e//host` only show their double slash once the dots are resolved.
  if (path === undefined || path.startsWith("//") || ownMachinery.test(path)) return defaultReturnTo;
  // Whoever decodes the path once more may read `/%5chost` and `/%09/host` as `//host`, as browsers do.
  if (path.includes("\\") || /\p{Cc}/u.test(path)) return defaultReturnTo;
  return url.pathname + url.search + url.hash;
}

/** The path as a router will read it: decoded until nothing changes, so that no disguise is one layer deeper. */
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
