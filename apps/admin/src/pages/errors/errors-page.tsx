import { useIsFetching } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import type { ErrorsSearch } from "../../search-params/errors-search.js";
import { rangeBounds } from "../../search-params/time-range.js";
import { SideDrawer } from "../../ui/dialogs.js";
import { PageHeader } from "../../ui/page-header.js";
import { RefreshButton } from "../../ui/refresh-button.js";
import { ErrorsFilters } from "./errors-filters.js";
import { FailureLog } from "./failure-log.js";
import { FailureView } from "./failure-view.js";
import { readGroupKey } from "./group-key.js";
import { GroupList } from "./group-list.js";
import { GroupView } from "./group-view.js";
import { ViewSwitch } from "./view-switch.js";

const route = getRouteApi("/console/errors");

/** What went wrong between us and WeChat: by kind, or call by call. */
export function ErrorsPage(): ReactNode {
  const t = useTranslations("errors");
  const failures = trpc.failures.pathFilter();
  const busy = useIsFetching(failures) > 0;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const view = search.view ?? "groups";
  const { range, from, to } = search;
  // Bound to the question, not to the clock: a second look at a page is the same page.
  const bounds = useMemo(() => rangeBounds({ range, from, to }, Date.now()), [range, from, to]);
  const groupKey = search.group === undefined ? null : readGroupKey(search.group);

  function filter(change: Partial<ErrorsSearch>, { replace = false } = {}) {
    void navigate({
      search: (before) => ({ ...before, cursor: undefined, ...change }),
      replace,
      resetScroll: false,
    });
  }

  function clear() {
    void navigate({ search: ({ view }) => ({ view }), resetScroll: false });
  }

  function close() {
    void navigate({
      search: (before) => ({ ...before, open: undefined, group: undefined }),
      state: true,
      resetScroll: false,
    });
  }

  const list = { search, bounds, onWiden: widen };
  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        <ViewSwitch view={view} />
        <RefreshButton busy={busy} onRefresh={() => void queryClient.invalidateQueries(failures)} />
      </PageHeader>
      <ErrorsFilters search={search} view={view} onFilter={filter} onClear={clear} />
      {view === "groups" ? (
        <GroupList {...list} />
      ) : (
        <FailureLog
          {...list}
          onStep={({ cursor, trail }) =>
            void navigate({ search: (before) => ({ ...before, cursor }), state: { trail } })
          }
        />
      )}
      <SideDrawer
        opened={search.open !== undefined || groupKey !== null}
        title={search.open !== undefined ? t("failure") : t("group")}
        onClose={close}
      >
        {search.open !== undefined ? (
          <FailureView id={search.open} />
        ) : (
          groupKey && <GroupView group={groupKey} bounds={bounds} />
        )}
      </SideDrawer>
    </>
  );

  function widen(narrowedBy: "filters" | "range") {
    if (narrowedBy === "filters") clear();
    else filter({ range: "all", from: undefined, to: undefined });
  }
}
