import { StaleDataError } from "../../db/database.js";
import { deleteOperatorSessions, findOperatorByUsername, replacePasswordHash } from "../../db/operators.js";
import { required } from "../../db/statement.js";
import { auditRecord, recordAudit } from "../audit.js";
import type { Deps, Visitor } from "../deps.js";
import { releaseAttempt, throttle } from "../throttle.js";
import { checkPassword, type Operator, OperatorError } from "./accounts.js";
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
  const key = `operator-change:${operator.id}`;
  await throttle(deps, key, attemptLimit);
  const [row] = await deps.db.run(findOperatorByUsername, { username: operator.username });
  if (!row || !(await isPassword(given.current, row.passwordHash, deps.passwordCost)))
    return denyChange(deps, operator, visitor);

  const passwordHash = await hashPassword(given.next, deps.passwordCost);
  let secret: string;
  try {
    secret = await openOperatorSession(deps, operator.id, visitor, [
      required(replacePasswordHash.with({ id: operator.id, currentHash: row.passwordHash, passwordHash })),
      deleteOperatorSessions.with({ username: operator.username }),
      auditRecord(deps, { operatorId: operator.id, event: "operator.change_password", visitor }),
    ]);
  } catch (error) {
    if (error instanceof StaleDataError) return denyChange(deps, operator, visitor, error);
    throw error;
  }
  await releaseAttempt(deps, key);
  return { secret };
}

async function denyChange(deps: Deps, operator: Operator, visitor: Visitor, cause?: unknown): Promise<never> {
  const event = "operator.change_password";
  await recordAudit(deps, { operatorId: operator.id, event, result: "denied", visitor });
  deps.log.warn({ event: "operator_denied", operatorId: operator.id }, "a password change was denied");
  throw new OperatorError("wrong_credentials", undefined, { cause });
}
