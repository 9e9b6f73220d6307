import { useQuery } from "@tanstack/react-query";
import { trpc } from "../api/client.js";
import type { Operator } from "../api/types.js";

/** The signed-in operator, or null after the session ended. */
export function useOperator(): Operator | null {
  return (
    useQuery(trpc.operator.me.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY })).data ?? null
  );
}
