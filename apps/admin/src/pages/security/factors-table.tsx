import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { SecondFactor, SecondFactors } from "../../api/types.js";
import { type Column, DataTable } from "../../ui/data-table.js";
import { RelativeTime } from "../../ui/time.js";
import { RemoveFactor } from "./remove-factor.js";
import classes from "./security.module.css";

export function FactorsTable({ own }: { own: SecondFactors }): ReactNode {
  const t = useTranslations("security");
  const columns: Column<SecondFactor>[] = [
    {
      id: "name",
      header: t("name"),
      grow: true,
      cell: ({ name }) => <bdi className={classes.name}>{name}</bdi>,
    },
    { id: "kind", header: t("kind"), phone: "aside", cell: ({ kind }) => t(`kinds.${kind}`) },
    { id: "added", header: t("added"), cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    { id: "used", header: t("lastUsed"), cell: ({ lastUsedAt }) => <RelativeTime at={lastUsedAt} /> },
    { id: "act", header: t("act"), cell: (factor) => <RemoveFactor factor={factor} of={own} /> },
  ];
  return <DataTable label={t("factors")} columns={columns} rows={own.factors} rowKey={({ id }) => id} />;
}
