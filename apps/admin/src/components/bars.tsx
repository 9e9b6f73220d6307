import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useFormatExactTime } from "../ui/time.js";
import classes from "./bars.module.css";

const [barWidth, gap, viewHeight] = [4, 1, 24];

/** How often something happened over time, as bars, with the same in words. `large` fills the width. */
export function Bars({
  counts,
  from,
  minutes,
  large = false,
}: {
  counts: readonly number[];
  /** When the first bar begins. */
  from: string;
  /** How long a bar is. */
  minutes: number;
  large?: boolean;
}): ReactNode {
  const t = useTranslations("errorGroups");
  const formatTime = useFormatExactTime();
  const most = Math.max(...counts, 1);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const values = { total, most: Math.max(...counts, 0), from: formatTime(from) };
  const text = minutes < 1440 ? t("perHour", values) : t("perDay", values);
  const width = counts.length * (barWidth + gap) - gap;
  return (
    <svg
      className={classes.bars}
      data-large={large || undefined}
      viewBox={`0 0 ${width} ${viewHeight}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={text}
    >
      <title>{text}</title>
      {counts.map((count, index) => {
        // A single event among thousands is still seen.
        const height = count === 0 ? 1 : Math.max(3, (count / most) * viewHeight);
        return (
          <rect
            key={index}
            x={index * (barWidth + gap)}
            y={viewHeight - height}
            width={barWidth}
            height={height}
            data-empty={count === 0 || undefined}
          />
        );
      })}
    </svg>
  );
}
