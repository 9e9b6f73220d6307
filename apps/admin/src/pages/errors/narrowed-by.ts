import type { ErrorsSearch } from "../../search-params/errors-search.js";

/** Whether somebody set a filter, not counting the time range. The groups view knows no free text. */
export function hasFilters(search: ErrorsSearch): boolean {
  const isText = search.view === "log" && search.q;
  return Boolean(isText || search.appId || search.endpoint || search.errcode);
}

/** What may be the reason that a list is empty. */
export function narrowedBy(search: ErrorsSearch): "filters" | "range" | "nothing" {
  if (hasFilters(search)) return "filters";
  return search.range === "all" ? "nothing" : "range";
}
