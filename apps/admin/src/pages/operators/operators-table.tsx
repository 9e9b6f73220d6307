import { IconBan } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { OperatorRow } from "../../api/types.js";
import { useOperator } from "../../shell/use-operator.js";
import { type Column, DataTable, RowLink } from "../../ui/data-table.js";
import { StateBadge } from "../../ui/state-badge.js";
import { RelativeTime } from "../../ui/time.js";
import classes from "./operators.module.css";

export function OperatorsTable({
  operators,
  stale,
}: {
  operators: readonly OperatorRow[];
  stale: boolean;
}): ReactNode {
  const t = useTranslations("operators");
  const me = useOperator();
  const columns: Column<OperatorRow>[] = [
    {
      id: "name",
      header: t("name"),
      grow: true,
      cell: ({ id, username, status }) => (
        <span className={classes.name}>
          <RowLink from="/operators" to="." search={(search) => ({ ...search, open: id })}>
            <bdi>{username}</bdi>
          </RowLink>
          {id === me?.id && <span className={classes.muted}>{t("you")}</span>}
          {status === "disabled" && (
            <StateBadge tone="error" icon={IconBan}>
              {t("disabled")}
            </StateBadge>
          )}
        </span>
      ),
    },
    { id: "role", header: t("role"), phone: "aside", cell: ({ role }) => t(`roles.${role}`) },
    { id: "factors", header: t("factors"), cell: ({ factors }) => t("factorCount", { count: factors }) },
    { id: "sessions", header: t("sessions"), cell: ({ sessions }) => t("browsers", { count: sessions }) },
    { id: "lastSeen", header: t("lastSeen"), cell: ({ lastSeenAt }) => <RelativeTime at={lastSeenAt} /> },
    {
      id: "created",
      header: t("created"),
      onlyWide: true,
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
  ];
  return (
    <DataTable label={t("title")} columns={columns} rows={operators} rowKey={({ id }) => id} stale={stale} />
  );
}
