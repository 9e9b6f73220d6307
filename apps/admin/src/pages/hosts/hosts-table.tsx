import { IconBan, IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { HostRow } from "../../api/types.js";
import { type Column, DataTable, RowLink } from "../../ui/data-table.js";
import { StateBadge } from "../../ui/state-badge.js";
import { RelativeTime } from "../../ui/time.js";
import classes from "./hosts.module.css";

export function HostsTable({ hosts }: { hosts: readonly HostRow[] }): ReactNode {
  const t = useTranslations("hosts");
  const columns: Column<HostRow>[] = [
    {
      id: "name",
      header: t("name"),
      cell: ({ id, name, disabledAt }) => (
        <span className={classes.name}>
          <RowLink to="/hosts/$id" params={{ id }} resetScroll={true} state={{}}>
            <bdi>{name}</bdi>
          </RowLink>
          {disabledAt !== null && (
            <StateBadge tone="error" icon={IconBan}>
              {t("disabled")}
            </StateBadge>
          )}
        </span>
      ),
    },
    {
      id: "id",
      header: t("clientId"),
      onlyWide: true,
      cell: ({ id }) => <bdi className={classes.mono}>{id}</bdi>,
    },
    {
      id: "origins",
      header: t("origins"),
      grow: true,
      cell: ({ origins }) => <bdi className={classes.list}>{origins.join(", ")}</bdi>,
    },
    { id: "keys", header: t("keys"), cell: ({ keys }) => t("keyCount", { count: keys }) },
    {
      id: "webhooks",
      header: t("webhooks"),
      cell: ({ webhooks, disabledWebhooks }) => (
        <span className={classes.name}>
          {t("webhookCount", { count: webhooks })}
          {disabledWebhooks > 0 && (
            <StateBadge tone="warning" icon={IconPlugConnectedX}>
              {t("disabledWebhooks", { count: disabledWebhooks })}
            </StateBadge>
          )}
        </span>
      ),
    },
    {
      id: "used",
      header: t("lastUsed"),
      phone: "aside",
      cell: ({ lastUsedAt }) => <RelativeTime at={lastUsedAt} />,
    },
  ];
  return <DataTable label={t("title")} columns={columns} rows={hosts} rowKey={({ id }) => id} />;
}
