import {
  type Icon,
  IconAlertTriangle,
  IconArrowBack,
  IconBan,
  IconCameraOff,
  IconCheck,
  IconClockX,
  IconDoorExit,
  IconHandStop,
  IconLink,
  IconPlayerPlay,
  IconPoint,
  IconRepeat,
  IconRoute,
  IconUserCircle,
  IconUserPlus,
  IconUserQuestion,
  IconUsersGroup,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { FailureRow, SignIn, SignInEvent } from "../api/types.js";
import { CopyableId } from "../ui/copyable-id.js";
import type { Tone } from "../ui/state-badge.js";
import { useFormatDuration } from "../ui/time.js";
import { UntrustedText } from "../ui/untrusted-text.js";
import { Errcode } from "./errcode.js";
import classes from "./timeline.module.css";

type TimelineItem = { at: number; event: SignInEvent } | { at: number; failure: FailureRow };

/** The events that say no more than the failed call before them. */
const failedEvents: Record<string, string> = {
  exchange_failed: "sns/oauth2/access_token",
  userinfo_failed: "sns/userinfo",
};

/** What a failed call may lead to, in the same batch: which of the two has the earlier millisecond is chance. */
const effects: ReadonlySet<string> = new Set(["exchange_failed", "userinfo_failed", "snapshot"]);

const sameBatchMs = 50;

/**
 * The items in order, a cause before its effect. An event that says no more than its failed call is left out, so that each call
 * is told once.
 */
function itemsOf({ events, failures }: SignIn): TimelineItem[] {
  const calls = failures.map((failure) => ({ at: Date.parse(failure.at), failure }));
  const isTold = ({ kind, detail }: SignInEvent) =>
    calls.some(({ failure }) => failure.endpoint === failedEvents[kind] && failure.errcode === detail);
  const steps = events
    .filter((event) => !isTold(event))
    .map((event) => {
      const at = Date.parse(event.at);
      const cause = calls.find((call) => call.at > at && call.at - at <= sameBatchMs);
      return { at: effects.has(event.kind) && cause ? cause.at : at, event };
    });
  // A stable sort: of one moment, the calls come first.
  return [...calls, ...steps].sort((one, other) => one.at - other.at);
}

/**
 * The events of a sign-in in order: the time since its start, what happened, and how long it took. Failed
 * calls stand between the events at their time; `currentFailureId` marks the one that this view is about.
 */
export function Timeline({
  signIn,
  currentFailureId,
}: {
  signIn: SignIn;
  currentFailureId?: string;
}): ReactNode {
  const formatDuration = useFormatDuration();
  const startedAt = Date.parse(signIn.createdAt);
  return (
    <ol className={classes.timeline}>
      {itemsOf(signIn).map((item) => {
        const elapsed = `+${formatDuration(Math.max(0, item.at - startedAt))}`;
        return "event" in item ? (
          <EventItem key={item.event.id} event={item.event} elapsed={elapsed} />
        ) : (
          <FailureItem
            key={item.failure.id}
            failure={item.failure}
            elapsed={elapsed}
            isCurrent={item.failure.id === currentFailureId}
          />
        );
      })}
    </ol>
  );
}

const appearances = {
  started: { tone: "neutral", icon: IconPlayerPlay },
  bind_started: { tone: "neutral", icon: IconPlayerPlay },
  bind_link_started: { tone: "neutral", icon: IconPlayerPlay },
  callback: { tone: "neutral", icon: IconArrowBack },
  exchanged: { tone: "success", icon: IconCheck },
  exchange_failed: { tone: "error", icon: IconAlertTriangle },
  profile_asked: { tone: "neutral", icon: IconUserQuestion },
  unionid_asked: { tone: "neutral", icon: IconUserQuestion },
  profile_redirect: { tone: "neutral", icon: IconRoute },
  userinfo: { tone: "success", icon: IconUserCircle },
  userinfo_failed: { tone: "error", icon: IconAlertTriangle },
  refused: { tone: "warning", icon: IconHandStop },
  snapshot: { tone: "warning", icon: IconCameraOff },
  blocked: { tone: "error", icon: IconBan },
  user_created: { tone: "success", icon: IconUserPlus },
  signed_in: { tone: "success", icon: IconCheck },
  bound: { tone: "success", icon: IconLink },
  already_bound: { tone: "neutral", icon: IconLink },
  bound_elsewhere: { tone: "warning", icon: IconUsersGroup },
  session_changed: { tone: "warning", icon: IconDoorExit },
  link_expired: { tone: "warning", icon: IconClockX },
  callback_repeated: { tone: "neutral", icon: IconRepeat },
  expired: { tone: "warning", icon: IconClockX },
} as const satisfies Record<string, { tone: Tone; icon: Icon }>;

/** The event kinds that have a message here. A newer api may send others, which are shown by their kind. */
type KnownEventKind = keyof typeof appearances;

function isKnownKind(kind: string): kind is KnownEventKind {
  return Object.hasOwn(appearances, kind);
}

function EventItem({ event, elapsed }: { event: SignInEvent; elapsed: string }): ReactNode {
  const t = useTranslations("event");
  const formatDuration = useFormatDuration();
  const kind = isKnownKind(event.kind) ? event.kind : null;
  const { tone, icon: Glyph } = kind ? appearances[kind] : { tone: "neutral", icon: IconPoint };
  return (
    <li className={classes.item} data-tone={tone}>
      <span className={classes.elapsed}>{elapsed}</span>
      <span className={classes.icon}>
        <Glyph size={14} stroke={2} aria-hidden />
      </span>
      <div className={classes.content}>
        <div className={classes.head}>
          <span>{kind ? t(kind) : event.kind}</span>
          {event.durationMs !== null && (
            <span className={classes.duration}>{formatDuration(event.durationMs)}</span>
          )}
        </div>
        {event.detail && (
          <div className={classes.detail}>
            <UntrustedText text={event.detail} />
          </div>
        )}
      </div>
    </li>
  );
}

function FailureItem({
  failure,
  elapsed,
  isCurrent,
}: {
  failure: FailureRow;
  elapsed: string;
  isCurrent: boolean;
}): ReactNode {
  const t = useTranslations("event");
  const formatDuration = useFormatDuration();
  return (
    <li className={classes.item} data-tone="error" data-current={isCurrent || undefined}>
      <span className={classes.elapsed}>{elapsed}</span>
      <span className={classes.icon}>
        <IconAlertTriangle size={14} stroke={2} aria-hidden />
      </span>
      <div className={classes.content}>
        <div className={classes.head}>
          <Errcode errcode={failure.errcode} name={failure.name} meaning={failure.meaning} />
          <span className={classes.duration}>{formatDuration(failure.latencyMs)}</span>
        </div>
        <div className={classes.detail}>
          <code>{failure.endpoint}</code> · {t("attempt", { attempt: failure.attempt })}
          {isCurrent && <> · {t("thisFailure")}</>}
        </div>
        <div className={classes.detail}>
          <UntrustedText text={failure.errmsg} />
        </div>
        {failure.rid && (
          <div className={classes.detail}>
            rid <CopyableId value={failure.rid} label="rid" whole />
          </div>
        )}
      </div>
    </li>
  );
}
