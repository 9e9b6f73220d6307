import type { TimeRangeSearch } from "./time-range.js";

/** The search params that a list page may have besides its own filters. */
export interface ListSearch extends TimeRangeSearch {
  cursor?: string | undefined;
}

/** What may be the reason that a list is empty. */
export type ActiveFilter = "filters" | "range" | null;

/** The search params after a filter changed: a new query starts at its first page. */
export function withFilters<Search extends ListSearch>(search: Search, change: Partial<Search>): Search {
  return { ...search, cursor: undefined, ...change };
}

/** Only the named search params. */
export function pick<Search extends object, Key extends keyof Search>(
  search: Search,
  keys: readonly Key[],
): Pick<Search, Key> {
  return Object.fromEntries(keys.map((key) => [key, search[key]])) as Pick<Search, Key>;
}

/** Filters come before the time range, which always has a value: seven days unless the address names another. */
export function findActiveFilter<Search extends ListSearch>(
  search: Search,
  { filters, hasTimeRange = false }: { filters: readonly (keyof Search)[]; hasTimeRange?: boolean },
): ActiveFilter {
  if (filters.some((key) => search[key])) return "filters";
  return hasTimeRange && search.range !== "all" ? "range" : null;
}

/** A page of a list, and the cursors of the pages before it, first page first ("" is the first page's). */
export interface PagePosition {
  cursor: string | undefined;
  trail: readonly string[];
}

export function nextPage({ cursor, trail }: PagePosition, nextCursor: string): PagePosition {
  return { cursor: nextCursor, trail: [...trail, cursor ?? ""] };
}

export function previousPage({ trail }: PagePosition): PagePosition {
  return { cursor: trail.at(-1) || undefined, trail: trail.slice(0, -1) };
}
