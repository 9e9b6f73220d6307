import { Anchor } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { AppFilter } from "../../components/wechat-app.js";
import type { TimeRangeSearch } from "../../search-params/time-range.js";
import { useListSearch } from "../../search-params/use-list-search.js";
import { FilterBar } from "../../ui/filters.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { Panel, Section } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { useFormatExactTime } from "../../ui/time.js";
import { TimeRangeFilter } from "../../ui/time-range-filter.js";
import { Checklist } from "./checklist.js";
import { FigureTiles } from "./figure-tiles.js";
import { Funnel } from "./funnel.js";
import classes from "./overview.module.css";
import { SignInsChart } from "./sign-ins-chart.js";
import { TopGroups } from "./top-groups.js";

const route = getRouteApi("/console/overview");

/** What an operator sees first: how sign-ins go, whom failures affect, and whether the tokens are valid. */
export function OverviewPage(): ReactNode {
  const t = useTranslations("overview");
  const formatTime = useFormatExactTime();
  const search = route.useSearch();
  const list = useListSearch(search, { filters: ["appId"], hasTimeRange: true });
  const [zoomedFrom, setZoomedFrom] = useState<TimeRangeSearch>();
  const filter = { ...list.filters, ...list.bounds };
  const overview = useQuery(
    trpc.overview.get.queryOptions(
      { ...filter, offsetMinutes: -new Date().getTimezoneOffset() },
      { placeholderData: keepPreviousData },
    ),
  );

  function zoomOut() {
    list.setFilter({ range: undefined, from: undefined, to: undefined, ...zoomedFrom });
    setZoomedFrom(undefined);
  }

  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        <RefreshButton busy={overview.isFetching} onRefresh={() => void overview.refetch()} />
      </PageHeader>
      <FilterBar list={list}>
        <TimeRangeFilter
          search={search}
          onChange={(range) => {
            setZoomedFrom(undefined);
            list.setFilter(range);
          }}
        />
        <AppFilter value={search.appId} onChange={(appId) => list.setFilter({ appId })} />
      </FilterBar>
      <Checklist at="top" />
      <QueryBoundary query={overview}>
        {(data) => (
          <div aria-busy={overview.isPlaceholderData} data-stale={overview.isPlaceholderData || undefined}>
            <FigureTiles overview={data} search={search} />
            <Section title={t("signIns")} aside={t("since", { at: formatTime(data.from) })}>
              <Panel pad>
                {Object.keys(data.totals.signIns).length === 0 && (
                  <p className={classes.none}>
                    <strong>{t("none")}</strong> {t("noneBody")}
                  </p>
                )}
                <SignInsChart
                  overview={data}
                  onZoom={(span) => {
                    setZoomedFrom(
                      (before) => before ?? { range: search.range, from: search.from, to: search.to },
                    );
                    list.setFilter({ range: "custom", ...span });
                  }}
                  onZoomOut={search.range === "custom" ? zoomOut : undefined}
                />
              </Panel>
            </Section>
            <div className={classes.columns}>
              <Section
                title={t("topErrors")}
                aside={
                  <Anchor component={Link} to="/errors" search={search as never} size="sm">
                    {t("allErrors")}
                  </Anchor>
                }
              >
                <Panel>
                  <TopGroups filter={filter} search={search} />
                </Panel>
              </Section>
              <Section title={t("howFar")}>
                <Panel pad>
                  <Funnel totals={data.totals} />
                </Panel>
              </Section>
            </div>
          </div>
        )}
      </QueryBoundary>
      <Checklist at="end" />
    </>
  );
}
