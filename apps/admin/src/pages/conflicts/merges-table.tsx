import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { MergeRow } from "../../api/types.js";
import { Nickname } from "../../components/person-name.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { type Column, DataTable, RowLink } from "../../ui/data-table.js";
import { RelativeTime } from "../../ui/time.js";
import classes from "./conflicts.module.css";
import { MergeState } from "./merge-state.js";

export function MergesTable({ merges, stale }: { merges: readonly MergeRow[]; stale: boolean }): ReactNode {
  const t = useTranslations("merges");
  const conflicts = useTranslations("conflicts");
  const columns: Column<MergeRow>[] = [
    {
      id: "survivor",
      header: t("survivor"),
      grow: true,
      cell: ({ id, survivor }) => (
        <RowLink from="/conflicts" to="." search={(search) => ({ ...search, open: id })}>
          {survivor ? (
            <Nickname nickname={survivor.nickname} clip />
          ) : (
            <span className={classes.muted}>{conflicts("erased")}</span>
          )}
        </RowLink>
      ),
    },
    {
      id: "from",
      header: t("from"),
      onlyWide: true,
      cell: ({ fromUserId }) => <CopyableId value={fromUserId} label={t("from")} />,
    },
    {
      id: "into",
      header: t("into"),
      onlyWide: true,
      cell: ({ intoUserId }) => <CopyableId value={intoUserId} label={t("into")} />,
    },
    { id: "by", header: t("by"), cell: ({ operator }) => <bdi>{operator ?? t("unknownOperator")}</bdi> },
    { id: "at", header: t("at"), phone: "aside", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    {
      id: "state",
      header: t("state"),
      cell: (merge) => <MergeState merge={merge} isErased={merge.survivor === null} />,
    },
  ];
  return (
    <DataTable
      label={conflicts("view.merges")}
      columns={columns}
      rows={merges}
      rowKey={({ id }) => id}
      stale={stale}
    />
  );
}
