import {
  type Icon,
  IconAlertTriangle,
  IconBan,
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

type Appearances<State extends string> = Record<State, { tone: Tone; icon: Icon }>;

const appAppearances: Appearances<AccessToken["state"]> = {
  none: { tone: "neutral", icon: IconCircleDashed },
  fresh: { tone: "success", icon: IconCheck },
  near_expiry: { tone: "warning", icon: IconHourglassLow },
  expired: { tone: "warning", icon: IconClockX },
  failing: { tone: "error", icon: IconAlertTriangle },
};

const userAppearances: Appearances<UserToken["state"]> = {
  fresh: { tone: "success", icon: IconCheck },
  refreshable: { tone: "info", icon: IconRefreshDot },
  refused: { tone: "warning", icon: IconBan },
  dead: { tone: "neutral", icon: IconSkull },
};

export function AppTokenState({ state }: { state: AccessToken["state"] }): ReactNode {
  const t = useTranslations("tokens.appState");
  return (
    <StateBadge tone={appAppearances[state].tone} icon={appAppearances[state].icon}>
      {t(state)}
    </StateBadge>
  );
}

export function UserTokenState({ state }: { state: UserToken["state"] }): ReactNode {
  const t = useTranslations("tokens.userState");
  return (
    <StateBadge tone={userAppearances[state].tone} icon={userAppearances[state].icon}>
      {t(state)}
    </StateBadge>
  );
}
