import { StaleDataError } from "../../db/database.js";
import { findOperatorByUsername, replacePasswordHash } from "../../db/operators.js";
import { required } from "../../db/statement.js";
import { type AuditEvent, auditRecord, recordAudit } from "../audit.js";
import type { Deps, Visitor } from "../deps.js";
import { releaseAttempt, throttle } from "../throttle.js";
import { checkPassword, type Operator, OperatorError } from "./accounts.js";
import { endSessionsAndChallenges } from "./factors.js";
import { hashPassword, isPassword } from "./password-hash.js";
import { attemptLimit, openOperatorSession } from "./sessions.js";

/**
 * Changes the signed-in operator's password. All their sessions end and this browser gets a new one, unless the
 * password was changed again since `current` was checked.
 *
 * @throws {OperatorError} wrong_credentials · password_unfit
 * @throws {ThrottledError}
 * @throws {DatabaseError}
 */
export async function changePassword(
  deps: Deps,
  operator: Operator,
  given: { current: string; next: string },
  visitor: Visitor,
): Promise<{ secret: string }> {
  checkPassword(deps, operator.username, given.next);
  const event = "operator.change_password";
  const currentHash = await confirmPassword(deps, operator, given.current, { event, visitor });

  const passwordHash = await hashPassword(given.next, deps.passwordCost);
  let secret: string;
  try {
    secret = await openOperatorSession(deps, operator.id, visitor, [
      required(replacePasswordHash.with({ id: operator.id, currentHash, passwordHash })),
      ...endSessionsAndChallenges(operator.username),
      auditRecord(deps, { operatorId: operator.id, event, visitor }),
    ]);
  } catch (error) {
    if (error instanceof StaleDataError) return denyChange(deps, operator, { event, visitor }, error);
    throw error;
  }
  return { secret };
}

/**
 * Asks the signed-in operator for the password once more, before what a stolen session must not do.
 *
 * @param act what it is for: a wrong password is recorded as its refusal.
 * @returns the stored hash: the batch of the act requires that it is still so.
 * @throws {OperatorError} wrong_credentials
 * @throws {ThrottledError}
 */
export async function confirmPassword(
  deps: Deps,
  operator: Operator,
  password: string,
  act: { event: AuditEvent; visitor: Visitor },
): Promise<string> {
  const key = `operator-change:${operator.id}`;
  await throttle(deps, key, attemptLimit);
  const [row] = await deps.db.run(findOperatorByUsername, { username: operator.username });
  if (!row || !(await isPassword(password, row.passwordHash, deps.passwordCost)))
    return denyChange(deps, operator, act);
  await releaseAttempt(deps, key);
  return row.passwordHash;
}

async function denyChange(
  deps: Deps,
  operator: Operator,
  { event, visitor }: { event: AuditEvent; visitor: Visitor },
  cause?: unknown,
): Promise<never> {
  await recordAudit(deps, { operatorId: operator.id, event, result: "denied", visitor });
  deps.log.warn(
    { event: "operator_denied", operatorId: operator.id },
    "an operator's password was not confirmed",
  );
  throw new OperatorError("wrong_credentials", undefined, { cause });
}
