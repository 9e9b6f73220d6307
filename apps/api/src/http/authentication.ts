import type { FastifyRequest } from "fastify";
import type { Deps } from "../domain/deps.js";
import type { Operator } from "../domain/operators/accounts.js";
import { findOperator } from "../domain/operators/sessions.js";
import { findSession, type Session } from "../domain/sessions/sessions.js";
import type { Cookies } from "./cookies.js";

// Who sent a request, for procedures and plain routes alike. What they may do is decided by domain/operators/roles.ts.

/** @throws {DatabaseError} */
export function authenticateUser(
  deps: Deps,
  cookies: Cookies,
  request: FastifyRequest,
): Promise<Session | undefined> {
  return findSession(deps, cookies.read(request, "session"));
}

/** @throws {DatabaseError} */
export function authenticateOperator(
  deps: Deps,
  cookies: Cookies,
  request: FastifyRequest,
): Promise<Operator | undefined> {
  return findOperator(deps, cookies.read(request, "operator"));
}
