import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { trpc } from "../api/client.js";
import { Answer } from "./answer.js";
import { ExplanationPanel } from "./explanation-panel.js";
import { NoExplanation } from "./no-explanation.js";

/** The remedy for one failure, fetched with it. */
export function FailureExplanation({ failureId }: { failureId: string }): ReactNode {
  const failure = useQuery(trpc.failures.get.queryOptions({ id: failureId }));
  return (
    <Answer query={failure} lines={6}>
      {({ explanation }) =>
        explanation ? <ExplanationPanel explanation={explanation} /> : <NoExplanation />
      }
    </Answer>
  );
}
