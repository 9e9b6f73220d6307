import {
  type Icon,
  IconAlertCircle,
  IconBellOff,
  IconCircleCheck,
  IconProgress,
  IconRotate2,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { GroupState } from "../../api/types.js";
import { StateBadge, type Tone } from "../../ui/state-badge.js";

const appearances: Record<GroupState, { tone: Tone; icon: Icon }> = {
  open: { tone: "warning", icon: IconAlertCircle },
  acknowledged: { tone: "info", icon: IconProgress },
  resolved: { tone: "success", icon: IconCircleCheck },
  regressed: { tone: "error", icon: IconRotate2 },
  muted: { tone: "neutral", icon: IconBellOff },
};

/** What operators did about a group. */
export function GroupStateBadge({ state }: { state: GroupState }): ReactNode {
  const t = useTranslations("errorGroups.state");
  const { tone, icon } = appearances[state];
  return (
    <StateBadge tone={tone} icon={icon}>
      {t(state)}
    </StateBadge>
  );
}
