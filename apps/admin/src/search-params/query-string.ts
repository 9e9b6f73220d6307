/**
 * The query string as plain text pairs: `?errcode=40029` is the text "40029", and what we write is what
 * a person would type. (The router's own habit is JSON, which turns 40029 into a number and quotes "1".)
 * Of a repeated name the last one counts.
 */
export function parseQueryString(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query));
}

/** The other way: what is absent or empty is left out, so that a list without filters has a clean address. */
export function stringifyQueryString(search: Record<string, unknown>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === "string" && value !== "") pairs.set(name, value);
  }
  const query = pairs.toString();
  return query ? `?${query}` : "";
}
