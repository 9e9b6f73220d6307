import type { ReactNode } from "react";
import { useFormatter, useTimeZone, useTranslations } from "use-intl";
import { type Duration, formatExactTime, measuredDuration, splitDuration } from "../format/time.js";
import { useNow } from "../format/use-now.js";

const TICK_MS = 15_000;

/** "5 minutes ago", with the exact time and its zone on hover. For lists. */
export function RelativeTime({ at }: { at: string | null }): ReactNode {
  const timeZone = useTimeZone() ?? "UTC";
  const t = useTranslations("time");
  if (at === null) return <span>{t("never")}</span>;
  return (
    <time dateTime={at} title={formatExactTime(new Date(at), timeZone)} style={{ whiteSpace: "nowrap" }}>
      <Distance at={at} />
    </time>
  );
}

/** The exact time with its zone, and how long ago that is. For detail views. */
export function ExactTime({ at }: { at: string | null }): ReactNode {
  const timeZone = useTimeZone() ?? "UTC";
  const t = useTranslations("time");
  if (at === null) return <span>{t("never")}</span>;
  return (
    <time dateTime={at}>
      {formatExactTime(new Date(at), timeZone)}{" "}
      <span style={{ color: "var(--mantine-color-dimmed)", whiteSpace: "nowrap" }}>
        · <Distance at={at} />
      </span>
    </time>
  );
}

/** Formats a moment within a sentence, with its zone. */
export function useFormatExactTime(): (at: string) => string {
  const timeZone = useTimeZone() ?? "UTC";
  return (at) => formatExactTime(new Date(at), timeZone);
}

function Distance({ at }: { at: string }): ReactNode {
  const format = useFormatter();
  const t = useTranslations("time");
  const durationText = useDurationText();
  const now = useNow(TICK_MS);
  const date = new Date(at);
  // `now` is up to one tick old, and the server's clock may differ a little from the browser's.
  const aheadMs = date.getTime() - now;
  if (Math.abs(aheadMs) < 2 * TICK_MS) return t("justNow");
  const duration = splitDuration(Math.abs(aheadMs));
  // An hour more or less may be the difference between a token and none.
  if (duration.unit !== "hours" || duration.minutes === 0) return format.relativeTime(date, now);
  return t(aheadMs > 0 ? "ahead" : "ago", { duration: durationText(duration) });
}

/** Counts down every second: "1 h 52 min", then "Expired". */
export function Countdown({ until }: { until: string }): ReactNode {
  const t = useTranslations("time");
  const durationText = useDurationText();
  const leftMs = new Date(until).getTime() - useNow(1000);
  if (leftMs <= 0) return <span>{t("expired")}</span>;
  return (
    <span style={{ fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}>
      {durationText(splitDuration(leftMs))}
    </span>
  );
}

/** Formats a measured time in the console's language: "87 ms", "1.24 s", "2 min 5 s". */
export function useFormatDuration(): (milliseconds: number) => string {
  const durationText = useDurationText();
  return (milliseconds) => durationText(measuredDuration(milliseconds));
}

export function useDurationText(): (duration: Duration) => string {
  const t = useTranslations("time");
  return (duration) => {
    switch (duration.unit) {
      case "days":
        return t("days", { days: duration.days, hours: duration.hours });
      case "hours":
        return t("hours", { hours: duration.hours, minutes: duration.minutes });
      case "minutes":
        return t("minutes", { minutes: duration.minutes, seconds: duration.seconds });
      case "seconds":
        return t("seconds", { seconds: String(duration.seconds) });
      case "milliseconds":
        return t("milliseconds", { milliseconds: duration.milliseconds });
    }
  };
}
