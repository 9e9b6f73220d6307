import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { splitSpan } from "../format/duration.js";
import { useNow } from "../format/use-now.js";

/** "1 h 52 min", ticking every second. Once it is past: "expired". */
export function Countdown({ until }: { until: string }): ReactNode {
  const t = useTranslations("time");
  const leftMs = new Date(until).getTime() - useNow(1000);
  if (leftMs <= 0) return <span>{t("expired")}</span>;
  const span = splitSpan(leftMs);
  return <span style={{ fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}>{spanText()}</span>;

  function spanText(): string {
    switch (span.unit) {
      case "days":
        return t("days", { days: span.days, hours: span.hours });
      case "hours":
        return t("hours", { hours: span.hours, minutes: span.minutes });
      case "minutes":
        return t("minutes", { minutes: span.minutes, seconds: span.seconds });
      case "seconds":
        return t("seconds", { seconds: span.seconds });
    }
  }
}
