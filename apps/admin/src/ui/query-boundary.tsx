import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { ErrorNotice, RefetchError } from "./error-messages.js";
import { Panel } from "./panel.js";

interface QueryBoundaryProps<Data> {
  query: UseQueryResult<Data, unknown>;
  /** The height of the skeleton. */
  lines?: number;
  children: (data: Data) => ReactNode;
}

/** A query's three states: loading, error, data. After a failed refetch the old data stays, with a warning above it. */
export function QueryBoundary<Data>({ query, lines, children }: QueryBoundaryProps<Data>): ReactNode {
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

/** The same where data stand bare on the page: the skeleton and the error are on a panel. */
export function PanelBoundary<Data>(props: QueryBoundaryProps<Data>): ReactNode {
  const boundary = <QueryBoundary {...props} />;
  return props.query.data === undefined ? <Panel>{boundary}</Panel> : boundary;
}

const SLOW_MS = 300;

/** A skeleton that appears after 300 ms, so that a fast response does not flicker. */
function SlowSkeleton({ lines = 8 }: { lines?: number }): ReactNode {
  const t = useTranslations("common");
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" style={{ display: "grid", gap: 14, padding: 16, minHeight: lines * 28 }}>
      <span className="visually-hidden">{t("loading")}</span>
      {isSlow &&
        Array.from({ length: lines }, (_, line) => (
          <Skeleton key={line} height={14} radius="sm" width={`${96 - ((line * 17) % 40)}%`} />
        ))}
    </div>
  );
}
