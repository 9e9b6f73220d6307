import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { EmptyList } from "../../components/empty-list.js";
import type { PeopleSearch } from "../../search-params/people-search.js";
import { SideDrawer } from "../../ui/dialogs.js";
import { AppFilter, FilterBar, SelectFilter, TextFilter } from "../../ui/filters.js";
import { ListResult } from "../../ui/list-result.js";
import { PageHeader } from "../../ui/page-header.js";
import { Paging } from "../../ui/paging.js";
import { RefreshButton } from "../../ui/refresh-button.js";
import { PeopleTable } from "./people-table.js";
import { PersonView } from "./person-view.js";

const route = getRouteApi("/console/people");

export function PeoplePage(): ReactNode {
  const t = useTranslations("people");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { open, ...question } = search;
  const people = useQuery(trpc.people.list.queryOptions(question, { placeholderData: keepPreviousData }));
  const isFiltered = Boolean(search.q || search.appId || search.unionid || search.status);

  // Another question starts at its first page.
  function filter(change: Partial<PeopleSearch>, { replace = false } = {}) {
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
        <RefreshButton busy={people.isFetching} onRefresh={() => void people.refetch()} />
      </PageHeader>
      <FilterBar onClear={isFiltered ? clear : undefined}>
        <TextFilter
          label={t("search")}
          placeholder={t("searchPlaceholder")}
          value={search.q}
          onChange={(q) => filter({ q }, { replace: true })}
        />
        <AppFilter value={search.appId} onChange={(appId) => filter({ appId })} />
        <SelectFilter
          label={t("statusColumn")}
          all={t("allStatuses")}
          options={[
            { value: "active", label: t("status.active") },
            { value: "blocked", label: t("status.blocked") },
          ]}
          value={search.status}
          onChange={(status) => filter({ status })}
        />
        <SelectFilter
          label="unionid"
          all={t("unionidAny")}
          options={[
            { value: "yes", label: t("unionidYes") },
            { value: "no", label: t("unionidNo") },
          ]}
          value={search.unionid}
          onChange={(unionid) => filter({ unionid })}
        />
      </FilterBar>
      <ListResult
        query={people}
        narrowedBy={isFiltered ? "filters" : "nothing"}
        onWiden={clear}
        nothingYet={<EmptyList title={t("nothingYet")} />}
      >
        {(page, stale) => <PeopleTable people={page.items} stale={stale} />}
      </ListResult>
      <Paging
        cursor={search.cursor}
        nextCursor={people.data?.nextCursor ?? null}
        stale={people.isPlaceholderData}
        onStep={({ cursor, trail }) =>
          void navigate({ search: (before) => ({ ...before, cursor }), state: { trail } })
        }
      />
      <SideDrawer
        opened={open !== undefined}
        title={t("person")}
        onClose={() =>
          void navigate({
            search: (before) => ({ ...before, open: undefined }),
            state: true,
            resetScroll: false,
          })
        }
      >
        {open !== undefined && <PersonView userId={open} />}
      </SideDrawer>
    </>
  );
}
