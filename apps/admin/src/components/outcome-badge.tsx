import {
  type Icon,
  IconAlertTriangle,
  IconBan,
  IconCameraOff,
  IconCheck,
  IconClockX,
  IconDoorExit,
  IconHandStop,
  IconLoader,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Outcome } from "../api/types.js";
import { StateBadge, type Tone } from "../ui/state-badge.js";

const looks: Record<Outcome, { tone: Tone; icon: Icon }> = {
  signed_in: { tone: "good", icon: IconCheck },
  refused: { tone: "warn", icon: IconHandStop },
  expired: { tone: "warn", icon: IconClockX },
  snapshot: { tone: "warn", icon: IconCameraOff },
  blocked: { tone: "bad", icon: IconBan },
  failed: { tone: "bad", icon: IconAlertTriangle },
  abandoned: { tone: "quiet", icon: IconDoorExit },
};

export function OutcomeBadge({ outcome }: { outcome: Outcome | null }): ReactNode {
  const t = useTranslations("outcome");
  if (outcome === null) {
    return (
      <StateBadge tone="info" icon={IconLoader}>
        {t("under_way")}
      </StateBadge>
    );
  }
  return (
    <StateBadge tone={looks[outcome].tone} icon={looks[outcome].icon}>
      {t(outcome)}
    </StateBadge>
  );
}
