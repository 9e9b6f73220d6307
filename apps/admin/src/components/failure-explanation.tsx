import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { trpc } from "../api/client.js";
import { QueryBoundary } from "../ui/query-boundary.js";
import { ExplanationPanel } from "./explanation.js";
import { NoExplanation } from "./no-explanation.js";

/** The remedy for one failure, fetched with it. */
export function FailureExplanation({ failureId }: { failureId: string }): ReactNode {
  const failure = useQuery(trpc.failures.get.queryOptions({ id: failureId }));
  return (
    <QueryBoundary query={failure} lines={6}>
      {({ explanation }) =>
        explanation ? <ExplanationPanel explanation={explanation} /> : <NoExplanation />
      }
    </QueryBoundary>
  );
}
