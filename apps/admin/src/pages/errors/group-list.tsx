import { Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { FailureGroup } from "../../api/types.js";
import { EmptyList } from "../../components/empty-list.js";
import { Errcode } from "../../components/errcode.js";
import { AppName } from "../../components/wechat-app.js";
import { useLanguage } from "../../language/use-language.js";
import type { ErrorsListState } from "../../search-params/errors-search.js";
import { type Column, DataTable, RowLink } from "../../ui/data-table.js";
import { ListResult } from "../../ui/list-result.js";
import { RelativeTime, useFormatExactTime } from "../../ui/time.js";
import classes from "./errors.module.css";
import { useFormatPeople } from "./format-people.js";
import { formatGroupKey } from "./group-key.js";

/** Failures grouped by app, endpoint and errcode. */
export function GroupList({ list }: { list: ErrorsListState }): ReactNode {
  const t = useTranslations("errors");
  const format = useFormatter();
  const formatPeople = useFormatPeople();
  const groups = useQuery(
    trpc.failures.groups.queryOptions(
      { ...list.filters, ...list.bounds },
      { placeholderData: keepPreviousData },
    ),
  );

  const columns: Column<FailureGroup>[] = [
    { id: "error", header: t("error"), grow: true, cell: (group) => <GroupCell group={group} /> },
    { id: "app", header: t("app"), cell: (group) => <AppName appKey={group.appKey} appId={group.appId} /> },
    {
      id: "people",
      header: t("peopleAffected"),
      align: "right",
      cell: (group) => formatPeople(group),
    },
    { id: "events", header: t("events"), align: "right", cell: (group) => format.number(group.events) },
    { id: "last", header: t("lastSeen"), cell: (group) => <RelativeTime at={group.lastSeenAt} /> },
    { id: "first", header: t("firstSeen"), cell: (group) => <RelativeTime at={group.firstSeenAt} /> },
  ];

  return (
    <ListResult
      query={groups}
      list={list}
      emptyState={<EmptyList title={t("empty")} why={t("emptyReason")} />}
    >
      {(page, stale) => (
        <>
          <DataTable
            label={t("view.groups")}
            columns={columns}
            rows={page.items}
            rowKey={formatGroupKey}
            stale={stale}
          />
          <CountedTo at={page.countedFrom ?? page.searchedTo} />
        </>
      )}
    </ListResult>
  );
}

/** Counts of many failures begin at a quarter of an hour, or at the oldest failure that was read. */
function CountedTo({ at }: { at: string | undefined }): ReactNode {
  const t = useTranslations("paging");
  const formatTime = useFormatExactTime();
  return (
    at !== undefined && (
      <Text size="xs" p="xs">
        {t("countedTo", { at: formatTime(at) })}
      </Text>
    )
  );
}

function GroupCell({ group }: { group: FailureGroup }): ReactNode {
  const t = useTranslations("errors");
  const { language } = useLanguage();
  const meaning = group.meaning?.[language] ?? group.name;
  return (
    <RowLink
      from="/errors"
      to="."
      search={(search) => ({ ...search, group: formatGroupKey(group), open: undefined })}
    >
      <span className={classes.groupHead}>
        <Errcode errcode={group.errcode} name={null} />
        {meaning ? <span>{meaning}</span> : <span className={classes.unknown}>{t("unknownCode")}</span>}
      </span>
      <span className={classes.endpoint}>
        {group.meaning && group.name && <>{group.name} · </>}
        {group.endpoint}
      </span>
    </RowLink>
  );
}
