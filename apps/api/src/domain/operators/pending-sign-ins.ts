import { StaleDataError } from "../../db/database.js";
import {
  advanceFactor,
  countRecoveryCodes,
  deleteChallenge,
  deleteExpiredChallenge,
  findChallenge,
  findOperatorWithoutFactor,
  listFactors,
  lockActiveOperator,
  putChallenge,
  setChallengeValue,
  spendChallengeValue,
  spendRecoveryCode,
} from "../../db/operator-factors.js";
import { type BoundStatement, required } from "../../db/statement.js";
import { auditRecord, recordAudit } from "../audit.js";
import { type Deps, later, type Visitor } from "../deps.js";
import { hashSecret, isSecret, newSecret } from "../key-ring.js";
import { isKnownSource, markKnownSource, releaseAttempt, throttle } from "../throttle.js";
import { type Operator, OperatorError } from "./accounts.js";
import { challengeSeconds, isFactorRequired, readFactors } from "./factors.js";
import { checkSigned, passkeyRequest } from "./passkeys.js";
import { recoveryCodeHash } from "./recovery-codes.js";
import { attemptLimit, openOperatorSession } from "./sessions.js";
import { stepOfCode } from "./totp.js";

// Between a right password and a session. The browser's secret of a pending sign-in opens nothing but the session that a factor
// of the same operator turns it into.

/** A session, or a pending sign-in that waits for a second factor: each with the secret for its cookie. */
export type Admitted =
  | { kind: "signed_in"; operator: Operator; secret: string }
  | { kind: "factor_needed"; secret: string };

type Account = Pick<Operator, "id" | "username" | "role">;

/**
 * Lets an operator in whose password was right, or who set it with a link: to a session if they have no second factor, and
 * otherwise to the question for it.
 *
 * @param steps.always give the right to it; `ifSignedIn` and `ifPending` join them in one of the two cases.
 * @throws {StaleDataError} a `required` statement touched no row, or a factor was added meanwhile: nothing is written
 * @throws {DatabaseError}
 */
export async function admitOperator(
  deps: Deps,
  account: Account,
  visitor: Visitor,
  steps: Record<"always" | "ifSignedIn" | "ifPending", readonly BoundStatement<unknown>[]>,
): Promise<Admitted> {
  const operatorId = account.id;
  const [factor] = await deps.db.run(listFactors, { operatorId });
  if (!factor) {
    const secret = await openOperatorSession(deps, operatorId, visitor, [
      ...steps.always,
      required(findOperatorWithoutFactor.with({ operatorId })),
      ...steps.ifSignedIn,
    ]);
    await markKnownSource(deps, account.username, visitor.source);
    const operator = { ...account, mustEnrol: await isFactorRequired(deps) };
    return { kind: "signed_in", operator, secret };
  }
  const secret = newSecret();
  const expiresAt = later(deps.now(), challengeSeconds);
  await deps.db.batch([
    ...steps.always,
    putChallenge.with({
      secretHash: hashSecret(secret),
      operatorId,
      kind: "sign_in",
      value: null,
      expiresAt,
    }),
    ...steps.ifPending,
  ]);
  deps.log.info({ event: "operator_factor_asked", operatorId }, "an operator was asked for a second factor");
  return { kind: "factor_needed", secret };
}

async function findPending(deps: Deps, secret: string | undefined) {
  if (!isSecret(secret)) return undefined;
  const [secretHash, now] = [hashSecret(secret), deps.now()];
  const [row] = await deps.db.run(findChallenge, { secretHash, kind: "sign_in", now });
  if (row) return { ...row, secretHash };
  // Once refused as expired it stays so, also if the clock is set back.
  await deps.db.run(deleteExpiredChallenge, { secretHash, now });
  return undefined;
}

/** @throws {OperatorError} sign_in_expired */
async function getPending(deps: Deps, secret: string | undefined) {
  const pending = await findPending(deps, secret);
  if (!pending) throw new OperatorError("sign_in_expired");
  return pending;
}

/** What the page asks the operator for; null where no sign-in is pending. */
export async function getPendingSignIn(deps: Deps, secret: string | undefined) {
  const pending = await findPending(deps, secret);
  if (!pending) return null;
  const { operatorId, username } = pending;
  const [factors, [codes]] = await Promise.all([
    deps.db.run(listFactors, { operatorId }),
    deps.db.run(countRecoveryCodes, { operatorId }),
  ]);
  return {
    username,
    totp: factors.some(({ kind }) => kind === "totp"),
    passkey: factors.some(({ kind }) => kind === "passkey"),
    recoveryCode: (codes?.count ?? 0) > 0,
  };
}

/**
 * What the browser asks a passkey to sign. An earlier challenge of this sign-in is void from now on.
 *
 * @throws {OperatorError} sign_in_expired
 */
export async function startPasskey(deps: Deps, secret: string | undefined) {
  const { operatorId, secretHash } = await getPending(deps, secret);
  const passkeys = await readFactors(deps, operatorId, "passkey");
  const options = await passkeyRequest(deps.settings, passkeys);
  const value = options.challenge;
  const stored = await deps.db.run(setChallengeValue, { secretHash, value, now: deps.now() });
  if (stored.length === 0) throw new OperatorError("sign_in_expired");
  return options;
}

export type GivenFactor =
  | { kind: "totp"; code: string }
  | { kind: "recovery_code"; code: string }
  | { kind: "passkey"; response: { id: string } };

/**
 * Turns a pending sign-in into a session. A code of an app, a recovery code and a passkey's challenge work once each, also if two
 * processes are given the same one.
 *
 * @throws {OperatorError} sign_in_expired · factor_wrong
 * @throws {ThrottledError}
 * @throws {DatabaseError}
 */
export async function passSecondFactor(
  deps: Deps,
  secret: string | undefined,
  given: GivenFactor,
  visitor: Visitor,
): Promise<{ operator: Operator; secret: string }> {
  const pending = await getPending(deps, secret);
  const { operatorId, username, role, secretHash } = pending;
  // As for passwords: a stranger who has the password and keeps guessing must not lock the operator out.
  const isKnown = await isKnownSource(deps, username, visitor.source);
  const key = isKnown ? `operator-factor:${operatorId}:${visitor.source}` : `operator-factor:${operatorId}`;
  await throttle(deps, key, attemptLimit);

  const proof = await prove(deps, pending, given);
  if (!proof) return denyFactor(deps, operatorId, visitor);
  const entry = { operatorId, visitor };
  let session: string;
  try {
    session = await openOperatorSession(deps, operatorId, visitor, [
      required(lockActiveOperator.with({ operatorId })),
      required(deleteChallenge.with({ secretHash })),
      required(proof),
      ...(given.kind === "recovery_code"
        ? [auditRecord(deps, { ...entry, event: "operator.use_recovery_code" })]
        : []),
      auditRecord(deps, { ...entry, event: "operator.sign_in" }),
    ]);
  } catch (error) {
    if (error instanceof StaleDataError) return denyFactor(deps, operatorId, visitor, error);
    throw error;
  }
  await releaseAttempt(deps, key);
  await markKnownSource(deps, username, visitor.source);
  deps.log.info({ event: "operator_signed_in", operatorId }, "an operator signed in");
  // The recovery codes of an operator without another factor are deleted, so one of the factors is enrolled.
  return { operator: { id: operatorId, username, role, mustEnrol: false }, secret: session };
}

/** The statement that spends what was given; undefined if it proves nothing. */
async function prove(
  deps: Deps,
  pending: { operatorId: string; secretHash: string; value: string | null },
  given: GivenFactor,
): Promise<BoundStatement<unknown> | undefined> {
  const { operatorId } = pending;
  const now = deps.now();
  if (given.kind === "recovery_code")
    return spendRecoveryCode.with({ codeHash: recoveryCodeHash(operatorId, given.code), operatorId });
  if (given.kind === "totp") {
    for (const { id, key, counter: before } of await readFactors(deps, operatorId, "totp")) {
      const step = stepOfCode(given.code, key, now);
      if (step !== undefined && step > before)
        return advanceFactor.with({ id, operatorId, before, counter: step, now });
    }
    return undefined;
  }
  const challenge = await spendChallenge(deps, pending);
  const passkey = (await readFactors(deps, operatorId, "passkey")).find(({ id }) => id === given.response.id);
  if (challenge === undefined || !passkey) return undefined;
  const counter = await checkSigned(deps.settings, challenge, given.response, passkey);
  if (counter === undefined) return undefined;
  return advanceFactor.with({ id: passkey.id, operatorId, before: passkey.counter, counter, now });
}

/** The challenge, before it is known whether its answer is right: it is never tried twice. */
async function spendChallenge(
  deps: Deps,
  { secretHash, value }: { secretHash: string; value: string | null },
): Promise<string | undefined> {
  if (value === null) return undefined;
  const spent = await deps.db.run(spendChallengeValue, { secretHash, value });
  return spent.length > 0 ? value : undefined;
}

async function denyFactor(deps: Deps, operatorId: string, visitor: Visitor, cause?: unknown): Promise<never> {
  await recordAudit(deps, { operatorId, event: "operator.pass_factor", result: "denied", visitor });
  deps.log.warn({ event: "operator_denied", operatorId }, "an operator's second factor was denied");
  throw new OperatorError("factor_wrong", undefined, { cause });
}
