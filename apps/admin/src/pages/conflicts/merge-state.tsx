import { IconArrowBackUp, IconHourglass, IconLock } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { MergeRow } from "../../api/types.js";
import { splitDuration } from "../../format/time.js";
import { useNow } from "../../format/use-now.js";
import { StateBadge } from "../../ui/state-badge.js";
import { useDurationText } from "../../ui/time.js";

const DAY_MS = 86_400_000;

/** Whether a merge can be undone, and how long. */
export function MergeState({ merge }: { merge: Pick<MergeRow, "undoneAt" | "undoableUntil"> }): ReactNode {
  const t = useTranslations("merges");
  const leftMs = Date.parse(merge.undoableUntil) - useNow(60_000);
  if (merge.undoneAt !== null) {
    return (
      <StateBadge tone="neutral" icon={IconArrowBackUp}>
        {t("undone")}
      </StateBadge>
    );
  }
  // Of weeks, hours do not matter, and a narrow table has no room for them.
  const days = Math.floor(leftMs / DAY_MS);
  if (days <= 1) return <LastDay until={merge.undoableUntil} />;
  return (
    <StateBadge tone="info" icon={IconHourglass}>
      {t("undoableDays", { days })}
    </StateBadge>
  );
}

/** Counts down every second: at the end that is what an operator has. */
function LastDay({ until }: { until: string }): ReactNode {
  const t = useTranslations("merges");
  const durationText = useDurationText();
  const leftMs = Date.parse(until) - useNow(1000);
  if (leftMs <= 0) {
    return (
      <StateBadge tone="neutral" icon={IconLock}>
        {t("tooLate")}
      </StateBadge>
    );
  }
  return (
    <StateBadge tone="info" icon={IconHourglass}>
      {t("undoable", { time: durationText(splitDuration(leftMs)) })}
    </StateBadge>
  );
}
