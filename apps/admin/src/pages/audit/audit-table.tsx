import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { AuditEntry } from "../../api/types.js";
import { type Column, DataTable, RowLink } from "../../ui/data-table.js";
import { RelativeTime } from "../../ui/time.js";
import { useColumnChoice } from "../../ui/use-column-choice.js";
import classes from "./audit.module.css";
import { Actor, ResultBadge, Target } from "./entry-parts.js";
import { useEventText } from "./event-text.js";

export function AuditTable({
  entries,
  stale,
}: {
  entries: readonly AuditEntry[];
  stale: boolean;
}): ReactNode {
  const t = useTranslations("audit");
  const eventText = useEventText();
  const choice = useColumnChoice("audit");
  const columns: Column<AuditEntry>[] = [
    {
      id: "what",
      header: t("what"),
      cell: ({ id, event, result }) => (
        <span className={classes.what}>
          <RowLink from="/audit" to="." search={(search) => ({ ...search, open: id })}>
            {eventText(event)}
          </RowLink>
          {result !== "ok" && <ResultBadge result={result} />}
        </span>
      ),
    },
    { id: "target", header: t("target"), grow: true, cell: (entry) => <Target entry={entry} /> },
    { id: "who", header: t("who"), cell: (entry) => <Actor entry={entry} /> },
    {
      id: "from",
      header: t("from"),
      onlyWide: true,
      cell: ({ ip }) => (ip === null ? "–" : <bdi>{ip}</bdi>),
    },
    { id: "when", header: t("when"), phone: "aside", cell: ({ at }) => <RelativeTime at={at} /> },
  ];
  return (
    <DataTable
      label={t("title")}
      columns={columns}
      choice={choice}
      rows={entries}
      rowKey={({ id }) => id}
      stale={stale}
    />
  );
}
