import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { FailureRow, SignIn, SignInEvent } from "../api/types.js";
import { formatMilliseconds } from "../format/duration.js";
import { CopyableId } from "../ui/copyable-id.js";
import { UntrustedText } from "../ui/untrusted-text.js";
import { Errcode } from "./errcode.js";
import { eventAppearance, isKnownEvent } from "./hops.js";
import classes from "./timeline.module.css";

type TimelineItem = { at: number; event: SignInEvent } | { at: number; failure: FailureRow };

/**
 * A sign-in hop by hop: when, counted from its start, what happened, and how long it took. WeChat's
 * refusals stand between the hops, where they happened; `currentFailureId` marks the one on this page.
 */
export function Timeline({
  signIn,
  currentFailureId,
}: {
  signIn: SignIn;
  currentFailureId?: string;
}): ReactNode {
  const startedAt = Date.parse(signIn.createdAt);
  const hops: TimelineItem[] = [
    ...signIn.failures.map((failure) => ({ at: Date.parse(failure.at), failure })),
    ...signIn.events.map((event) => ({ at: Date.parse(event.at), event })),
  ];
  hops.sort((one, other) => one.at - other.at);
  return (
    <ol className={classes.timeline}>
      {hops.map((hop) => {
        const since = `+${formatMilliseconds(Math.max(0, hop.at - startedAt))}`;
        return "event" in hop ? (
          <EventItem key={hop.event.id} event={hop.event} since={since} />
        ) : (
          <FailureItem
            key={hop.failure.id}
            failure={hop.failure}
            since={since}
            isCurrent={hop.failure.id === currentFailureId}
          />
        );
      })}
    </ol>
  );
}

function EventItem({ event, since }: { event: SignInEvent; since: string }): ReactNode {
  const t = useTranslations("hop");
  const { tone, icon: Glyph } = eventAppearance(event.kind);
  return (
    <li className={classes.hop} data-tone={tone}>
      <span className={classes.since}>{since}</span>
      <span className={classes.mark}>
        <Glyph size={14} stroke={2} aria-hidden />
      </span>
      <div className={classes.what}>
        <div className={classes.head}>
          <span>{isKnownEvent(event.kind) ? t(event.kind) : event.kind}</span>
          {event.durationMs !== null && (
            <span className={classes.took}>{formatMilliseconds(event.durationMs)}</span>
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
  since,
  isCurrent,
}: {
  failure: FailureRow;
  since: string;
  isCurrent: boolean;
}): ReactNode {
  const t = useTranslations("hop");
  const { icon: Glyph } = eventAppearance("exchange_failed");
  return (
    <li className={classes.hop} data-tone="bad" data-current={isCurrent || undefined}>
      <span className={classes.since}>{since}</span>
      <span className={classes.mark}>
        <Glyph size={14} stroke={2} aria-hidden />
      </span>
      <div className={classes.what}>
        <div className={classes.head}>
          <Errcode errcode={failure.errcode} name={failure.name} />
          <span className={classes.took}>{formatMilliseconds(failure.latencyMs)}</span>
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
