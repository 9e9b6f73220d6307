/**
 * Parses the query string as plain strings: `?errcode=40029` is the text "40029". The router's default is JSON,
 * which would turn 40029 into a number and write quotes around "1". Of a repeated name the last value counts.
 */
export function parseQueryString(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query));
}

/** Leaves out absent and empty values, so that a list without filters has a clean URL. */
export function stringifyQueryString(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === "string" && value !== "") params.set(name, value);
  }
  const query = params.toString();
  return query ? `?${query}` : "";
}
