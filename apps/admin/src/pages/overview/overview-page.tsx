import { Anchor } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { CountsChart } from "../../components/counts-chart.js";
import { signInParts } from "../../components/sign-in-parts.js";
import { useSignInsSeries } from "../../components/sign-ins-series.js";
import { useZoom } from "../../components/use-zoom.js";
import { AppFilter } from "../../components/wechat-app.js";
import { offsetMinutesOf } from "../../format/zone.js";
import { useTimeZoneChoice } from "../../language/time-zone.js";
import { useListSearch } from "../../search-params/use-list-search.js";
import { FilterBar } from "../../ui/filters.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { Panel, Section } from "../../ui/panel.js";
import { PanelBoundary } from "../../ui/query-boundary.js";
import { useFormatExactTime } from "../../ui/time.js";
import { TimeRangeFilter } from "../../ui/time-range-filter.js";
import { Checklist } from "./checklist.js";
import { FigureTiles } from "./figure-tiles.js";
import { Funnel } from "./funnel.js";
import classes from "./overview.module.css";
import { TopGroups } from "./top-groups.js";

const route = getRouteApi("/console/overview");

/** What an operator sees first: how sign-ins go, whom failures affect, and whether the tokens are valid. */
export function OverviewPage(): ReactNode {
  const t = useTranslations("overview");
  const formatTime = useFormatExactTime();
  const search = route.useSearch();
  const { timeZone } = useTimeZoneChoice();
  const list = useListSearch(search, { filters: ["appId"], hasTimeRange: true });
  const { forget, ...zoom } = useZoom(search, (range) => list.setFilter(range));
  const series = useSignInsSeries();
  const filter = { ...list.filters, ...list.bounds };
  const overview = useQuery(
    trpc.overview.get.queryOptions(
      { ...filter, offsetMinutes: offsetMinutesOf(new Date(), timeZone) },
      { placeholderData: keepPreviousData },
    ),
  );

  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        <RefreshButton busy={overview.isFetching} onRefresh={() => void overview.refetch()} />
      </PageHeader>
      <FilterBar list={list}>
        <TimeRangeFilter
          search={search}
          onChange={(range) => {
            forget();
            list.setFilter(range);
          }}
        />
        <AppFilter value={search.appId} onChange={(appId) => list.setFilter({ appId })} />
      </FilterBar>
      <Checklist at="top" />
      <PanelBoundary query={overview}>
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
                <CountsChart
                  title={t("signIns")}
                  series={series}
                  bars={data.bars.map(({ at, signIns }) => ({ at, counts: signInParts(signIns) }))}
                  barMinutes={data.barMinutes}
                  to={data.to}
                  {...zoom}
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
      </PanelBoundary>
      <Checklist at="end" />
    </>
  );
}
