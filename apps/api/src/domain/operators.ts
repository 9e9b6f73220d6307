import {
  deleteOperatorSession,
  deleteOperatorSessions,
  deleteSessionOfOldPassword,
  findAnyOperator,
  findLiveOperatorSession,
  findOperatorByUsername,
  findOperatorLink,
  insertOperatorLink,
  insertOperatorSession,
  setPasswordHash,
  spendOperatorLink,
  touchOperatorSession,
  upsertOperator,
} from "../db/operators.js";
import type { OperatorRole } from "../db/schema.js";
import { audit } from "./audit.js";
import { type Deps, keptUserAgent, later, type Visitor } from "./deps.js";
import { newId } from "./ids.js";
import { hashSecret, isSecret, newSecret } from "./key-ring.js";
import { hashPassword, isPassword, passwordProblem } from "./passwords.js";
import { forgive, isRemembered, remember, throttle } from "./throttle.js";
import { foldUsername, usernameProblem } from "./usernames.js";

export type { OperatorRole };

export interface Operator {
  id: string;
  username: string;
  role: OperatorRole;
}

export type OperatorRefusal = "wrong_credentials" | "link_invalid" | "password_unfit" | "username_unfit";

/** An operator's request that cannot be granted; `detail` is for the person who asked. */
export class OperatorError extends Error {
  override readonly name = "OperatorError" as const;
  constructor(
    readonly reason: OperatorRefusal,
    readonly detail?: string,
  ) {
    super(detail ? `${reason}: ${detail}` : reason);
  }
}

/** Who may do what another may. */
export const roleRank = { viewer: 1, operator: 2, owner: 3 } as const satisfies Record<OperatorRole, number>;

export const linkSeconds = 15 * 60;
const idleSeconds = 30 * 60;
const absoluteSeconds = 12 * 3600;
const knownSourceSeconds = 30 * 86_400;
const attempts = { max: 10, windowSeconds: 15 * 60 };

/** @returns undefined for whatever is not a live session of an active operator; the role is today's. */
export async function findOperator(deps: Deps, secret: string | undefined): Promise<Operator | undefined> {
  if (!isSecret(secret)) return undefined;
  const now = deps.now();
  const secretHash = hashSecret(secret);
  const seenAfter = later(now, -idleSeconds);
  const [row] = await deps.db.run(findLiveOperatorSession, { secretHash, now, seenAfter });
  if (!row) return undefined;
  if (now.getTime() - row.lastSeenAt.getTime() >= 60_000) {
    await deps.db.run(touchOperatorSession, { secretHash, now });
  }
  return { id: row.operatorId, username: row.username, role: row.role };
}

/**
 * Signs an operator in by password. Unknown, disabled and known names cost the same time and answer the same.
 *
 * Wrong passwords are counted for the name and for the source. A source from which this operator signed in
 * before has a count of its own, so that a stranger who keeps guessing cannot keep the real operator out.
 *
 * @throws {OperatorError} wrong_credentials
 * @throws {ThrottledError}
 */
export async function signInOperator(
  deps: Deps,
  given: { username: string; password: string },
  visitor: Visitor,
): Promise<{ operator: Operator; secret: string }> {
  const username = foldUsername(given.username);
  const name = hashSecret(username);
  const knownKey = `operator-known:${name}:${visitor.source}`;
  const isKnown = await isRemembered(deps, knownKey);
  const accountKey = isKnown ? `operator:${name}:${visitor.source}` : `operator:${name}`;
  const sourceKey = `operator-source:${visitor.source}`;
  // The source first, and no further: a stranger who is stopped there does not use up the name's own count.
  if (!isKnown) await throttle(deps, sourceKey, attempts);
  await throttle(deps, accountKey, attempts);

  const [row] = await deps.db.run(findOperatorByUsername, { username });
  const active = row?.status === "active" ? row : undefined;
  const right = await isPassword(given.password, active?.passwordHash);
  if (!active || !right) {
    const operatorId = row?.id ?? null;
    await deps.db.batch([audit(deps, { operatorId, event: "operator.sign_in", result: "denied", visitor })]);
    deps.log.warn({ event: "operator_denied", ip: visitor.ip }, "an operator's sign-in was denied");
    throw new OperatorError("wrong_credentials");
  }
  const session = openSession(deps, active.id, visitor);
  const [, outdated] = await deps.db.batch([
    session.record,
    deleteSessionOfOldPassword.with({
      secretHash: hashSecret(session.secret),
      operatorId: active.id,
      passwordHash: active.passwordHash,
    }),
    audit(deps, { operatorId: active.id, event: "operator.sign_in", visitor }),
  ]);
  if (outdated.length > 0) throw new OperatorError("wrong_credentials");
  await forgive(deps, accountKey, ...(isKnown ? [] : [sourceKey]));
  await remember(deps, knownKey, knownSourceSeconds);
  deps.log.info({ event: "operator_signed_in", operatorId: active.id }, "an operator signed in");
  return { operator: { id: active.id, username, role: active.role }, secret: session.secret };
}

export async function signOutOperator(
  deps: Deps,
  operator: Operator,
  secret: string,
  visitor: Visitor,
): Promise<void> {
  await deps.db.batch([
    deleteOperatorSession.with({ secretHash: hashSecret(secret) }),
    audit(deps, { operatorId: operator.id, event: "operator.sign_out", visitor }),
  ]);
  deps.log.info({ event: "operator_signed_out", operatorId: operator.id }, "an operator signed out");
}

/** Makes a one-time link's secret, 15 minutes good. It stands in the link's fragment and is stored hashed. */
export async function createOperatorLink(deps: Deps, role: OperatorRole): Promise<string> {
  const secret = newSecret();
  const now = deps.now();
  await deps.db.run(insertOperatorLink, {
    secretHash: hashSecret(secret),
    role,
    now,
    expiresAt: later(now, linkSeconds),
  });
  return secret;
}

export async function hasOperator(deps: Deps): Promise<boolean> {
  return (await deps.db.run(findAnyOperator, {})).length > 0;
}

/**
 * Spends a one-time link: makes an operator of that name, or gives the existing one a new password and ends
 * its sessions. A link of a lower role cannot be used to become somebody of a higher one.
 *
 * @throws {OperatorError} link_invalid · password_unfit · username_unfit, and then the link is not spent
 */
export async function redeemOperatorLink(
  deps: Deps,
  given: { secret: string; username: string; password: string },
  visitor: Visitor,
): Promise<{ operator: Operator; secret: string }> {
  const username = checkedUsername(given.username);
  checkPassword(given.password);
  if (!isSecret(given.secret)) throw new OperatorError("link_invalid");
  const linkKey = `operator-link:${visitor.source}`;
  await throttle(deps, linkKey, attempts);
  const now = deps.now();
  const secretHash = hashSecret(given.secret);
  const [[found], [existing]] = await Promise.all([
    deps.db.run(findOperatorLink, { secretHash, now }),
    deps.db.run(findOperatorByUsername, { username }),
  ]);
  if (found && existing && roleRank[existing.role] > roleRank[found.role]) {
    throw new OperatorError("username_unfit", "this name is taken; choose another");
  }
  // Spent before the password is hashed: a link used twice at once makes one operator, and guesses cost nothing.
  const [link] = await deps.db.run(spendOperatorLink, { secretHash, now });
  if (!link) {
    deps.log.warn({ event: "operator_link_denied", ip: visitor.ip }, "an operator link was denied");
    throw new OperatorError("link_invalid");
  }
  const passwordHash = await hashPassword(given.password);
  const [, [operator]] = await deps.db.batch([
    deleteOperatorSessions.with({ username }),
    upsertOperator.with({ id: newId(now), username, passwordHash, role: link.role, now }),
    audit(deps, { operatorId: null, event: "operator.redeem_link", target: username, visitor }),
  ]);
  if (!operator) throw new Error("The operator was not written.");
  const session = openSession(deps, operator.id, visitor);
  await deps.db.batch([session.record]);
  await forgive(deps, linkKey);
  deps.log.info(
    { event: "operator_link_redeemed", operatorId: operator.id },
    "an operator link was redeemed",
  );
  return { operator, secret: session.secret };
}

/**
 * Changes the acting operator's password; their other sessions end and this one gets a new secret.
 *
 * @throws {OperatorError} wrong_credentials · password_unfit
 * @throws {ThrottledError}
 */
export async function changePassword(
  deps: Deps,
  operator: Operator,
  given: { current: string; next: string },
  visitor: Visitor,
): Promise<{ secret: string }> {
  checkPassword(given.next);
  const key = `operator-change:${operator.id}`;
  await throttle(deps, key, attempts);
  const [row] = await deps.db.run(findOperatorByUsername, { username: operator.username });
  if (!(await isPassword(given.current, row?.passwordHash))) {
    const event = "operator.change_password";
    await deps.db.batch([audit(deps, { operatorId: operator.id, event, result: "denied", visitor })]);
    deps.log.warn({ event: "operator_denied", operatorId: operator.id }, "a password change was denied");
    throw new OperatorError("wrong_credentials");
  }
  const passwordHash = await hashPassword(given.next);
  const session = openSession(deps, operator.id, visitor);
  await deps.db.batch([
    setPasswordHash.with({ id: operator.id, passwordHash }),
    deleteOperatorSessions.with({ username: operator.username }),
    session.record,
    audit(deps, { operatorId: operator.id, event: "operator.change_password", visitor }),
  ]);
  await forgive(deps, key);
  return { secret: session.secret };
}

/** The first operator from ADMIN_USERNAME and ADMIN_PASSWORD; does nothing once there is any operator. */
export async function ensureFirstOperator(
  deps: Deps,
  { username, password }: { username: string; password: string },
): Promise<void> {
  if (await hasOperator(deps)) return;
  const now = deps.now();
  const passwordHash = await hashPassword(password);
  const name = checkedUsername(username);
  await deps.db.batch([
    upsertOperator.with({ id: newId(now), username: name, passwordHash, role: "owner", now }),
    audit(deps, { operatorId: null, event: "operator.first", target: name }),
  ]);
  deps.log.info({ event: "first_operator_made" }, "the first operator was made from the settings");
}

function checkedUsername(username: string): string {
  const problem = usernameProblem(username);
  if (problem) throw new OperatorError("username_unfit", problem);
  return foldUsername(username);
}

function checkPassword(password: string): void {
  const problem = passwordProblem(password);
  if (problem) throw new OperatorError("password_unfit", problem);
}

function openSession(deps: Deps, operatorId: string, visitor: Visitor) {
  const secret = newSecret();
  const now = deps.now();
  const record = insertOperatorSession.with({
    secretHash: hashSecret(secret),
    operatorId,
    now,
    expiresAt: later(now, absoluteSeconds),
    ip: visitor.ip,
    userAgent: keptUserAgent(visitor),
  });
  return { secret, record };
}
