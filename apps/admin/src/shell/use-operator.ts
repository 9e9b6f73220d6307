import { useQuery } from "@tanstack/react-query";
import { currentOperator } from "../api/client.js";
import type { Operator } from "../api/types.js";

/** Whether the operator's role allows changes. The server decides; a page only hides what it would refuse. */
export function useMayAct(): boolean {
  const role = useOperator()?.role;
  return role !== undefined && role !== "viewer";
}

/** Whether the operator manages other operators and host applications. */
export const useIsOwner = (): boolean => useOperator()?.role === "owner";

/** The signed-in operator, or null after the session ended. */
export function useOperator(): Operator | null {
  return useQuery(currentOperator()).data ?? null;
}
