import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import { EmptyList } from "../../components/empty-list.js";
import { ExportMenu } from "../../components/export-menu.js";
import { SignInsHistogram } from "../../components/list-histogram.js";
import { LiveBar, LiveSwitch } from "../../components/live-list.js";
import { AppFilter } from "../../components/wechat-app.js";
import { outcomes } from "../../search-params/sign-ins-search.js";
import { useListSearch } from "../../search-params/use-list-search.js";
import { FilterBar, SelectFilter, TextFilter } from "../../ui/filters.js";
import { isEmptyInRange, ListResult } from "../../ui/list-result.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { Paging } from "../../ui/paging.js";
import { TimeRangeFilter } from "../../ui/time-range-filter.js";
import { useTotal } from "../../ui/use-total.js";
import { SignInsTable } from "./sign-ins-table.js";

const route = getRouteApi("/console/sign-ins");

export function SignInsPage(): ReactNode {
  const t = useTranslations("signIns");
  const names = useTranslations("outcome");
  const search = route.useSearch();
  const list = useListSearch(search, {
    filters: ["q", "outcome", "appId", "userId", "browser"],
    hasTimeRange: true,
    keep: ["live"],
  });
  const { browser, ...filters } = list.filters;
  const filter = { ...filters, ...list.bounds, ...(browser && { sameBrowserAs: browser }) };
  const options = trpc.signIns.list.queryOptions(
    { ...filter, cursor: search.cursor },
    { placeholderData: keepPreviousData },
  );
  const signIns = useQuery(options);
  const ever = useQuery(
    trpc.signIns.list.queryOptions({ limit: 1 }, { enabled: isEmptyInRange(list, signIns) }),
  );
  const isLive = search.live === "on";
  const { outcome } = filters;
  // Counts know the app and the outcome. A sign-in that goes on is not counted yet.
  const isCounted = outcome !== "in_progress" && !filters.q && !filters.userId && browser === undefined;
  const total = useTotal(signIns.data, list.paging.cursor, trpc.signIns.count.queryOptions(filter));

  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        <LiveSwitch isOn={isLive} onChange={(isOn) => list.setFilter({ live: isOn ? "on" : undefined })} />
        <RefreshButton busy={signIns.isFetching} onRefresh={() => void signIns.refetch()} />
      </PageHeader>
      <FilterBar list={list}>
        <TextFilter
          label={t("search")}
          placeholder={t("searchPlaceholder")}
          value={search.q}
          onChange={(q) => list.setFilter({ q }, { replace: true })}
        />
        <TimeRangeFilter search={search} onChange={(range) => list.setFilter(range)} />
        <SelectFilter
          label={t("outcome")}
          all={t("allOutcomes")}
          options={outcomes.map((outcome) => ({ value: outcome, label: names(outcome) }))}
          value={search.outcome}
          onChange={(outcome) => list.setFilter({ outcome })}
        />
        <AppFilter value={search.appId} onChange={(appId) => list.setFilter({ appId })} />
        {browser !== undefined && (
          <SelectFilter
            label={t("browser")}
            all={t("allBrowsers")}
            options={[{ value: browser, label: t("sameBrowser", { id: browser.slice(-8) }) }]}
            value={browser}
            onChange={(chosen) => list.setFilter({ browser: chosen })}
          />
        )}
        <ExportMenu list="sign-ins" filter={{ ...filters, ...list.bounds, sameBrowserAs: browser }} />
      </FilterBar>
      {isCounted && (
        <SignInsHistogram
          outcome={outcome}
          filter={{ appId: filters.appId, ...list.bounds }}
          search={search}
          setRange={(range) => list.setFilter(range)}
        />
      )}
      {isLive && search.cursor === undefined && (
        <LiveBar
          list="sign-ins"
          isRowOpen={false}
          shownKey={options.queryKey}
          readNewest={() =>
            queryClient.fetchQuery({
              ...trpc.signIns.list.queryOptions({ ...filter, limit: 50 }),
              staleTime: 0,
              gcTime: 0,
            })
          }
          shown={signIns.data}
          isFailed={signIns.isError}
        />
      )}
      <ListResult query={signIns} list={list} ever={ever} emptyState={<EmptyList title={t("empty")} />}>
        {(page, stale) => <SignInsTable signIns={page.items} stale={stale} />}
      </ListResult>
      <Paging paging={list.paging} page={signIns.data} stale={signIns.isPlaceholderData} total={total} />
    </>
  );
}
