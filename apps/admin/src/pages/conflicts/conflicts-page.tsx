import { keepPreviousData, useIsFetching, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import { useListSearch } from "../../search-params/use-list-search.js";
import { SideDrawer } from "../../ui/dialogs.js";
import { ListResult } from "../../ui/list-result.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { Paging } from "../../ui/paging.js";
import { ViewLink, ViewSwitch } from "../../ui/view-switch.js";
import { ConflictsTable } from "./conflicts-table.js";
import { MergeView } from "./merge-view.js";
import { MergesTable } from "./merges-table.js";
import { NothingYet } from "./nothing-yet.js";

const route = getRouteApi("/console/conflicts");

/** Conflicts that wait for a decision, those that are resolved, and the merges that came of them. */
export function ConflictsPage(): ReactNode {
  const t = useTranslations("conflicts");
  const merges = useTranslations("merges");
  const search = route.useSearch();
  const view = search.view ?? "open";
  const list = useListSearch(search, { filters: [], drawer: ["open"], keep: ["view"] });
  const filters = [trpc.conflicts.pathFilter(), trpc.merges.pathFilter()];
  const [conflictCalls, mergeCalls] = [useIsFetching(filters[0]), useIsFetching(filters[1])];

  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        <ViewSwitch label={t("views")}>
          {(["open", "resolved", "merges"] as const).map((target) => (
            <ViewLink
              key={target}
              isCurrent={target === view}
              to="/conflicts"
              search={target === "open" ? {} : { view: target }}
            >
              {t(`view.${target}`)}
            </ViewLink>
          ))}
        </ViewSwitch>
        <RefreshButton
          busy={conflictCalls + mergeCalls > 0}
          onRefresh={() => void Promise.all(filters.map((filter) => queryClient.invalidateQueries(filter)))}
        />
      </PageHeader>
      {view === "merges" ? <Merges list={list} /> : <Conflicts key={view} state={view} list={list} />}
      <SideDrawer opened={search.open !== undefined} title={merges("one")} onClose={list.closeDrawer}>
        {search.open !== undefined && <MergeView id={search.open} />}
      </SideDrawer>
    </>
  );
}

type List = ReturnType<typeof useListSearch>;

function Conflicts({ state, list }: { state: "open" | "resolved"; list: List }): ReactNode {
  const t = useTranslations("conflicts");
  const conflicts = useQuery(
    trpc.conflicts.list.queryOptions(
      { state, cursor: list.paging.cursor },
      { placeholderData: keepPreviousData },
    ),
  );
  const isOpen = state === "open";
  return (
    <>
      <ListResult
        query={conflicts}
        list={list}
        emptyState={
          <NothingYet
            title={t(isOpen ? "emptyOpen" : "emptyResolved")}
            reason={t(isOpen ? "emptyOpenReason" : "emptyResolvedReason")}
          />
        }
      >
        {(page, stale) => <ConflictsTable conflicts={page.items} stale={stale} />}
      </ListResult>
      <Paging paging={list.paging} page={conflicts.data} stale={conflicts.isPlaceholderData} />
    </>
  );
}

function Merges({ list }: { list: List }): ReactNode {
  const t = useTranslations("conflicts");
  const merges = useQuery(
    trpc.merges.list.queryOptions({ cursor: list.paging.cursor }, { placeholderData: keepPreviousData }),
  );
  return (
    <>
      <ListResult
        query={merges}
        list={list}
        emptyState={<NothingYet title={t("emptyMerges")} reason={t("emptyMergesReason")} />}
      >
        {(page, stale) => <MergesTable merges={page.items} stale={stale} />}
      </ListResult>
      <Paging paging={list.paging} page={merges.data} stale={merges.isPlaceholderData} />
    </>
  );
}
