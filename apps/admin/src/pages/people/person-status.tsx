import { IconBan, IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Person } from "../../api/types.js";
import { StateBadge } from "../../ui/state-badge.js";

export function PersonStatus({ status }: { status: Person["status"] }): ReactNode {
  const t = useTranslations("people.status");
  return status === "active" ? (
    <StateBadge tone="success" icon={IconCheck}>
      {t("active")}
    </StateBadge>
  ) : (
    <StateBadge tone="error" icon={IconBan}>
      {t("blocked")}
    </StateBadge>
  );
}
