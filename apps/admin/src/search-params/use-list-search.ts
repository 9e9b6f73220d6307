import {
  type NavigateOptions as RouterNavigateOptions,
  useLocation,
  useNavigate,
} from "@tanstack/react-router";
import { useMemo, useState } from "react";
import {
  type ActiveFilter,
  findActiveFilter,
  type ListSearch,
  nextPage,
  type PagePosition,
  pick,
  previousPage,
  withFilters,
} from "./list-search.js";
import { rangeBounds } from "./time-range.js";

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** The cursors of the pages before this one, see `PagePosition`. */
    trail?: readonly string[];
    /** The address named a page that the api does not know; this is the first one instead. */
    cursorDropped?: boolean;
  }
}

type NavigateOptions = Pick<RouterNavigateOptions, "replace" | "resetScroll" | "state">;

interface ListOptions<Search, Filter> {
  /** The search params that filter the list, without the time range. */
  filters: readonly Filter[];
  /** The list has a time range. */
  hasTimeRange?: boolean;
  /** The search params that open the drawer. */
  drawer?: readonly (keyof Search)[];
  /** The search params that stay when the filters are cleared. */
  keep?: readonly (keyof Search)[];
  /** The list is not at the top of its page: another page of it must not scroll up. */
  keepScroll?: boolean;
}

export interface ListPaging {
  cursor: string | undefined;
  /** False for a page from a shared link: the pages before it are unknown, so only the first page is offered. */
  hasPrevious: boolean;
  /** Whether the first page is shown in place of one that the api does not know. */
  cursorDropped: boolean;
  goToFirst(): void;
  /** Shows the first page in place of one that the api does not know. */
  dropCursor(): void;
  goToPrevious(): void;
  goToNext(nextCursor: string): void;
}

export interface ListState<Search, Filter extends keyof Search> {
  filters: Pick<Search, Filter>;
  setFilter(change: Partial<Search>, options?: { replace?: boolean }): void;
  activeFilter: ActiveFilter;
  /** Removes the active filter: all filters, or else the time range. */
  onClearFilters(): void;
  /** How often that happened: a text filter drops what was typed and is not applied yet. */
  timesCleared: number;
  /** The time range as the api takes it. */
  bounds: { from?: string; to?: string };
  paging: ListPaging;
  closeDrawer(): void;
}

/** The state of a list page. It lives in the URL, so a reload, back, forward and a shared link show the same list. */
export function useListSearch<Search extends ListSearch, Filter extends keyof Search>(
  search: Search,
  { filters, hasTimeRange = false, drawer = [], keep = [], keepScroll = false }: ListOptions<Search, Filter>,
): ListState<Search, Filter> {
  const navigate = useNavigate();
  const trail = useLocation({ select: (location) => location.state.trail }) ?? [];
  const cursorDropped = useLocation({ select: (location) => location.state.cursorDropped }) ?? false;
  const { range, from, to, cursor } = search;
  // Computed once per range and not per render, so that the query keeps its key.
  const bounds = useMemo(
    () => (hasTimeRange ? rangeBounds({ range, from, to }, Date.now()) : {}),
    [hasTimeRange, range, from, to],
  );
  const [timesCleared, setTimesCleared] = useState(0);
  const activeFilter = findActiveFilter(search, { filters, hasTimeRange });

  // `as never`, because several routes use this hook and the router cannot know whose params these are. It is safe:
  // `search` comes from the current route, and `change` returns params of the same type.
  function update(change: (before: Search) => Partial<Search>, options: NavigateOptions) {
    void navigate({ to: ".", search: change as never, ...options });
  }

  function setFilter(change: Partial<Search>, { replace = false } = {}) {
    update((before) => withFilters(before, change), { replace, resetScroll: false });
  }

  function onClearFilters() {
    setTimesCleared((times) => times + 1);
    if (activeFilter === "range")
      setFilter({ range: "all", from: undefined, to: undefined } as Partial<Search>);
    else update((before) => pick(before, keep) as Partial<Search>, { resetScroll: false });
  }

  function goTo({ cursor, trail }: PagePosition) {
    update((before) => ({ ...before, cursor }), { state: { trail }, resetScroll: !keepScroll });
  }

  function closeDrawer() {
    const closed = Object.fromEntries(drawer.map((key) => [key, undefined]));
    update((before) => ({ ...before, ...closed }), { state: true, resetScroll: false });
  }

  return {
    filters: pick(search, filters),
    setFilter,
    activeFilter,
    onClearFilters,
    timesCleared,
    bounds,
    paging: {
      cursor,
      hasPrevious: trail.length > 0,
      cursorDropped,
      dropCursor() {
        const first = (before: Search) => ({ ...before, cursor: undefined });
        update(first, { state: { trail: [], cursorDropped: true }, replace: true });
      },
      goToFirst: () => goTo({ cursor: undefined, trail: [] }),
      goToPrevious: () => goTo(previousPage({ cursor, trail })),
      goToNext: (nextCursor) => goTo(nextPage({ cursor, trail }, nextCursor)),
    },
    closeDrawer,
  };
}
