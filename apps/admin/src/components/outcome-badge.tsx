import {
  type Icon,
  IconAlertTriangle,
  IconBan,
  IconCameraOff,
  IconCheck,
  IconClockX,
  IconDoorExit,
  IconHandStop,
  IconLink,
  IconLoader,
  IconUsersGroup,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Outcome } from "../api/types.js";
import { StateBadge, type Tone } from "../ui/state-badge.js";

const appearances: Record<Outcome, { tone: Tone; icon: Icon }> = {
  signed_in: { tone: "success", icon: IconCheck },
  bound: { tone: "success", icon: IconLink },
  bound_elsewhere: { tone: "warning", icon: IconUsersGroup },
  refused: { tone: "warning", icon: IconHandStop },
  expired: { tone: "warning", icon: IconClockX },
  snapshot: { tone: "warning", icon: IconCameraOff },
  blocked: { tone: "error", icon: IconBan },
  failed: { tone: "error", icon: IconAlertTriangle },
  abandoned: { tone: "neutral", icon: IconDoorExit },
};

export function OutcomeBadge({ outcome }: { outcome: Outcome | null }): ReactNode {
  const t = useTranslations("outcome");
  if (outcome === null) {
    return (
      <StateBadge tone="info" icon={IconLoader}>
        {t("in_progress")}
      </StateBadge>
    );
  }
  return (
    <StateBadge tone={appearances[outcome].tone} icon={appearances[outcome].icon}>
      {t(outcome)}
    </StateBadge>
  );
}
