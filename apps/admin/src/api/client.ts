import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { OperatorRouter } from "api/operator-router";
import type { Operator } from "./types.js";

export type ConsoleError = TRPCClientError<OperatorRouter>;

/** Narrows what a query threw. Anything else is a fault of this page, not an answer. */
export function isConsoleError(error: unknown): error is ConsoleError {
  return error instanceof TRPCClientError;
}

/** Every refusal the server spoke itself is final; a lost connection or a 5xx is worth a second try. */
function mayRetry(failures: number, error: unknown): boolean {
  if (failures >= 1 || !isConsoleError(error)) return false;
  return error.data === undefined || error.data === null || error.data.httpStatus >= 500;
}

/** The session ended while the console was open. (A wrong password is UNAUTHORIZED too, and no such end.) */
export function isSignedOut(error: unknown): boolean {
  return isConsoleError(error) && error.data?.appCode === "signed_out";
}

function handleSignedOut(error: unknown): void {
  if (isSignedOut(error)) clearOperator();
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: handleSignedOut }),
  mutationCache: new MutationCache({ onError: handleSignedOut }),
  defaultOptions: { queries: { staleTime: 5_000, retry: mayRetry, retryDelay: 700 } },
});

const client = createTRPCClient<OperatorRouter>({
  links: [httpBatchLink({ url: "/admin/trpc", maxItems: 10 })],
});

export const trpc = createTRPCOptionsProxy<OperatorRouter>({ client, queryClient });

/**
 * The session is over. `me` becomes null, which src/shell/console-shell.tsx answers by going to the
 * sign-in page; what was read in this session's name goes with it.
 */
export function clearOperator(): void {
  queryClient.setQueryData(trpc.operator.me.queryKey(), null);
  queryClient.removeQueries({ type: "inactive" });
}

/** Somebody signed in: nothing that an earlier operator read may be shown to this one. */
export function setOperator(operator: Operator): void {
  queryClient.clear();
  queryClient.setQueryData(trpc.operator.me.queryKey(), operator);
}
