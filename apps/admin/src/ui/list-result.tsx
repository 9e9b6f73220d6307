import { Button } from "@mantine/core";
import { IconClockSearch, IconFilterOff } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Notice } from "./notice.js";
import { Panel } from "./panel.js";
import { QueryBoundary } from "./query-boundary.js";

/**
 * A list on its panel. Without rows it says which kind of nothing this is: nothing matches the filters,
 * nothing within the time range, or nothing yet at all.
 */
export function ListResult<Data extends { items: readonly unknown[] }>({
  query,
  narrowedBy,
  onWiden,
  nothingYet,
  children,
}: {
  query: UseQueryResult<Data, unknown>;
  narrowedBy: "filters" | "range" | "nothing";
  /** Takes away what narrows the list. */
  onWiden: () => void;
  nothingYet: ReactNode;
  children: (data: Data, stale: boolean) => ReactNode;
}): ReactNode {
  const t = useTranslations("empty");
  return (
    <Panel>
      <QueryBoundary query={query}>
        {(data) => (data.items.length > 0 ? children(data, query.isPlaceholderData) : nothing())}
      </QueryBoundary>
    </Panel>
  );

  function nothing() {
    if (narrowedBy === "nothing") return nothingYet;
    const byRange = narrowedBy === "range";
    return (
      <Notice
        icon={byRange ? IconClockSearch : IconFilterOff}
        title={byRange ? t("rangeTitle") : t("filtersTitle")}
        body={byRange ? t("rangeBody") : t("filtersBody")}
      >
        <Button variant="default" size="xs" onClick={onWiden}>
          {byRange ? t("allTime") : t("clearFilters")}
        </Button>
      </Notice>
    );
  }
}
