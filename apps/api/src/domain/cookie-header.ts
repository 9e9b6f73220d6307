/*
 * Own code, because `cookie` (and @fastify/cookie over it) keeps the first of two cookies with one name and drops the
 * other: a planted cookie could then take the place of the real one.
 */

/** The cookies of a Cookie header, in its order. */
export const cookiesIn = (header: string): [name: string, value: string][] =>
  header.split(";").map((pair) => {
    const [name = "", ...value] = pair.trim().split("=");
    return [name, value.join("=")];
  });

/** The value of the cookie with exactly this name; undefined where it is absent, or comes twice: one of the two may be planted. */
export function cookieIn(header: string, cookieName: string): string | undefined {
  const [value, ...others] = cookiesIn(header)
    .filter(([name]) => name === cookieName)
    .map(([, value]) => value);
  return others.length === 0 ? value : undefined;
}

/**
 * What this system calls a cookie. Under https its name starts with `__Host-`: a browser accepts such a cookie from this host
 * only, so that no sibling domain can plant one.
 */
export const cookieName = (name: string, publicUrl: URL): string =>
  `${publicUrl.protocol === "https:" ? "__Host-" : ""}wl_${name}`;
