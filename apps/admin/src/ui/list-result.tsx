import { Button } from "@mantine/core";
import { IconArrowBackUp, IconClockSearch, IconFilterOff } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useEffectEvent } from "react";
import { useTranslations } from "use-intl";
import { isConsoleError } from "../api/client.js";
import type { ActiveFilter } from "../search-params/list-search.js";
import type { ListPaging } from "../search-params/use-list-search.js";
import { Callout } from "./callout.js";
import { Notice } from "./notice.js";
import { Panel } from "./panel.js";
import { QueryBoundary } from "./query-boundary.js";
import { useFormatExactTime } from "./time.js";

/**
 * A list on its panel. An empty list says why: the search is not finished, no match for the filters, none in the time range, or
 * none at all.
 */
export function ListResult<Data extends Rows>({
  query,
  list,
  ever,
  emptyState,
  children,
}: {
  query: UseQueryResult<Data, unknown>;
  list: {
    activeFilter: ActiveFilter;
    onClearFilters: () => void;
    paging?: Pick<ListPaging, "cursor" | "cursorDropped" | "dropCursor">;
  };
  /** One row of all time, asked for where the time range has none (`isEmptyInRange`): without it there is nothing yet. */
  ever?: UseQueryResult<Rows, unknown>;
  /** Shown when there are no rows and no filter is active. */
  emptyState: ReactNode;
  children: (data: Data, stale: boolean) => ReactNode;
}): ReactNode {
  const { paging } = list;
  const isBadCursor = paging?.cursor !== undefined && isCursorError(query.error);
  const dropCursor = useEffectEvent(() => paging?.dropCursor());
  useEffect(() => {
    if (isBadCursor) dropCursor();
  }, [isBadCursor]);
  if (isBadCursor) return <Panel>{null}</Panel>;
  return (
    <Panel>
      {paging?.cursorDropped && <CursorDropped />}
      <QueryBoundary query={query}>
        {(data) => {
          if (data.items.length > 0) return children(data, query.isPlaceholderData);
          if (data.searchedTo !== undefined) return <Unfinished searchedTo={data.searchedTo} />;
          const isNothingYet = list.activeFilter === "range" && ever?.data?.items.length === 0;
          if (list.activeFilter === null || isNothingYet) return emptyState;
          return ever?.isLoading ? null : <NoMatch {...list} by={list.activeFilter} />;
        }}
      </QueryBoundary>
    </Panel>
  );
}

interface Rows {
  items: readonly unknown[];
  searchedTo?: string;
}

/** Whether a list has no rows in its time range, and may have some for all time. */
export const isEmptyInRange = (
  list: { activeFilter: ActiveFilter },
  { data }: Pick<UseQueryResult<Rows, unknown>, "data">,
): boolean => list.activeFilter === "range" && data?.items.length === 0;

/** A cursor that was cut off or altered, or that belongs to other filters. */
const isCursorError = (error: unknown): boolean =>
  isConsoleError(error) && error.data?.appCode === "cursor_invalid";

function CursorDropped(): ReactNode {
  const t = useTranslations("paging");
  return (
    <Callout tone="info" icon={IconArrowBackUp}>
      {t("cursorDropped")}
    </Callout>
  );
}

function Unfinished({ searchedTo }: { searchedTo: string }): ReactNode {
  const t = useTranslations("empty");
  const at = useFormatExactTime()(searchedTo);
  return <Notice icon={IconClockSearch} title={t("unfinishedTitle")} body={t("unfinishedBody", { at })} />;
}

function NoMatch({ by, onClearFilters }: { by: "filters" | "range"; onClearFilters: () => void }): ReactNode {
  const t = useTranslations("empty");
  const byRange = by === "range";
  return (
    <Notice
      icon={byRange ? IconClockSearch : IconFilterOff}
      title={byRange ? t("rangeTitle") : t("filtersTitle")}
      body={byRange ? t("rangeBody") : t("filtersBody")}
    >
      <Button variant="default" size="xs" onClick={onClearFilters}>
        {byRange ? t("allTime") : t("clearFilters")}
      </Button>
    </Notice>
  );
}
