import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import type { AlertIncident } from "../../api/types.js";
import { type Column, DataTable } from "../../ui/data-table.js";
import { StateBadge } from "../../ui/state-badge.js";
import { RelativeTime } from "../../ui/time.js";
import { IncidentLink } from "./incident-link.js";

export function IncidentsTable({
  incidents,
  stale,
}: {
  incidents: readonly AlertIncident[];
  stale: boolean;
}): ReactNode {
  const t = useTranslations("alerts");
  const format = useFormatter();
  const count = (of: number | null) => (of === null ? "–" : format.number(of));
  const columns: Column<AlertIncident>[] = [
    {
      id: "incident",
      header: t("incident.what"),
      grow: true,
      cell: (incident) => (
        <IncidentLink incident={incident}>
          {t(`incident.${incident.kind}`, { percent: incident.percent ?? 0 })}
        </IncidentLink>
      ),
    },
    {
      id: "state",
      header: t("state"),
      cell: ({ recoveredAt, isCritical }) =>
        recoveredAt === null ? (
          <StateBadge tone={isCritical ? "error" : "warning"} icon={IconAlertTriangle}>
            {isCritical ? t("critical") : t("open")}
          </StateBadge>
        ) : (
          <StateBadge tone="success" icon={IconCheck}>
            {t("recovered")}
          </StateBadge>
        ),
    },
    {
      id: "about",
      header: t("about"),
      cell: ({ kind, subject, appKey, errcode, name }) =>
        kind === "webhook_disabled" ? subject : [appKey, errcode, name].filter(Boolean).join(" · "),
    },
    { id: "people", header: t("people"), cell: ({ people }) => count(people) },
    { id: "events", header: t("events"), cell: ({ events }) => count(events) },
    { id: "opened", header: t("opened"), cell: ({ openedAt }) => <RelativeTime at={openedAt} /> },
    {
      id: "ended",
      header: t("ended"),
      onlyWide: true,
      phone: "below",
      cell: ({ recoveredAt }) => (recoveredAt === null ? "–" : <RelativeTime at={recoveredAt} />),
    },
  ];
  return (
    <DataTable
      label={t("incidents")}
      columns={columns}
      rows={incidents}
      rowKey={({ id }) => id}
      stale={stale}
    />
  );
}
