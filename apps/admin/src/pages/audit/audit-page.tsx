import { IconHistory, IconZoomExclamation } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { ExportMenu } from "../../components/export-menu.js";
import { useListSearch } from "../../search-params/use-list-search.js";
import { SideDrawer } from "../../ui/dialogs.js";
import { FilterBar, SelectFilter, TextFilter } from "../../ui/filters.js";
import { ListResult } from "../../ui/list-result.js";
import { Notice } from "../../ui/notice.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { Paging } from "../../ui/paging.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { TimeRangeFilter } from "../../ui/time-range-filter.js";
import { useTotal } from "../../ui/use-total.js";
import { AuditTable } from "./audit-table.js";
import { AuditView } from "./audit-view.js";
import { auditEvents, useEventText } from "./event-text.js";
import { SealCheck } from "./seal-check.js";

const route = getRouteApi("/console/audit");

export function AuditPage(): ReactNode {
  const t = useTranslations("audit");
  const eventText = useEventText();
  const search = route.useSearch();
  const list = useListSearch(search, {
    filters: ["target", "operatorId", "event", "result"],
    hasTimeRange: true,
    drawer: ["open"],
  });
  const entries = useQuery(
    trpc.audit.list.queryOptions(
      { ...list.filters, ...list.bounds, cursor: search.cursor },
      { placeholderData: keepPreviousData },
    ),
  );
  const total = useTotal(
    entries.data,
    list.paging.cursor,
    trpc.audit.count.queryOptions({ ...list.filters, ...list.bounds }),
  );
  const operators = useQuery(trpc.operators.list.queryOptions({ limit: 200 }, { staleTime: 60_000 }));
  const results = ["ok", "denied", "refused"] as const;

  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        <RefreshButton busy={entries.isFetching} onRefresh={() => void entries.refetch()} />
      </PageHeader>
      <SealCheck />
      <FilterBar list={list}>
        <TextFilter
          label={t("search")}
          placeholder={t("searchPlaceholder")}
          value={search.target}
          onChange={(target) => list.setFilter({ target }, { replace: true })}
        />
        <TimeRangeFilter search={search} onChange={(range) => list.setFilter(range)} />
        <SelectFilter
          label={t("who")}
          all={t("anyOperator")}
          options={(operators.data?.items ?? []).map(({ id, username }) => ({ value: id, label: username }))}
          value={search.operatorId}
          onChange={(operatorId) => list.setFilter({ operatorId })}
        />
        <SelectFilter
          label={t("what")}
          all={t("anyEvent")}
          options={auditEvents.map((event) => ({ value: event, label: eventText(event) }))}
          value={search.event}
          onChange={(event) => list.setFilter({ event })}
        />
        <SelectFilter
          label={t("result")}
          all={t("anyResult")}
          options={results.map((result) => ({ value: result, label: t(`results.${result}`) }))}
          value={search.result}
          onChange={(result) => list.setFilter({ result })}
        />
        <ExportMenu list="audit" filter={{ ...list.filters, ...list.bounds }} />
      </FilterBar>
      <ListResult
        query={entries}
        list={list}
        emptyState={<Notice icon={IconHistory} title={t("empty")} body={t("emptyReason")} />}
      >
        {(page, stale) => <AuditTable entries={page.items} stale={stale} />}
      </ListResult>
      <Paging paging={list.paging} page={entries.data} stale={entries.isPlaceholderData} total={total} />
      <SideDrawer opened={search.open !== undefined} title={t("one")} onClose={list.closeDrawer}>
        <QueryBoundary query={entries}>
          {({ items }) => {
            const entry = items.find(({ id }) => id === search.open);
            if (entry) return <AuditView entry={entry} />;
            return <Notice icon={IconZoomExclamation} title={t("notListed")} body={t("notListedBody")} />;
          }}
        </QueryBoundary>
      </SideDrawer>
    </>
  );
}
