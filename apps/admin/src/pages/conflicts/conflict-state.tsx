import { IconArrowsJoin2, IconArrowsSplit2, IconHourglass } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { ConflictRow } from "../../api/types.js";
import { StateBadge } from "../../ui/state-badge.js";

/** What an operator decided; a conflict without a resolution is open. */
export function ConflictState({ resolution }: { resolution: ConflictRow["resolution"] }): ReactNode {
  const t = useTranslations("conflicts.states");
  switch (resolution) {
    case null:
      return (
        <StateBadge tone="warning" icon={IconHourglass}>
          {t("open")}
        </StateBadge>
      );
    case "merged":
      return (
        <StateBadge tone="success" icon={IconArrowsJoin2}>
          {t("merged")}
        </StateBadge>
      );
    case "kept_apart":
      return (
        <StateBadge tone="neutral" icon={IconArrowsSplit2}>
          {t("kept_apart")}
        </StateBadge>
      );
  }
}
