import {
  deleteOperatorLinks,
  findActiveOperator,
  findActiveOwner,
  findOperatorById,
  lockOperators,
  setOperatorRole,
  setOperatorStatus,
} from "../../db/operator-changes.js";
import {
  deleteFactors,
  deleteRecoveryCodes,
  lockActiveOperator,
  setSecondFactorPolicy,
} from "../../db/operator-factors.js";
import { findOperatorByUsername } from "../../db/operators.js";
import { type BoundStatement, required } from "../../db/statement.js";
import { type AuditEvent, auditRecord, auditRecordWithDetail, writeAct } from "../audit.js";
import type { Deps, Visitor } from "../deps.js";
import { OperatorError, parseUsername } from "./accounts.js";
import { endSessionsAndChallenges, type FactorPolicy } from "./factors.js";
import { linkUrl, newLink } from "./links.js";
import { type OperatorRole, roleRank } from "./roles.js";

// What an owner does to other operators. An owner cannot disable or demote their own account, and each act is written only if
// they are an active owner at that moment, so at least one active owner always remains.

/** The owner who acts. */
interface By {
  operatorId: string;
  visitor: Visitor;
}

/** A one-time link, to be shown once: the database keeps a hash. */
export interface OperatorLink {
  url: string;
  /** The name that it works for. */
  username: string;
  expiresAt: Date;
}

/**
 * Makes a link for a new operator, who chooses a password with it.
 *
 * @throws {OperatorError} username_unfit: not a name, or the name of an operator · operator_changed
 * @throws {DatabaseError}
 */
export async function inviteOperator(
  deps: Deps,
  { username: given, role, by }: { username: string; role: OperatorRole; by: By },
): Promise<OperatorLink> {
  const username = parseUsername(given);
  if ((await deps.db.run(findOperatorByUsername, { username })).length > 0) {
    throw new OperatorError("username_unfit", "this name is taken; choose another");
  }
  return createLink(deps, { username, role, by }, []);
}

/**
 * Makes a link with which an operator sets a new password. Until then the old one works.
 *
 * @throws {OperatorError} operator_changed: there is no such operator, or it is disabled
 * @throws {DatabaseError}
 */
export async function createPasswordLink(
  deps: Deps,
  { id, by }: { id: string; by: By },
): Promise<OperatorLink> {
  const { username, role } = await getOperator(deps, id);
  return createLink(deps, { id, username, role, by }, [required(findActiveOperator.with({ id, role }))]);
}

async function createLink(
  deps: Deps,
  { id, username, role, by }: { id?: string; username: string; role: OperatorRole; by: By },
  conditions: readonly BoundStatement<unknown>[],
): Promise<OperatorLink> {
  const { secret, expiresAt, insert } = newLink(deps, { role, username });
  const entry = { ...by, event: "operator.create_link", target: id ?? username } as const;
  const record = auditRecordWithDetail(deps, entry, { userId: null, detail: role });
  await writeAsOwner(deps, by, [...conditions, insert, ...record]);
  return { url: linkUrl(deps.settings, secret), username, expiresAt };
}

/**
 * Gives an operator another role, from their next request on.
 *
 * @param change.from the role that they have: another one means that another owner was faster.
 * @throws {OperatorError} own_account · operator_changed
 * @throws {DatabaseError}
 */
export async function changeRole(
  deps: Deps,
  { id, from, to, by }: { id: string; from: OperatorRole; to: OperatorRole; by: By },
): Promise<void> {
  refuseOwn(id, by);
  const entry = { ...by, event: "operator.change_role", target: id } as const;
  await writeAsOwner(deps, by, [
    ...(roleRank[to] < roleRank[from] ? [deleteOperatorLinks.with({})] : []),
    required(setOperatorRole.with({ id, from, to })),
    ...auditRecordWithDetail(deps, entry, { userId: null, detail: to }),
  ]);
}

/**
 * Keeps an operator out of the console: their sessions and pending sign-ins end at once, and no password and
 * no link signs them in.
 *
 * @throws {OperatorError} own_account · operator_changed: there is no such operator, or it is disabled already
 * @throws {DatabaseError}
 */
export async function disableOperator(deps: Deps, { id, by }: { id: string; by: By }): Promise<void> {
  refuseOwn(id, by);
  const { username } = await getOperator(deps, id);
  await writeAsOwner(deps, by, [
    // A link outlives who made it, and may be for whom it was made: those that are not redeemed end too.
    deleteOperatorLinks.with({}),
    required(setOperatorStatus.with({ id, status: "disabled" })),
    ...endSessionsAndChallenges(username),
    entryOf(deps, "operator.disable", id, by),
  ]);
}

/**
 * Lets an operator sign in again, with the password and the role from before.
 *
 * @throws {OperatorError} operator_changed: there is no such operator, or it is not disabled
 * @throws {DatabaseError}
 */
export function enableOperator(deps: Deps, { id, by }: { id: string; by: By }): Promise<void> {
  return writeAsOwner(deps, by, [
    required(setOperatorStatus.with({ id, status: "active" })),
    entryOf(deps, "operator.enable", id, by),
  ]);
}

/**
 * Signs an operator out everywhere, also where a sign-in waits for the second factor. They can sign in again.
 *
 * @throws {OperatorError} operator_changed: there is no such operator
 * @throws {DatabaseError}
 */
export async function endOperatorSessions(deps: Deps, { id, by }: { id: string; by: By }): Promise<void> {
  const { username } = await getOperator(deps, id);
  await writeAsOwner(deps, by, [
    // A factor that passes at the same moment comes before or after both.
    lockActiveOperator.with({ operatorId: id }),
    ...endSessionsAndChallenges(username),
    entryOf(deps, "operator.end_sessions", id, by),
  ]);
}

/**
 * Takes an operator's second factors away, who lost them. Their sessions end: they sign in with the password alone, or add
 * another factor first if one is required.
 *
 * @throws {OperatorError} own_account · operator_changed: there is no such operator
 * @throws {DatabaseError}
 */
export async function resetOperatorFactors(deps: Deps, { id, by }: { id: string; by: By }): Promise<void> {
  refuseOwn(id, by);
  const { username } = await getOperator(deps, id);
  await writeAsOwner(deps, by, [
    lockActiveOperator.with({ operatorId: id }),
    deleteFactors.with({ operatorId: id }),
    ...endWithFactors(id, username),
    entryOf(deps, "operator.reset_factors", id, by),
  ]);
}

/**
 * The same from the server's own command, for the last owner.
 *
 * @returns false if they have no second factor, also because another command was faster: nothing is written.
 * @throws {OperatorError} username_unfit · operator_changed: there is no such operator
 * @throws {DatabaseError}
 */
export async function resetFactorsByCommand(deps: Deps, given: string): Promise<boolean> {
  const username = parseUsername(given);
  const [operator] = await deps.db.run(findOperatorByUsername, { username });
  if (!operator) throw new OperatorError("operator_changed", "there is no operator with this name");
  const { id } = operator;
  return writeAct(deps, [
    lockActiveOperator.with({ operatorId: id }),
    required(deleteFactors.with({ operatorId: id })),
    ...endWithFactors(id, username),
    auditRecord(deps, { operatorId: null, event: "operator.reset_factors", target: id }),
  ]);
}

/** What ends together with the factors of an operator. */
const endWithFactors = (operatorId: string, username: string) => [
  deleteRecoveryCodes.with({ operatorId }),
  ...endSessionsAndChallenges(username),
];

/**
 * Requires a second factor of every operator, from their next request on, or makes it each operator's own choice.
 *
 * @throws {OperatorError} operator_changed
 * @throws {DatabaseError}
 */
export function setFactorPolicy(deps: Deps, { policy, by }: { policy: FactorPolicy; by: By }): Promise<void> {
  const entry = { ...by, event: "operator.set_factor_policy" } as const;
  return writeAsOwner(deps, by, [
    setSecondFactorPolicy.with({ value: policy }),
    ...auditRecordWithDetail(deps, entry, { userId: null, detail: policy }),
  ]);
}

/** @throws {OperatorError} operator_changed: there is no such operator */
async function getOperator(deps: Deps, id: string) {
  const [operator] = await deps.db.run(findOperatorById, { id });
  if (!operator) throw new OperatorError("operator_changed");
  return operator;
}

function refuseOwn(id: string, by: By): void {
  if (id === by.operatorId) throw new OperatorError("own_account");
}

const entryOf = (deps: Deps, event: AuditEvent, target: string, by: By) =>
  auditRecord(deps, { ...by, event, target });

/** Writes an act and its entry if who acts is an active owner, and what it depends on is still so. */
async function writeAsOwner(deps: Deps, by: By, steps: readonly BoundStatement<unknown>[]): Promise<void> {
  const isWritten = await writeAct(deps, [
    lockOperators.with({}),
    required(findActiveOwner.with({ id: by.operatorId })),
    ...steps,
  ]);
  if (!isWritten) throw new OperatorError("operator_changed");
}
