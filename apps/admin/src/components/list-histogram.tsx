import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../api/client.js";
import type { Outcome, Overview } from "../api/types.js";
import { offsetMinutesOf } from "../format/zone.js";
import { useTimeZoneChoice } from "../language/time-zone.js";
import type { TimeRangeSearch } from "../search-params/time-range.js";
import { Panel } from "../ui/panel.js";
import { CountsChart } from "./counts-chart.js";
import { signInParts } from "./sign-in-parts.js";
import { useSignInsSeries } from "./sign-ins-series.js";
import { useZoom } from "./use-zoom.js";

interface HistogramProps {
  filter: { appId?: string | undefined; from?: string; to?: string };
  search: TimeRangeSearch;
  setRange: (range: TimeRangeSearch) => void;
}

const HEIGHT = 72;

/** How the sign-ins of a list ended, over its range. `outcome` leaves only those that ended so. */
export function SignInsHistogram({
  outcome,
  filter,
  ...props
}: HistogramProps & { outcome: Outcome | undefined }): ReactNode {
  const t = useTranslations("overview");
  const series = useSignInsSeries();
  const counts = useBars(filter);
  const only = (signIns: Overview["totals"]["signIns"]) =>
    outcome === undefined ? signIns : { [outcome]: signIns[outcome] ?? 0 };
  return (
    <Histogram
      {...props}
      title={t("signIns")}
      series={series}
      counts={counts}
      countsOf={({ signIns }) => signInParts(only(signIns))}
    />
  );
}

/** How many calls to WeChat failed, over the range of the log. */
export function FailuresHistogram({
  filter,
  ...props
}: HistogramProps & { filter: { endpoint?: string | undefined; errcode?: string | undefined } }): ReactNode {
  const t = useTranslations("overview");
  const counts = useBars(filter);
  return (
    <Histogram
      {...props}
      title={t("failedCalls")}
      series={[{ name: "failed", label: t("failedCalls") }]}
      counts={counts}
      countsOf={({ failedCalls }) => ({ failed: failedCalls })}
    />
  );
}

function useBars(
  filter: HistogramProps["filter"] & { endpoint?: string | undefined; errcode?: string | undefined },
) {
  const { timeZone } = useTimeZoneChoice();
  const offsetMinutes = offsetMinutesOf(new Date(), timeZone);
  const options = { placeholderData: keepPreviousData };
  return useQuery(trpc.overview.bars.queryOptions({ ...filter, offsetMinutes }, options));
}

/** Keeps its place while the counts load. Without them the list is as useful: it says by itself if the server is away. */
function Histogram<Name extends "signedIn" | "notFinished" | "failed">({
  title,
  series,
  counts,
  countsOf,
  search,
  setRange,
}: Omit<HistogramProps, "filter"> & {
  title: string;
  series: readonly { name: Name; label: string }[];
  counts: ReturnType<typeof useBars>;
  countsOf: (bar: Overview["bars"][number]) => Record<Name, number>;
}): ReactNode {
  const { forget: _, ...zoom } = useZoom(search, setRange);
  const { data, isError } = counts;
  if (isError && !data) return null;
  return (
    <div style={{ minHeight: HEIGHT + 110, marginBottom: 12 }}>
      {data && (
        <Panel pad>
          <CountsChart
            title={title}
            series={series}
            bars={data.bars.map((bar) => ({ at: bar.at, counts: countsOf(bar) }))}
            barMinutes={data.barMinutes}
            to={data.to}
            height={HEIGHT}
            {...zoom}
          />
        </Panel>
      )}
    </div>
  );
}
