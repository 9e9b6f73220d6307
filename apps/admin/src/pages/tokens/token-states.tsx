import {
  type Icon,
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconClockX,
  IconHourglassLow,
  IconRefreshDot,
  IconSkull,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { AccessToken, UserToken } from "../../api/types.js";
import { StateBadge, type Tone } from "../../ui/state-badge.js";

type Looks<State extends string> = Record<State, { tone: Tone; icon: Icon }>;

const appLooks: Looks<AccessToken["state"]> = {
  none: { tone: "quiet", icon: IconCircleDashed },
  fresh: { tone: "good", icon: IconCheck },
  near_expiry: { tone: "warn", icon: IconHourglassLow },
  expired: { tone: "warn", icon: IconClockX },
  failing: { tone: "bad", icon: IconAlertTriangle },
};

const userLooks: Looks<UserToken["state"]> = {
  fresh: { tone: "good", icon: IconCheck },
  refreshable: { tone: "info", icon: IconRefreshDot },
  dead: { tone: "quiet", icon: IconSkull },
};

export function AppTokenState({ state }: { state: AccessToken["state"] }): ReactNode {
  const t = useTranslations("tokens.appState");
  return (
    <StateBadge tone={appLooks[state].tone} icon={appLooks[state].icon}>
      {t(state)}
    </StateBadge>
  );
}

export function UserTokenState({ state }: { state: UserToken["state"] }): ReactNode {
  const t = useTranslations("tokens.userState");
  return (
    <StateBadge tone={userLooks[state].tone} icon={userLooks[state].icon}>
      {t(state)}
    </StateBadge>
  );
}
