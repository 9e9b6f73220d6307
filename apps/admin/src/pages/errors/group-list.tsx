import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { FailureGroup } from "../../api/types.js";
import { EmptyList } from "../../components/empty-list.js";
import { Errcode } from "../../components/errcode.js";
import { AppName } from "../../components/wechat-app.js";
import { useLanguage } from "../../language/use-language.js";
import { type Column, DataTable } from "../../ui/data-table.js";
import { ListResult } from "../../ui/list-result.js";
import { RowLink } from "../../ui/row-link.js";
import { RelativeTime } from "../../ui/time.js";
import classes from "./errors.module.css";
import type { ErrorsListProps } from "./errors-list.js";
import { writeGroupKey } from "./group-key.js";
import { narrowedBy } from "./narrowed-by.js";

/** Failures of one kind together: same app, same call, same errcode. */
export function GroupList({ search, bounds, onWiden }: ErrorsListProps): ReactNode {
  const t = useTranslations("errors");
  const format = useFormatter();
  const { appId, endpoint, errcode } = search;
  const groups = useQuery(
    trpc.failures.groups.queryOptions(
      { appId, endpoint, errcode, ...bounds },
      { placeholderData: keepPreviousData },
    ),
  );
  const narrowed = narrowedBy(search);

  const columns: Column<FailureGroup>[] = [
    { id: "error", header: t("error"), grow: true, cell: (group) => <GroupCell group={group} /> },
    { id: "app", header: t("app"), cell: (group) => <AppName appKey={group.appKey} appId={group.appId} /> },
    {
      id: "people",
      header: t("peopleAffected"),
      align: "right",
      cell: (group) => format.number(group.peopleAffected),
    },
    { id: "events", header: t("events"), align: "right", cell: (group) => format.number(group.events) },
    { id: "last", header: t("lastSeen"), cell: (group) => <RelativeTime at={group.lastSeenAt} /> },
    { id: "first", header: t("firstSeen"), cell: (group) => <RelativeTime at={group.firstSeenAt} /> },
  ];

  return (
    <ListResult
      query={groups}
      narrowedBy={narrowed}
      onWiden={() => narrowed !== "nothing" && onWiden(narrowed)}
      nothingYet={<EmptyList title={t("nothingYet")} why={t("nothingYetWhy")} />}
    >
      {(page, stale) => (
        <DataTable
          label={t("view.groups")}
          columns={columns}
          rows={page.items}
          rowKey={writeGroupKey}
          stale={stale}
        />
      )}
    </ListResult>
  );
}

/** The meaning first: the code is what one pastes, the meaning is what one reads. */
function GroupCell({ group }: { group: FailureGroup }): ReactNode {
  const t = useTranslations("errors");
  const { language } = useLanguage();
  const words = group.meaning?.[language] ?? group.name;
  return (
    <RowLink
      from="/errors"
      to="."
      search={(search) => ({ ...search, group: writeGroupKey(group), open: undefined })}
    >
      <span className={classes.groupHead}>
        <Errcode errcode={group.errcode} name={null} />
        {words ? <span>{words}</span> : <span className={classes.unknown}>{t("unknownCode")}</span>}
      </span>
      <span className={classes.endpoint}>
        {group.meaning && group.name && <>{group.name} · </>}
        {group.endpoint}
      </span>
    </RowLink>
  );
}
