import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { EmptyList } from "../../components/empty-list.js";
import { ExportMenu } from "../../components/export-menu.js";
import { AppFilter } from "../../components/wechat-app.js";
import { useListSearch } from "../../search-params/use-list-search.js";
import { SideDrawer } from "../../ui/dialogs.js";
import { FilterBar, SelectFilter, TextFilter } from "../../ui/filters.js";
import { ListResult } from "../../ui/list-result.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { Paging } from "../../ui/paging.js";
import { useTotal } from "../../ui/use-total.js";
import { PeopleTable } from "./people-table.js";
import { PersonView } from "./person-view.js";

const route = getRouteApi("/console/people");

export function PeoplePage(): ReactNode {
  const t = useTranslations("people");
  const search = route.useSearch();
  const list = useListSearch(search, {
    filters: ["q", "appId", "unionid", "status"],
    drawer: ["open"],
  });
  const people = useQuery(
    trpc.people.list.queryOptions(
      { ...list.filters, cursor: search.cursor },
      { placeholderData: keepPreviousData },
    ),
  );
  const total = useTotal(people.data, list.paging.cursor, trpc.people.count.queryOptions(list.filters));

  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        <RefreshButton busy={people.isFetching} onRefresh={() => void people.refetch()} />
      </PageHeader>
      <FilterBar list={list}>
        <TextFilter
          label={t("search")}
          placeholder={t("searchPlaceholder")}
          value={search.q}
          onChange={(q) => list.setFilter({ q }, { replace: true })}
        />
        <AppFilter value={search.appId} onChange={(appId) => list.setFilter({ appId })} />
        <SelectFilter
          label={t("statusColumn")}
          all={t("allStatuses")}
          options={[
            { value: "active", label: t("status.active") },
            { value: "blocked", label: t("status.blocked") },
          ]}
          value={search.status}
          onChange={(status) => list.setFilter({ status })}
        />
        <SelectFilter
          label="unionid"
          all={t("unionidAny")}
          options={[
            { value: "yes", label: t("unionidYes") },
            { value: "no", label: t("unionidNo") },
          ]}
          value={search.unionid}
          onChange={(unionid) => list.setFilter({ unionid })}
        />
        <ExportMenu list="people" filter={list.filters} />
      </FilterBar>
      <ListResult query={people} list={list} emptyState={<EmptyList title={t("empty")} />}>
        {(page, stale) => <PeopleTable people={page.items} stale={stale} />}
      </ListResult>
      <Paging paging={list.paging} page={people.data} stale={people.isPlaceholderData} total={total} />
      <SideDrawer opened={search.open !== undefined} title={t("person")} onClose={list.closeDrawer}>
        {search.open !== undefined && <PersonView userId={search.open} />}
      </SideDrawer>
    </>
  );
}
