import { StaleDataError } from "../../db/database.js";
import {
  deleteExpiredOperatorSession,
  deleteOperatorSession,
  findLiveOperatorSession,
  findOperatorByUsername,
  findStoredOperatorSession,
  insertOperatorSession,
  replacePasswordHash,
  touchOperatorSession,
} from "../../db/operators.js";
import { type BoundStatement, required } from "../../db/statement.js";
import { auditRecord, recordAudit } from "../audit.js";
import { type Deps, keptUserAgent, type Visitor } from "../deps.js";
import { hashSecret, isSecret, newSecret } from "../key-ring.js";
import { isTouchDue, livenessAt, operatorSessionLifetime, sessionExpiresAt } from "../sessions/lifetime.js";
import { isKnownSource, markKnownSource, releaseAttempt, throttle } from "../throttle.js";
import { type Operator, OperatorError } from "./accounts.js";
import { recordStranger } from "./floods.js";
import { isPassword } from "./password-hash.js";
import { foldUsername } from "./usernames.js";

/** Wrong passwords, wrong links: from one source, or for one name. */
export const attemptLimit = { max: 10, windowSeconds: 15 * 60 };

/** @returns undefined unless the secret is that of a live session of an active operator; the role is today's. */
export async function findOperator(deps: Deps, secret: string | undefined): Promise<Operator | undefined> {
  if (!isSecret(secret)) return undefined;
  const now = deps.now();
  const secretHash = hashSecret(secret);
  const liveness = livenessAt(operatorSessionLifetime, now);
  const [row] = await deps.db.run(findLiveOperatorSession, { secretHash, ...liveness });
  if (!row) {
    const [stored] = await deps.db.run(findStoredOperatorSession, { secretHash });
    if (stored) await deps.db.run(deleteExpiredOperatorSession, { secretHash, ...liveness });
    return undefined;
  }
  if (isTouchDue(operatorSessionLifetime, row.lastSeenAt, now)) {
    await deps.db.run(touchOperatorSession, { secretHash, now });
  }
  return { id: row.operatorId, username: row.username, role: row.role };
}

/** The same for a page that is kept open: it does not count as activity, or the session would never be idle. */
export async function watchOperator(deps: Deps, secret: string | undefined): Promise<Operator | undefined> {
  if (!isSecret(secret)) return undefined;
  const liveness = livenessAt(operatorSessionLifetime, deps.now());
  const [row] = await deps.db.run(findLiveOperatorSession, { secretHash: hashSecret(secret), ...liveness });
  return row && { id: row.operatorId, username: row.username, role: row.role };
}

/**
 * Signs an operator in by password. Unknown, disabled and known names take the same time and get the same answer.
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
): Promise<{ operator: Operator; secret: string }> {
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

  const { passwordHash } = active;
  let secret: string;
  try {
    secret = await openOperatorSession(deps, active.id, visitor, [
      // The same hash once more: fails if the password was changed, or the operator disabled, while it was checked.
      required(replacePasswordHash.with({ id: active.id, currentHash: passwordHash, passwordHash })),
      auditRecord(deps, { operatorId: active.id, event: "operator.sign_in", visitor }),
    ]);
  } catch (error) {
    if (error instanceof StaleDataError) return denySignIn(deps, active.id, visitor, error);
    throw error;
  }
  await releaseAttempt(deps, accountKey, ...(isKnown ? [] : [sourceKey]));
  await markKnownSource(deps, username, visitor.source);
  deps.log.info({ event: "operator_signed_in", operatorId: active.id }, "an operator signed in");
  return { operator: { id: active.id, username, role: active.role }, secret };
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

export async function signOutOperator(
  deps: Deps,
  operator: Operator,
  secret: string,
  visitor: Visitor,
): Promise<void> {
  await deps.db.batch([
    deleteOperatorSession.with({ secretHash: hashSecret(secret) }),
    auditRecord(deps, { operatorId: operator.id, event: "operator.sign_out", visitor }),
  ]);
  deps.log.info({ event: "operator_signed_out", operatorId: operator.id }, "an operator signed out");
}

/**
 * Opens an operator's session, in one batch with the statements that give the operator the right to it. Every way to sign
 * in calls this function, and no other one writes an operator's session.
 *
 * @returns the secret that the cookie will hold.
 * @throws {StaleDataError} a `required` statement of `alongside` touched no row: nothing is written
 * @throws {DatabaseError}
 */
export async function openOperatorSession(
  deps: Deps,
  operatorId: string,
  visitor: Visitor,
  alongside: readonly BoundStatement<unknown>[],
): Promise<string> {
  const secret = newSecret();
  const now = deps.now();
  await deps.db.batch([
    ...alongside,
    insertOperatorSession.with({
      secretHash: hashSecret(secret),
      operatorId,
      now,
      expiresAt: sessionExpiresAt(operatorSessionLifetime, now),
      ip: visitor.ip,
      userAgent: keptUserAgent(visitor),
    }),
  ]);
  return secret;
}
