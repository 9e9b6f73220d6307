import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { ConflictRow } from "../../api/types.js";
import { Nickname } from "../../components/person-name.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { type Column, DataTable, RowLink } from "../../ui/data-table.js";
import { RelativeTime } from "../../ui/time.js";
import { ConflictState } from "./conflict-state.js";
import classes from "./conflicts.module.css";

export function ConflictsTable({
  conflicts,
  stale,
}: {
  conflicts: readonly ConflictRow[];
  stale: boolean;
}): ReactNode {
  const t = useTranslations("conflicts");
  const isResolved = conflicts.some(({ resolvedAt }) => resolvedAt !== null);
  const columns: Column<ConflictRow>[] = [
    {
      id: "people",
      header: t("people"),
      grow: true,
      cell: ({ id, user, otherUser }) => (
        <RowLink to="/conflicts/$id" params={{ id }} resetScroll={true} state={{}}>
          <span className={classes.pair}>
            {t.rich("and", {
              one: () => <PersonInRow key="one" person={user} />,
              other: () => <PersonInRow key="other" person={otherUser} />,
            })}
          </span>
        </RowLink>
      ),
    },
    {
      id: "unionid",
      header: "unionid",
      onlyWide: true,
      cell: ({ unionid }) => <CopyableId value={unionid} label="unionid" />,
    },
    { id: "group", header: t("group"), cell: ({ group }) => <bdi>{group}</bdi> },
    {
      id: "noticed",
      header: t("noticed"),
      phone: "aside",
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
    ...(isResolved
      ? [
          {
            id: "state",
            header: t("state"),
            cell: ({ resolution }: ConflictRow) => <ConflictState resolution={resolution} />,
          },
          {
            id: "resolved",
            header: t("resolvedAt"),
            cell: ({ resolvedAt }: ConflictRow) => <RelativeTime at={resolvedAt} />,
          },
        ]
      : []),
  ];
  return (
    <DataTable label={t("title")} columns={columns} rows={conflicts} rowKey={({ id }) => id} stale={stale} />
  );
}

/** The end of the id tells two people of one nickname apart, and for a viewer any two. */
function PersonInRow({ person }: { person: ConflictRow["user"] }): ReactNode {
  const t = useTranslations("conflicts");
  if (!person) return <span className={classes.muted}>{t("erased")}</span>;
  return (
    <span className={classes.inRow}>
      <Nickname nickname={person.nickname} clip />
      <bdi className={classes.tail}>{person.userId.slice(-8)}</bdi>
    </span>
  );
}
