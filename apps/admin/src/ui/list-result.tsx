import { Button } from "@mantine/core";
import { IconClockSearch, IconFilterOff } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { ActiveFilter } from "../search-params/list-search.js";
import { Notice } from "./notice.js";
import { Panel } from "./panel.js";
import { QueryBoundary } from "./query-boundary.js";
import { useFormatExactTime } from "./time.js";

/**
 * A list on its panel. An empty list says why: the search is not finished, no match for the filters, none in the time range, or
 * none at all.
 */
export function ListResult<Data extends { items: readonly unknown[]; searchedTo?: string }>({
  query,
  list,
  emptyState,
  children,
}: {
  query: UseQueryResult<Data, unknown>;
  list: { activeFilter: ActiveFilter; onClearFilters: () => void };
  /** Shown when there are no rows and no filter is active. */
  emptyState: ReactNode;
  children: (data: Data, stale: boolean) => ReactNode;
}): ReactNode {
  return (
    <Panel>
      <QueryBoundary query={query}>
        {(data) => {
          if (data.items.length > 0) return children(data, query.isPlaceholderData);
          if (data.searchedTo !== undefined) return <Unfinished searchedTo={data.searchedTo} />;
          return list.activeFilter === null ? emptyState : <NoMatch {...list} by={list.activeFilter} />;
        }}
      </QueryBoundary>
    </Panel>
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
