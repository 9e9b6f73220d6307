import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import type { LoggedFailure } from "../../api/types.js";
import { EmptyList } from "../../components/empty-list.js";
import { Errcode } from "../../components/errcode.js";
import { FailuresHistogram } from "../../components/list-histogram.js";
import { LiveBar } from "../../components/live-list.js";
import { PersonLink } from "../../components/person-link.js";
import { AppName } from "../../components/wechat-app.js";
import type { ErrorsListState } from "../../search-params/errors-search.js";
import type { TimeRangeSearch } from "../../search-params/time-range.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { type Column, DataTable, RowLink } from "../../ui/data-table.js";
import { isEmptyInRange, ListResult } from "../../ui/list-result.js";
import { Paging } from "../../ui/paging.js";
import { RelativeTime, useFormatDuration } from "../../ui/time.js";
import { UntrustedText } from "../../ui/untrusted-text.js";
import { useColumnChoice } from "../../ui/use-column-choice.js";
import { useTotal } from "../../ui/use-total.js";
import classes from "./errors.module.css";

/** Every failed call, newest first. */
export function FailureLog({
  list,
  search,
  isLive,
  isRowOpen,
}: {
  list: ErrorsListState;
  search: TimeRangeSearch;
  isLive: boolean;
  isRowOpen: boolean;
}): ReactNode {
  const { q, ...counted } = list.filters;
  const t = useTranslations("errors");
  const people = useTranslations("errorPeople");
  const formatDuration = useFormatDuration();
  const noneFor = ({ openid, signInId }: LoggedFailure) => {
    if (openid !== null) return people("unknownPerson");
    return signInId === null ? people("noPerson") : people("unknownBrowser");
  };
  const filter = { ...list.filters, ...list.bounds };
  const options = trpc.failures.list.queryOptions(
    { ...filter, cursor: list.paging.cursor },
    { placeholderData: keepPreviousData },
  );
  const failures = useQuery(options);
  const ever = useQuery(
    trpc.failures.list.queryOptions({ limit: 1 }, { enabled: isEmptyInRange(list, failures) }),
  );
  const total = useTotal(failures.data, list.paging.cursor, trpc.failures.count.queryOptions(filter));

  const choice = useColumnChoice("failures");
  const columns: Column<LoggedFailure>[] = [
    { id: "error", header: t("error"), grow: true, cell: (failure) => <FailureCell failure={failure} /> },
    { id: "at", header: t("at"), phone: "aside", cell: (failure) => <RelativeTime at={failure.at} /> },
    {
      id: "app",
      header: t("app"),
      cell: (failure) => <AppName appKey={failure.appKey} appId={failure.appId} />,
    },
    {
      id: "person",
      header: people("person"),
      cell: (failure) => <PersonLink person={failure.person} none={noneFor(failure)} />,
    },
    {
      id: "openid",
      header: "openid",
      onlyWide: true,
      cell: (failure) => (failure.openid ? <CopyableId value={failure.openid} label="openid" /> : "–"),
    },
    {
      id: "rid",
      header: "rid",
      onlyWide: true,
      cell: (failure) => (failure.rid ? <CopyableId value={failure.rid} label="rid" /> : "–"),
    },
    {
      id: "latency",
      header: t("latency"),
      align: "right",
      onlyWide: true,
      cell: (failure) => formatDuration(failure.latencyMs),
    },
  ];

  return (
    <>
      {/* Counts know the app, the endpoint and the errcode. */}
      {!q && (
        <FailuresHistogram
          filter={{ ...counted, ...list.bounds }}
          search={search}
          setRange={(range) => list.setFilter(range)}
        />
      )}
      {isLive && list.paging.cursor === undefined && (
        <LiveBar
          list="failures"
          isRowOpen={isRowOpen}
          shownKey={options.queryKey}
          readNewest={() =>
            queryClient.fetchQuery({
              ...trpc.failures.list.queryOptions({ ...filter, limit: 50 }),
              staleTime: 0,
              gcTime: 0,
            })
          }
          shown={failures.data}
          isFailed={failures.isError}
        />
      )}
      <ListResult
        query={failures}
        list={list}
        ever={ever}
        emptyState={<EmptyList title={t("empty")} why={t("emptyReason")} />}
      >
        {(page, stale) => (
          <DataTable
            label={t("view.log")}
            columns={columns}
            choice={choice}
            rows={page.items}
            rowKey={(failure) => failure.id}
            stale={stale}
          />
        )}
      </ListResult>
      <Paging paging={list.paging} page={failures.data} stale={failures.isPlaceholderData} total={total} />
    </>
  );
}

function FailureCell({ failure }: { failure: LoggedFailure }): ReactNode {
  return (
    <RowLink from="/errors" to="." search={(search) => ({ ...search, open: failure.id, group: undefined })}>
      <Errcode errcode={failure.errcode} name={failure.name} meaning={failure.meaning} />
      <span className={classes.errmsg}>
        <UntrustedText text={`${failure.endpoint} · ${failure.errmsg}`} clip />
      </span>
    </RowLink>
  );
}
