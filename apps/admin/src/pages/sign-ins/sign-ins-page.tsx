import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { EmptyList } from "../../components/empty-list.js";
import { outcomes, type SignInsSearch } from "../../search-params/sign-ins-search.js";
import { rangeBounds } from "../../search-params/time-range.js";
import { AppFilter, FilterBar, SelectFilter, TextFilter } from "../../ui/filters.js";
import { ListResult } from "../../ui/list-result.js";
import { PageHeader } from "../../ui/page-header.js";
import { Paging } from "../../ui/paging.js";
import { RefreshButton } from "../../ui/refresh-button.js";
import { TimeRangeFilter } from "../../ui/time-range-filter.js";
import { SignInsTable } from "./sign-ins-table.js";

const route = getRouteApi("/console/sign-ins");

export function SignInsPage(): ReactNode {
  const t = useTranslations("signIns");
  const names = useTranslations("outcome");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { range, from, to, ...question } = search;
  const bounds = useMemo(() => rangeBounds({ range, from, to }, Date.now()), [range, from, to]);
  const signIns = useQuery(
    trpc.signIns.list.queryOptions({ ...question, ...bounds }, { placeholderData: keepPreviousData }),
  );
  const isFiltered = Boolean(search.q || search.outcome || search.appId || search.userId);

  function filter(change: Partial<SignInsSearch>, { replace = false } = {}) {
    void navigate({
      search: (before) => ({ ...before, cursor: undefined, ...change }),
      replace,
      resetScroll: false,
    });
  }

  function clear() {
    void navigate({ search: {}, resetScroll: false });
  }

  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        <RefreshButton busy={signIns.isFetching} onRefresh={() => void signIns.refetch()} />
      </PageHeader>
      <FilterBar onClear={isFiltered ? clear : undefined}>
        <TextFilter
          label={t("search")}
          placeholder={t("searchPlaceholder")}
          value={search.q}
          onChange={(q) => filter({ q }, { replace: true })}
        />
        <TimeRangeFilter search={search} onChange={(chosen) => filter(chosen)} />
        <SelectFilter
          label={t("outcome")}
          all={t("allOutcomes")}
          options={outcomes.map((outcome) => ({ value: outcome, label: names(outcome) }))}
          value={search.outcome}
          onChange={(outcome) => filter({ outcome })}
        />
        <AppFilter value={search.appId} onChange={(appId) => filter({ appId })} />
      </FilterBar>
      <ListResult
        query={signIns}
        narrowedBy={isFiltered ? "filters" : range === "all" ? "nothing" : "range"}
        onWiden={isFiltered ? clear : () => filter({ range: "all", from: undefined, to: undefined })}
        nothingYet={<EmptyList title={t("nothingYet")} />}
      >
        {(page, stale) => <SignInsTable signIns={page.items} stale={stale} />}
      </ListResult>
      <Paging
        cursor={search.cursor}
        nextCursor={signIns.data?.nextCursor ?? null}
        stale={signIns.isPlaceholderData}
        onStep={({ cursor, trail }) =>
          void navigate({ search: (before) => ({ ...before, cursor }), state: { trail } })
        }
      />
    </>
  );
}
