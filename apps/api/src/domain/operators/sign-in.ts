import { StaleDataError } from "../../db/database.js";
import { findOperatorByUsername, replacePasswordHash } from "../../db/operators.js";
import { required } from "../../db/statement.js";
import { auditRecord, recordAudit } from "../audit.js";
import type { Deps, Visitor } from "../deps.js";
import { hashSecret } from "../key-ring.js";
import { isKnownSource, releaseAttempt, throttle } from "../throttle.js";
import { OperatorError } from "./accounts.js";
import { recordStranger } from "./floods.js";
import { isPassword } from "./password-hash.js";
import { type Admitted, admitOperator } from "./pending-sign-ins.js";
import { attemptLimit } from "./sessions.js";
import { foldUsername } from "./usernames.js";

/**
 * Checks the password of an operator, and signs in the one who has no second factor. Unknown, disabled and known names take the same time and get the same answer.
 *
 * Wrong passwords are counted for the name and for the source. A source from which this operator signed in before has
 * a count of its own, so that a stranger who keeps guessing cannot lock the operator out.
 *
 * @throws {OperatorError} wrong_credentials
 * @throws {ThrottledError}
 * @throws {DatabaseError}
 */
export async function signInOperator(
  deps: Deps,
  given: { username: string; password: string },
  visitor: Visitor,
): Promise<Admitted> {
  const username = foldUsername(given.username);
  const name = hashSecret(username);
  const isKnown = await isKnownSource(deps, username, visitor.source);
  const accountKey = isKnown ? `operator:${name}:${visitor.source}` : `operator:${name}`;
  const sourceKey = `operator-source:${visitor.source}`;
  // The source first: a stranger who is stopped here does not use up the attempts of the name.
  if (!isKnown) await throttle(deps, sourceKey, attemptLimit);
  await throttle(deps, accountKey, attemptLimit);

  const [row] = await deps.db.run(findOperatorByUsername, { username });
  const active = row?.status === "active" ? row : undefined;
  const isRight = await isPassword(given.password, active?.passwordHash, deps.passwordCost);
  if (!active || !isRight) return denySignIn(deps, row?.id ?? null, visitor);

  const { passwordHash, id, role } = active;
  const entry = { operatorId: id, visitor };
  let admitted: Admitted;
  try {
    admitted = await admitOperator(deps, { id, username, role }, visitor, {
      always: [
        // The same hash once more: fails if the password was changed, or the operator disabled, while it was checked.
        required(replacePasswordHash.with({ id, currentHash: passwordHash, passwordHash })),
      ],
      ifSignedIn: [auditRecord(deps, { ...entry, event: "operator.sign_in" })],
      ifPending: [auditRecord(deps, { ...entry, event: "operator.ask_factor" })],
    });
  } catch (error) {
    if (error instanceof StaleDataError) return denySignIn(deps, id, visitor, error);
    throw error;
  }
  await releaseAttempt(deps, accountKey, ...(isKnown ? [] : [sourceKey]));
  if (admitted.kind === "signed_in")
    deps.log.info({ event: "operator_signed_in", operatorId: id }, "an operator signed in");
  return admitted;
}

async function denySignIn(
  deps: Deps,
  operatorId: string | null,
  visitor: Visitor,
  cause?: unknown,
): Promise<never> {
  const event = "operator.sign_in";
  if (operatorId === null) await recordStranger(deps, { event, visitor });
  else await recordAudit(deps, { operatorId, event, result: "denied", visitor });
  deps.log.warn({ event: "operator_denied", ip: visitor.ip }, "an operator's sign-in was denied");
  throw new OperatorError("wrong_credentials", undefined, { cause });
}
