import type { ErrorsSearch } from "../../search-params/errors-search.js";

/** What both views of the errors page are given. */
export interface ErrorsListProps {
  search: ErrorsSearch;
  /** The time range, worked out. */
  bounds: { from?: string; to?: string };
  onWiden: (narrowedBy: "filters" | "range") => void;
}
