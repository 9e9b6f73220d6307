import {
  deleteExpiredOperatorSession,
  deleteOperatorSession,
  findLiveOperatorSession,
  findStoredOperatorSession,
  insertOperatorSession,
  touchOperatorSession,
} from "../../db/operators.js";
import type { OperatorRole } from "../../db/schema.js";
import type { BoundStatement } from "../../db/statement.js";
import { auditRecord } from "../audit.js";
import { type Deps, keptUserAgent, type Visitor } from "../deps.js";
import { hashSecret, isSecret, newSecret } from "../key-ring.js";
import { noteUse } from "../note-use.js";
import { isTouchDue, livenessAt, operatorSessionLifetime, sessionExpiresAt } from "../sessions/lifetime.js";
import type { Operator } from "./accounts.js";

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
    await noteUse(deps, deps.db.run(touchOperatorSession, { secretHash, now }));
  }
  return operatorOf(row);
}

/** The same for a page that is kept open: it does not count as activity, or the session would never be idle. */
export async function watchOperator(deps: Deps, secret: string | undefined): Promise<Operator | undefined> {
  if (!isSecret(secret)) return undefined;
  const liveness = livenessAt(operatorSessionLifetime, deps.now());
  const [row] = await deps.db.run(findLiveOperatorSession, { secretHash: hashSecret(secret), ...liveness });
  return row && operatorOf(row);
}

function operatorOf({
  operatorId,
  username,
  role,
  mustEnrol,
}: {
  operatorId: string;
  username: string;
  role: OperatorRole;
  mustEnrol: number;
}): Operator {
  return { id: operatorId, username, role, mustEnrol: mustEnrol === 1 };
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
