import { useState } from "react";
import type { TimeRangeSearch } from "../search-params/time-range.js";

/** Makes a span of a chart the range of its page, and brings back the range before it. */
export function useZoom(search: TimeRangeSearch, setRange: (range: TimeRangeSearch) => void) {
  const [zoomedFrom, setZoomedFrom] = useState<TimeRangeSearch>();
  return {
    onZoom(span: { from: string; to: string }) {
      setZoomedFrom((before) => before ?? { range: search.range, from: search.from, to: search.to });
      setRange({ range: "custom", ...span });
    },
    onZoomOut:
      search.range === "custom"
        ? () => {
            setRange({ range: undefined, from: undefined, to: undefined, ...zoomedFrom });
            setZoomedFrom(undefined);
          }
        : undefined,
    /** Another range was chosen: zooming out does not lead back from it. */
    forget: () => setZoomedFrom(undefined),
  };
}
