import type { Deps, Visitor } from "../domain/deps.js";
import type { Operator } from "../domain/operators/accounts.js";
import type { Session } from "../domain/sessions/sessions.js";

/** What every procedure gets. */
interface Context {
  deps: Deps;
  requestId: string;
  visitor: Visitor;
  /** Why the caller could not be authenticated, such as an unavailable database; every procedure throws it. */
  authenticationError?: unknown;
}

export interface PersonContext extends Context {
  session: Session | undefined;
  /** What a host application sends instead of a session. */
  hostKey: string | undefined;
  /** Whether a page of another site sent the request. */
  isForeign: boolean;
  /** Of a host application's request: see domain/hosts/idempotency.ts. */
  idempotencyKey: string | undefined;
  /** Begins something that only this browser can finish. */
  beginInBrowser<Started extends { signInId: string }>(
    begin: (browserSecret: string) => Promise<Started>,
  ): Promise<Started>;
  clearSessionCookie(): void;
}

export interface OperatorContext extends Context {
  operator: Operator | undefined;
  operatorSecret: string | undefined;
  setOperatorCookie(secret: string): void;
  clearOperatorCookie(): void;
  /** Of a sign-in that waits for a second factor. */
  pendingSecret: string | undefined;
  setPendingCookie(secret: string): void;
}
