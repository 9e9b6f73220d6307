import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorNotice } from "./error-messages.js";
import { RefetchError } from "./refresh-failed.js";
import { SlowSkeleton } from "./slow-skeleton.js";

/** One answer in its three lives: on its way, refused, there. A failed refresh keeps what was there,
 * and says so. */
export function QueryBoundary<Data>({
  query,
  lines,
  children,
}: {
  query: UseQueryResult<Data, unknown>;
  lines?: number;
  children: (data: Data) => ReactNode;
}): ReactNode {
  if (query.data !== undefined) {
    return (
      <>
        <RefetchError query={query} />
        {children(query.data)}
      </>
    );
  }
  if (query.isError) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  return lines === undefined ? <SlowSkeleton /> : <SlowSkeleton lines={lines} />;
}
