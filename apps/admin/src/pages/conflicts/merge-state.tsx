import { IconArrowBackUp, IconHourglass, IconLock } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { MergeRow } from "../../api/types.js";
import { useNow } from "../../format/use-now.js";
import { StateBadge } from "../../ui/state-badge.js";
import { useFormatDuration } from "../../ui/time.js";

const TICK_MS = 60_000;

/** Whether a merge can be undone, and how long. */
export function MergeState({ merge }: { merge: Pick<MergeRow, "undoneAt" | "undoableUntil"> }): ReactNode {
  const t = useTranslations("merges");
  const formatDuration = useFormatDuration();
  const leftMs = Date.parse(merge.undoableUntil) - useNow(TICK_MS);
  if (merge.undoneAt !== null) {
    return (
      <StateBadge tone="neutral" icon={IconArrowBackUp}>
        {t("undone")}
      </StateBadge>
    );
  }
  if (leftMs <= 0) {
    return (
      <StateBadge tone="neutral" icon={IconLock}>
        {t("tooLate")}
      </StateBadge>
    );
  }
  return (
    <StateBadge tone="info" icon={IconHourglass}>
      {t("undoable", { time: formatDuration(leftMs) })}
    </StateBadge>
  );
}
