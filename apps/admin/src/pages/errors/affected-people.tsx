import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { AffectedPerson } from "../../api/types.js";
import { EmptyList } from "../../components/empty-list.js";
import { ShownPersonName } from "../../components/person-link.js";
import { AppName } from "../../components/wechat-app.js";
import type { ErrorsListState } from "../../search-params/errors-search.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { type Column, DataTable, RowLink } from "../../ui/data-table.js";
import { isEmptyInRange, ListResult } from "../../ui/list-result.js";
import { Paging } from "../../ui/paging.js";
import { RelativeTime } from "../../ui/time.js";
import classes from "./errors.module.css";

/** Whom the failed calls of this filter affect, who failed last first. */
export function AffectedPeople({ list }: { list: ErrorsListState }): ReactNode {
  const t = useTranslations("errors");
  const people = useTranslations("errorPeople");
  const format = useFormatter();
  const { q: _, ...filters } = list.filters;
  const affected = useQuery(
    trpc.failures.people.queryOptions(
      { ...filters, ...list.bounds, cursor: list.paging.cursor },
      { placeholderData: keepPreviousData },
    ),
  );
  const isWhole = list.paging.cursor === undefined && affected.data?.nextCursor === null;
  const ever = useQuery(
    trpc.failures.list.queryOptions({ limit: 1 }, { enabled: isEmptyInRange(list, affected) }),
  );

  const columns: Column<AffectedPerson>[] = [
    {
      id: "person",
      header: people("person"),
      grow: true,
      cell: (row) => <PersonCell row={row} />,
    },
    { id: "app", header: t("app"), cell: (row) => <AppName appKey={row.appKey} appId={row.appId} /> },
    {
      id: "openid",
      header: "openid",
      onlyWide: true,
      cell: (row) => (row.openid ? <CopyableId value={row.openid} label="openid" /> : "–"),
    },
    { id: "events", header: t("events"), align: "right", cell: (row) => format.number(row.events) },
    {
      id: "last",
      header: people("lastFailure"),
      phone: "aside",
      cell: ({ failureId, lastSeenAt }) => (
        <Link
          className={classes.above}
          from="/errors"
          to="."
          search={(search) => ({ ...search, open: failureId ?? undefined, group: undefined })}
        >
          <RelativeTime at={lastSeenAt} />
          <span className="visually-hidden">{people("openLast")}</span>
        </Link>
      ),
    },
  ];

  return (
    <>
      <ListResult
        query={affected}
        list={list}
        ever={ever}
        emptyState={<EmptyList title={t("empty")} why={t("emptyReason")} />}
      >
        {(page, stale) => (
          <>
            <p className={classes.note}>
              {people(isWhole ? "listed" : "onPage", { count: page.items.length })}
            </p>
            <DataTable
              label={people("title")}
              columns={columns}
              rows={page.items}
              rowKey={({ failureId, appId }) => `${appId} ${failureId}`}
              stale={stale}
            />
          </>
        )}
      </ListResult>
      <Paging paging={list.paging} page={affected.data} stale={affected.isPlaceholderData} />
    </>
  );
}

/** Opens the person; where no user is known, their last failed call. */
function PersonCell({ row: { person, openid, failureId } }: { row: AffectedPerson }): ReactNode {
  const t = useTranslations("errorPeople");
  if (person !== null) {
    return (
      <RowLink to="/people" search={{ open: person.userId }} state={{}}>
        <ShownPersonName person={person} />
      </RowLink>
    );
  }
  return (
    <RowLink
      from="/errors"
      to="."
      search={(search) => ({ ...search, open: failureId ?? undefined, group: undefined })}
    >
      <span className={classes.unknown}>{t(openid === null ? "unknownBrowser" : "unknownPerson")}</span>
    </RowLink>
  );
}
