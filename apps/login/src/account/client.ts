import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import type { inferRouterOutputs } from "@trpc/server";
import type { PersonRouter } from "api/person-router";

// Requests are not batched: each panel of the page loads and fails on its own.
export const api = createTRPCClient<PersonRouter>({ links: [httpLink({ url: "/trpc" })] });

type Outputs = inferRouterOutputs<PersonRouter>;
export type Binding = Outputs["bindings"]["list"]["items"][number];
export type Session = Outputs["session"]["list"]["items"][number];

/** The session has ended, in this browser or from another device. */
export const isSignedOut = (error: unknown): boolean => codeOf(error) === "UNAUTHORIZED";

/** The session to end does not exist any more. */
export const isGone = (error: unknown): boolean => codeOf(error) === "NOT_FOUND";

function codeOf(error: unknown): string | undefined {
  // `instanceof` narrows to the class without the router's types, hence the cast.
  return error instanceof TRPCClientError ? (error as TRPCClientError<PersonRouter>).data?.code : undefined;
}
