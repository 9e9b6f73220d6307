import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import type { inferRouterOutputs } from "@trpc/server";
import type { PersonRouter } from "api/person-router";

// One request a procedure, not a batch: each panel of the page loads and fails on its own.
export const api = createTRPCClient<PersonRouter>({ links: [httpLink({ url: "/trpc" })] });

type Outputs = inferRouterOutputs<PersonRouter>;
export type Binding = Outputs["bindings"]["list"]["items"][number];
export type Session = Outputs["session"]["list"]["items"][number];

/** The api no longer knows this browser: its session ended here or was ended elsewhere. */
export const isSignedOut = (error: unknown): boolean => codeOf(error) === "UNAUTHORIZED";

/** What was to be ended is gone already. */
export const isGone = (error: unknown): boolean => codeOf(error) === "NOT_FOUND";

function codeOf(error: unknown): string | undefined {
  // The class comes without the router's types, so what it carries is unknown to it.
  return error instanceof TRPCClientError ? (error as TRPCClientError<PersonRouter>).data?.code : undefined;
}
