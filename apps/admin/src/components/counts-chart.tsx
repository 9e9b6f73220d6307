import { Button } from "@mantine/core";
import { type CSSProperties, type PointerEvent, type ReactNode, useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { niceTop } from "../format/nice-top.js";
import classes from "./counts-chart.module.css";

const MINUTE_MS = 60_000;
const dayMinutes = 1440;

interface Span {
  from: string;
  to: string;
}

export type Series = "signedIn" | "notFinished" | "failed";

/** Counts over time, as stacked bars and as a table. Bars that the pointer is drawn over become the range. */
export function CountsChart<Name extends Series>({
  title,
  series,
  bars,
  barMinutes,
  to,
  height,
  onZoom,
  onZoomOut,
}: {
  title: string;
  /** The parts of each bar, from the bottom up. */
  series: readonly { name: Name; label: string }[];
  bars: readonly { at: string; counts: Record<Name, number> }[];
  barMinutes: number;
  to: string;
  height?: number;
  onZoom: (span: Span) => void;
  /** Absent while the range is not one that was chosen in the chart. */
  onZoomOut: (() => void) | undefined;
}): ReactNode {
  const t = useTranslations("overview");
  const format = useFormatter();
  const formatBar = useFormatBar(barMinutes);
  const [drawn, setDrawn] = useState<{ first: number; last: number }>();
  const [pointed, setPointed] = useState<number>();
  const sums = bars.map(({ counts }) => series.reduce((sum, { name }) => sum + counts[name], 0));
  const top = niceTop(Math.max(...sums));
  const [low, high] = drawn ? [Math.min(drawn.first, drawn.last), Math.max(drawn.first, drawn.last)] : [];

  function barUnder({ currentTarget, clientX }: PointerEvent): number {
    const { left, width } = currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(bars.length - 1, Math.floor(((clientX - left) / width) * bars.length)));
  }

  function finish() {
    setDrawn(undefined);
    const [first, last] = [bars[low ?? 0], bars[high ?? 0]];
    if (!first || !last || low === high) return;
    const end = new Date(new Date(last.at).getTime() + barMinutes * MINUTE_MS).toISOString();
    onZoom({ from: first.at, to: end < to ? end : to });
  }

  const shown = pointed === undefined ? undefined : bars[pointed];
  return (
    <figure className={classes.chart}>
      <figcaption className={classes.legend}>
        {series.map(({ name, label }) => (
          <span key={name} className={classes.key} data-series={name}>
            {label}
          </span>
        ))}
        <span className={classes.pointed} aria-hidden>
          {shown && (
            <>
              <strong>{formatBar(shown.at)}</strong>
              {series.map(({ name, label }) => (
                <span key={name}>
                  {label} {format.number(shown.counts[name])}
                </span>
              ))}
            </>
          )}
        </span>
        {onZoomOut && (
          <Button variant="default" size="compact-sm" onClick={onZoomOut}>
            {t("zoomOut")}
          </Button>
        )}
      </figcaption>
      <div
        className={classes.plot}
        style={height === undefined ? undefined : ({ "--chart-height": `${height}px` } as CSSProperties)}
        aria-hidden
      >
        <span className={classes.scale}>
          <span>{format.number(top, { notation: "compact" })}</span>
          <span>0</span>
        </span>
        <div
          className={classes.bars}
          data-chart="bars"
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            const bar = barUnder(event);
            setDrawn({ first: bar, last: bar });
          }}
          onPointerMove={(event) => {
            const bar = barUnder(event);
            setPointed(bar);
            setDrawn((now) => now && { ...now, last: bar });
          }}
          onPointerUp={finish}
          onPointerLeave={() => {
            setPointed(undefined);
            setDrawn(undefined);
          }}
        >
          {bars.map(({ at, counts }, index) => (
            <div
              key={at}
              className={classes.bar}
              data-pointed={index === pointed || undefined}
              data-drawn={
                (low !== undefined && high !== undefined && index >= low && index <= high) || undefined
              }
            >
              {[...series].reverse().map(({ name }) => (
                <Segment key={name} name={name} count={counts[name]} top={top} />
              ))}
            </div>
          ))}
        </div>
        <div className={classes.times}>
          {ticksOf(bars).map(({ at }) => (
            <span key={at}>{formatBar(at)}</span>
          ))}
        </div>
      </div>
      <details className={classes.table}>
        <summary>{t("asTable")}</summary>
        <div className={classes.scroll}>
          <table>
            <caption className="visually-hidden">{title}</caption>
            <thead>
              <tr>
                <th scope="col">{t("from")}</th>
                {series.map(({ name, label }) => (
                  <th key={name} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {bars.map(({ at, counts }) => (
                <tr key={at}>
                  <th scope="row">{formatBar(at)}</th>
                  {series.map(({ name }) => (
                    <td key={name}>{format.number(counts[name])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

function Segment({ name, count, top }: { name: Series; count: number; top: number }): ReactNode {
  if (count === 0) return null;
  const height = `${(100 * count) / top}%`;
  return <span className={classes.segment} data-series={name} style={{ height }} />;
}

/** The bars whose times are written below: about six, the first among them. */
function ticksOf<Bar>(bars: readonly Bar[]): Bar[] {
  const step = Math.ceil(bars.length / 6);
  return bars.filter((_, index) => index % step === 0);
}

/** When a bar begins, in the operator's time zone: the date alone for bars of whole days. */
function useFormatBar(barMinutes: number): (at: string) => string {
  const format = useFormatter();
  return (at) =>
    format.dateTime(new Date(at), {
      month: "short",
      day: "numeric",
      ...(barMinutes < dayMinutes && { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    });
}
