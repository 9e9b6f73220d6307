import { IconArrowBackUp, IconHourglass, IconLock } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { MergeRow } from "../../api/types.js";
import { splitDuration } from "../../format/time.js";
import { useNow } from "../../format/use-now.js";
import { StateBadge } from "../../ui/state-badge.js";
import { useDurationText } from "../../ui/time.js";

const DAY_MS = 86_400_000;

interface Props {
  merge: Pick<MergeRow, "undoneAt" | "undoableUntil">;
  /** Whether the survivor was erased since, of whom nothing can be given back. */
  isErased: boolean;
}

/** Whether a merge can be undone, and how long: at the end by the second, which is what an operator has then. */
export function MergeState({ merge, isErased }: Props): ReactNode {
  const t = useTranslations("merges");
  const durationText = useDurationText();
  const leftMs = Date.parse(merge.undoableUntil) - useNow(1000);
  if (merge.undoneAt !== null) {
    return (
      <StateBadge tone="neutral" icon={IconArrowBackUp}>
        {t("undone")}
      </StateBadge>
    );
  }
  if (isErased || leftMs <= 0) {
    return (
      <StateBadge tone="neutral" icon={IconLock}>
        {t("tooLate")}
      </StateBadge>
    );
  }
  // Of weeks, hours do not matter, and a narrow table has no room for them.
  const days = Math.floor(leftMs / DAY_MS);
  return (
    <StateBadge tone="info" icon={IconHourglass}>
      {days > 1 ? t("undoableDays", { days }) : t("undoable", { time: durationText(splitDuration(leftMs)) })}
    </StateBadge>
  );
}
