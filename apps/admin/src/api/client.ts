import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { OperatorRouter } from "api/operator-router";
import type { Operator } from "./types.js";

export type ConsoleError = TRPCClientError<OperatorRouter>;

/** Narrows what a query threw to an error of the api or the connection. Anything else is a bug of the console. */
export function isConsoleError(error: unknown): error is ConsoleError {
  return error instanceof TRPCClientError;
}

/** The api's own name for an error. */
export const appCodeOf = (error: unknown): string | undefined =>
  (isConsoleError(error) && error.data?.appCode) || undefined;

/**
 * A lost connection or a 5xx is retried once, and a list for which there were too many at once three times; every other
 * error of the server is final. A list that took too long would again.
 */
function mayRetry(failures: number, error: unknown): boolean {
  if (isConsoleError(error) && error.data?.appCode === "too_many_lists") return failures < 3;
  if (failures >= 1 || !isConsoleError(error) || error.data?.appCode === "list_too_slow") return false;
  return error.data === undefined || error.data === null || error.data.httpStatus >= 500;
}

/** The session ended while the console was open. A wrong password is UNAUTHORIZED too, so the tRPC code is not enough. */
export function isSignedOut(error: unknown): boolean {
  return appCodeOf(error) === "signed_out";
}

function handleAccess(error: unknown): void {
  if (isSignedOut(error)) clearOperator();
  // An owner began to require a second factor while the console was open: `me` tells whether this operator lacks one.
  if (appCodeOf(error) === "factor_required")
    void queryClient.invalidateQueries(trpc.operator.me.queryFilter());
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: handleAccess }),
  mutationCache: new MutationCache({ onError: handleAccess }),
  defaultOptions: {
    queries: { staleTime: 5_000, retry: mayRetry, retryDelay: (failures) => 700 * (failures + 1) },
  },
});

const client = createTRPCClient<OperatorRouter>({
  links: [httpBatchLink({ url: "/admin/trpc", maxItems: 10 })],
});

export const trpc = createTRPCOptionsProxy<OperatorRouter>({ client, queryClient });

/** Whose session it is, or null. It changes only by `clearOperator` and `setOperator` below, or when it is invalidated. */
export const currentOperator = () =>
  trpc.operator.me.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY });

/** After an act on people, everything that shows one is read again. */
export async function readPeopleAgain(): Promise<void> {
  const changed = [trpc.people, trpc.conflicts, trpc.merges, trpc.tokens, trpc.signIns];
  await Promise.all(changed.map((router) => queryClient.invalidateQueries({ queryKey: router.pathKey() })));
}

/**
 * Ends the session in the browser. `me` becomes null, upon which src/shell/console-shell.tsx opens the sign-in
 * page. Data that was loaded with the session is removed.
 */
export function clearOperator(): void {
  queryClient.setQueryData(trpc.operator.me.queryKey(), null);
  queryClient.removeQueries({ type: "inactive" });
}

/** Starts a session in the browser. The cache is cleared: it may hold data of the previous operator. */
export function setOperator(operator: Operator): void {
  queryClient.clear();
  queryClient.setQueryData(trpc.operator.me.queryKey(), operator);
}
