import type { Deps, Visitor } from "../domain/deps.js";
import type { Operator } from "../domain/operators.js";
import type { Session } from "../domain/sessions.js";

/** What every procedure gets: the rules' dependencies, and the browser or server that asks. */
interface Context {
  deps: Deps;
  requestId: string;
  visitor: Visitor;
  /** What kept us from finding out who asks; every procedure throws it. */
  searchError?: unknown;
}

export interface PersonContext extends Context {
  session: Session | undefined;
  clearSessionCookie(): void;
}

export interface OperatorContext extends Context {
  operator: Operator | undefined;
  operatorSecret: string | undefined;
  setOperatorCookie(secret: string): void;
  clearOperatorCookie(): void;
}
