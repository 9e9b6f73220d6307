import {
  type Icon,
  IconAlertTriangle,
  IconArrowBack,
  IconBan,
  IconCameraOff,
  IconCheck,
  IconClockX,
  IconHandStop,
  IconPlayerPlay,
  IconPoint,
  IconRepeat,
  IconRoute,
  IconUserCircle,
  IconUserPlus,
  IconUserQuestion,
} from "@tabler/icons-react";
import type { Tone } from "../ui/state-badge.js";

const looks = {
  started: { tone: "quiet", icon: IconPlayerPlay },
  callback: { tone: "quiet", icon: IconArrowBack },
  exchanged: { tone: "good", icon: IconCheck },
  exchange_failed: { tone: "bad", icon: IconAlertTriangle },
  profile_asked: { tone: "quiet", icon: IconUserQuestion },
  profile_trip: { tone: "quiet", icon: IconRoute },
  userinfo: { tone: "good", icon: IconUserCircle },
  userinfo_failed: { tone: "bad", icon: IconAlertTriangle },
  refused: { tone: "warn", icon: IconHandStop },
  snapshot: { tone: "warn", icon: IconCameraOff },
  blocked: { tone: "bad", icon: IconBan },
  user_created: { tone: "good", icon: IconUserPlus },
  signed_in: { tone: "good", icon: IconCheck },
  replayed: { tone: "quiet", icon: IconRepeat },
  expired: { tone: "warn", icon: IconClockX },
} as const satisfies Record<string, { tone: Tone; icon: Icon }>;

/** The kinds of hop this console has words for. The api may know more: those show under their own name. */
export type KnownEvent = keyof typeof looks;

export function isKnownEvent(kind: string): kind is KnownEvent {
  return Object.hasOwn(looks, kind);
}

export function eventAppearance(kind: string): { tone: Tone; icon: Icon } {
  return isKnownEvent(kind) ? looks[kind] : { tone: "quiet", icon: IconPoint };
}
