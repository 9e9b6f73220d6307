import { StaleDataError } from "../../db/database.js";
import {
  deleteChallenge,
  deleteFactor,
  deleteRecoveryCodes,
  deleteUselessRecoveryCodes,
  findChallenge,
  insertFactor,
  listFactors,
  lockActiveOperator,
  putChallenge,
} from "../../db/operator-factors.js";
import { replacePasswordHash } from "../../db/operators.js";
import type { FactorKind } from "../../db/schema.js";
import { type BoundStatement, required } from "../../db/statement.js";
import { auditRecord, auditRecordWithDetail, recordAudit, writeAct } from "../audit.js";
import { type Deps, later, type Visitor } from "../deps.js";
import { newId } from "../ids.js";
import { hashSecret } from "../key-ring.js";
import { releaseAttempt, throttle } from "../throttle.js";
import { type Operator, OperatorError } from "./accounts.js";
import { challengeSeconds, endSessionsAndChallenges, factorRow, maxFactors, readFactors } from "./factors.js";
import { checkCreated, passkeyCreation } from "./passkeys.js";
import { confirmPassword } from "./passwords.js";
import { newRecoveryCodes } from "./recovery-codes.js";
import { attemptLimit, openOperatorSession } from "./sessions.js";
import { newTotpKey, stepOfCode, type TotpEnrolment, totpEnrolment } from "./totp.js";

// How operators add and remove their own factors. Each change asks for the password, ends every other session of the operator
// and gives this browser a new one.

/** A signed-in operator in one browser. */
interface Self {
  operator: Operator;
  /** The secret of this session: an enrolment is finished by the session that began it. */
  session: string;
  visitor: Visitor;
}

/** What this browser gets after a change. */
interface Changed {
  /** Of the new session. */
  secret: string;
  /** To be shown once: with the first factor. */
  recoveryCodes: string[] | null;
}

const enrolmentHash = (session: string, kind: FactorKind) => hashSecret(`${session} ${kind}`);

/**
 * Begins to add an authenticator app. It counts once a code has confirmed it.
 *
 * @throws {OperatorError} wrong_credentials · too_many_factors
 * @throws {ThrottledError}
 */
export async function startTotp(deps: Deps, self: Self, password: string): Promise<TotpEnrolment> {
  await mayAdd(deps, self, password);
  const key = newTotpKey();
  const secretHash = enrolmentHash(self.session, "totp");
  await put(deps, self, {
    secretHash,
    kind: "totp",
    value: deps.keys.encrypt(key, challengeRow(secretHash)),
  });
  return totpEnrolment(deps.settings, key, self.operator.username);
}

/**
 * Adds the authenticator app that this session began to add. A wrong code can be tried again.
 *
 * @throws {OperatorError} enrolment_expired · factor_wrong
 * @throws {ThrottledError}
 */
export async function confirmTotp(
  deps: Deps,
  self: Self,
  { code, name }: { code: string; name: string },
): Promise<Changed> {
  const limit = `operator-enrol:${self.operator.id}`;
  await throttle(deps, limit, attemptLimit);
  const { secretHash, value } = await getEnrolment(deps, self, "totp");
  const key = deps.keys.decrypt(value, challengeRow(secretHash));
  const counter = key === undefined ? undefined : stepOfCode(code, key, deps.now());
  if (key === undefined || counter === undefined) return denyEnrolment(deps, self);
  const changed = await addFactor(deps, self, {
    ...{ id: newId(deps.now()), kind: "totp", name, key, counter, secretHash },
  });
  await releaseAttempt(deps, limit);
  return changed;
}

/**
 * Begins to add a passkey.
 *
 * @returns what the browser needs to make one
 * @throws {OperatorError} wrong_credentials · too_many_factors
 * @throws {ThrottledError}
 */
export async function startPasskeyEnrolment(deps: Deps, self: Self, password: string) {
  await mayAdd(deps, self, password);
  const existing = await readFactors(deps, self.operator.id, "passkey");
  const options = await passkeyCreation(deps.settings, self.operator, existing);
  const secretHash = enrolmentHash(self.session, "passkey");
  await put(deps, self, { secretHash, kind: "passkey", value: options.challenge });
  return options;
}

/**
 * Adds the passkey that this session began to add. The challenge is spent whatever the answer is worth.
 *
 * @throws {OperatorError} enrolment_expired · factor_wrong
 */
export async function confirmPasskey(
  deps: Deps,
  self: Self,
  { response, name }: { response: unknown; name: string },
): Promise<Changed> {
  const { secretHash, value: challenge } = await getEnrolment(deps, self, "passkey");
  const spent = await deps.db.run(deleteChallenge, { secretHash });
  if (spent.length === 0) throw new OperatorError("enrolment_expired");
  const created = await checkCreated(deps.settings, challenge, response);
  if (!created) return denyEnrolment(deps, self);
  return addFactor(deps, self, { ...created, kind: "passkey", name });
}

/**
 * @throws {OperatorError} wrong_credentials · operator_changed: there is no such factor
 * @throws {ThrottledError}
 */
export async function removeFactor(
  deps: Deps,
  self: Self,
  { id, password }: { id: string; password: string },
): Promise<Changed> {
  const { operator, visitor } = self;
  const operatorId = operator.id;
  const event = "operator.remove_factor";
  const currentHash = await confirmPassword(deps, operator, password, { event, visitor });
  const factor = (await deps.db.run(listFactors, { operatorId })).find((one) => one.id === id);
  if (!factor) throw new OperatorError("operator_changed");
  const entry = { operatorId, event, target: id, visitor } as const;
  const secret = await writeChange(deps, self, [
    required(replacePasswordHash.with({ id: operatorId, currentHash, passwordHash: currentHash })),
    required(deleteFactor.with({ id, operatorId })),
    deleteUselessRecoveryCodes.with({ operatorId }),
    ...auditRecordWithDetail(deps, entry, { userId: null, detail: factor.name }),
  ]);
  return { secret, recoveryCodes: null };
}

/**
 * Makes ten new recovery codes, and ends those from before.
 *
 * @throws {OperatorError} wrong_credentials · operator_changed: there is no factor that they could stand in for
 * @throws {ThrottledError}
 */
export async function renewRecoveryCodes(deps: Deps, self: Self, password: string): Promise<string[]> {
  const { operator, visitor } = self;
  const operatorId = operator.id;
  const event = "operator.renew_recovery_codes";
  const currentHash = await confirmPassword(deps, operator, password, { event, visitor });
  const { codes, inserts } = newRecoveryCodes(operatorId);
  const isWritten = await writeAct(deps, [
    required(replacePasswordHash.with({ id: operatorId, currentHash, passwordHash: currentHash })),
    deleteRecoveryCodes.with({ operatorId }),
    ...inserts,
    deleteUselessRecoveryCodes.with({ operatorId }),
    auditRecord(deps, { operatorId, event, visitor }),
  ]);
  const [factor] = await deps.db.run(listFactors, { operatorId });
  if (!isWritten || !factor) throw new OperatorError("operator_changed");
  return codes;
}

async function mayAdd(deps: Deps, { operator, visitor }: Self, password: string): Promise<void> {
  const event = "operator.confirm_password";
  await confirmPassword(deps, operator, password, { event, visitor });
  await recordAudit(deps, { operatorId: operator.id, event, visitor });
  const factors = await deps.db.run(listFactors, { operatorId: operator.id });
  if (factors.length >= maxFactors) throw new OperatorError("too_many_factors");
}

const challengeRow = (secretHash: string) => `operator_challenges.${secretHash}.value`;

function put(
  deps: Deps,
  { operator }: Self,
  challenge: { secretHash: string; kind: FactorKind; value: string },
) {
  const expiresAt = later(deps.now(), challengeSeconds);
  return deps.db.run(putChallenge, { ...challenge, operatorId: operator.id, expiresAt });
}

async function getEnrolment(deps: Deps, { session, operator }: Self, kind: FactorKind) {
  const secretHash = enrolmentHash(session, kind);
  const [row] = await deps.db.run(findChallenge, { secretHash, kind, now: deps.now() });
  if (!row || row.operatorId !== operator.id || row.value === null)
    throw new OperatorError("enrolment_expired");
  return { secretHash, value: row.value };
}

async function addFactor(
  deps: Deps,
  self: Self,
  factor: {
    id: string;
    kind: FactorKind;
    name: string;
    key: string;
    counter: number;
    /** Of the enrolment, if it is not spent yet. */
    secretHash?: string;
  },
): Promise<Changed> {
  const { operator, visitor } = self;
  const operatorId = operator.id;
  const { key, secretHash, ...row } = factor;
  const isFirst = (await deps.db.run(listFactors, { operatorId })).length === 0;
  const { codes, inserts } = newRecoveryCodes(operatorId);
  const entry = { operatorId, event: "operator.add_factor", visitor } as const;
  const secret = await writeChange(deps, self, [
    required(lockActiveOperator.with({ operatorId })),
    ...(secretHash === undefined ? [] : [required(deleteChallenge.with({ secretHash }))]),
    required(
      insertFactor.with({
        ...row,
        operatorId,
        secret: deps.keys.encrypt(key, factorRow(factor.id)),
        now: deps.now(),
      }),
    ),
    ...(isFirst ? [deleteRecoveryCodes.with({ operatorId }), ...inserts] : []),
    ...auditRecordWithDetail(deps, entry, { userId: null, detail: factor.name }),
  ]);
  return { secret, recoveryCodes: isFirst ? codes : null };
}

/** @throws {OperatorError} operator_changed: another request was faster */
async function writeChange(
  deps: Deps,
  { operator, visitor }: Self,
  steps: readonly BoundStatement<unknown>[],
): Promise<string> {
  try {
    return await openOperatorSession(deps, operator.id, visitor, [
      ...steps,
      ...endSessionsAndChallenges(operator.username),
    ]);
  } catch (error) {
    if (error instanceof StaleDataError)
      throw new OperatorError("operator_changed", undefined, { cause: error });
    throw error;
  }
}

async function denyEnrolment(deps: Deps, { operator, visitor }: Self): Promise<never> {
  const event = "operator.add_factor";
  await recordAudit(deps, { operatorId: operator.id, event, result: "denied", visitor });
  throw new OperatorError("factor_wrong");
}
