import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { AppFilter, ChoiceFilter, FilterBar, TextFilter } from "../../components/filters.js";
import { ListAnswer } from "../../components/list-answer.js";
import { NothingYet } from "../../components/nothing-yet.js";
import { PageHeader } from "../../components/page-header.js";
import { Paging } from "../../components/paging.js";
import { RangeFilter } from "../../components/range-filter.js";
import { RefreshButton } from "../../components/refresh-button.js";
import { outcomes, type SignInsSearch } from "../../search-params/sign-ins-search.js";
import { rangeBounds } from "../../search-params/time-range.js";
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
        <RangeFilter search={search} onChange={(chosen) => filter(chosen)} />
        <ChoiceFilter
          label={t("outcome")}
          all={t("allOutcomes")}
          options={outcomes.map((outcome) => ({ value: outcome, label: names(outcome) }))}
          value={search.outcome}
          onChange={(outcome) => filter({ outcome })}
        />
        <AppFilter value={search.appId} onChange={(appId) => filter({ appId })} />
      </FilterBar>
      <ListAnswer
        query={signIns}
        narrowedBy={isFiltered ? "filters" : range === "all" ? "nothing" : "range"}
        onWiden={isFiltered ? clear : () => filter({ range: "all", from: undefined, to: undefined })}
        nothingYet={<NothingYet title={t("nothingYet")} />}
      >
        {(page, stale) => <SignInsTable signIns={page.items} stale={stale} />}
      </ListAnswer>
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
