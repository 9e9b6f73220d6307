import { useIsFetching } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import { LiveSwitch } from "../../components/live-list.js";
import type { ErrorsListState } from "../../search-params/errors-search.js";
import { useListSearch } from "../../search-params/use-list-search.js";
import { SideDrawer } from "../../ui/dialogs.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { AffectedPeople } from "./affected-people.js";
import { ErrorsFilters } from "./errors-filters.js";
import { FailureLog } from "./failure-log.js";
import { FailureView } from "./failure-view.js";
import { parseGroupKey } from "./group-key.js";
import { GroupList } from "./group-list.js";
import { GroupView } from "./group-view.js";
import { ErrorsViewSwitch } from "./view-switch.js";

const route = getRouteApi("/console/errors");

/** Failed WeChat API calls, grouped by kind or one by one. */
export function ErrorsPage(): ReactNode {
  const t = useTranslations("errors");
  const failures = trpc.failures.pathFilter();
  const busy = useIsFetching(failures) > 0;
  const search = route.useSearch();
  const view = search.view ?? "groups";
  const list: ErrorsListState = useListSearch(search, {
    filters: view === "log" ? ["q", "appId", "endpoint", "errcode"] : ["appId", "endpoint", "errcode"],
    hasTimeRange: true,
    drawer: ["open", "group"],
    keep: ["view", "state", "sort", "live"],
  });
  const groupKey = search.group === undefined ? null : parseGroupKey(search.group);

  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        <ErrorsViewSwitch view={view} />
        {view === "log" && (
          <LiveSwitch
            isOn={search.live === "on"}
            onChange={(isOn) => list.setFilter({ live: isOn ? "on" : undefined })}
          />
        )}
        <RefreshButton busy={busy} onRefresh={() => void queryClient.invalidateQueries(failures)} />
      </PageHeader>
      <ErrorsFilters search={search} view={view} list={list} />
      {view === "groups" && <GroupList list={list} state={search.state} sort={search.sort} />}
      {view === "people" && <AffectedPeople list={list} />}
      {view === "log" && (
        <FailureLog
          list={list}
          search={search}
          isLive={search.live === "on"}
          isRowOpen={search.open !== undefined}
        />
      )}
      <SideDrawer
        opened={search.open !== undefined || groupKey !== null}
        title={search.open !== undefined ? t("failure") : t("group")}
        onClose={list.closeDrawer}
      >
        {search.open !== undefined ? (
          <FailureView id={search.open} />
        ) : (
          groupKey && <GroupView group={groupKey} bounds={list.bounds} />
        )}
      </SideDrawer>
    </>
  );
}
