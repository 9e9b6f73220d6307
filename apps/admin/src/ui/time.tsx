import type { ReactNode } from "react";
import { useFormatter, useTimeZone, useTranslations } from "use-intl";
import { formatExactTime } from "../format/time.js";
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

/** The exact time with its zone, and how long ago that is. For details. */
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

function Distance({ at }: { at: string }): ReactNode {
  const format = useFormatter();
  const t = useTranslations("time");
  const now = useNow(TICK_MS);
  const date = new Date(at);
  // The clock stands still between two ticks, and the server's may differ a little from ours.
  const isAboutNow = Math.abs(date.getTime() - now) < 2 * TICK_MS;
  return isAboutNow ? t("justNow") : format.relativeTime(date, now);
}
