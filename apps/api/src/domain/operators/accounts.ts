import { StaleDataError } from "../../db/database.js";
import { findAnyOperator, insertFirstOperator } from "../../db/operators.js";
import { required } from "../../db/statement.js";
import type { Settings } from "../../env.js";
import { auditRecord } from "../audit.js";
import type { Deps } from "../deps.js";
import { newId } from "../ids.js";
import { hashPassword } from "./password-hash.js";
import { passwordProblem, siteWords } from "./password-strength.js";
import type { OperatorRole } from "./roles.js";
import { foldUsername, usernameProblem } from "./usernames.js";

/** A signed-in operator. */
export interface Operator {
  id: string;
  username: string;
  role: OperatorRole;
  /** Owners require a second factor, and this operator has none: until then the session can add one, and nothing else. */
  mustEnrol: boolean;
}

export type OperatorRefusal =
  | "wrong_credentials"
  | "link_invalid"
  | "password_unfit"
  | "username_unfit"
  | "own_account"
  | "operator_changed"
  | "sign_in_expired"
  | "enrolment_expired"
  | "factor_wrong"
  | "too_many_factors";

/** A request of an operator that cannot be granted; `detail` is shown to the operator. */
export class OperatorError extends Error {
  override readonly name = "OperatorError" as const;
  constructor(
    readonly reason: OperatorRefusal,
    readonly detail?: string,
    options?: ErrorOptions,
  ) {
    super(detail ? `${reason}: ${detail}` : reason, options);
  }
}

export async function hasOperator(deps: Deps): Promise<boolean> {
  return (await deps.db.run(findAnyOperator, {})).length > 0;
}

/**
 * Makes the first operator from ADMIN_USERNAME and ADMIN_PASSWORD; does nothing if there is an operator already.
 *
 * @throws {OperatorError} username_unfit · password_unfit
 * @throws {DatabaseError}
 */
export async function ensureFirstOperator(
  deps: Deps,
  given: { username: string; password: string },
): Promise<void> {
  if (await hasOperator(deps)) return;
  const username = parseUsername(given.username);
  checkPassword(deps, username, given.password);
  const passwordHash = await hashPassword(given.password, deps.passwordCost);
  const now = deps.now();
  try {
    await deps.db.batch([
      required(insertFirstOperator.with({ id: newId(now), username, passwordHash, role: "owner", now })),
      auditRecord(deps, { operatorId: null, event: "operator.first", target: username }),
    ]);
  } catch (error) {
    // Another process made one meanwhile.
    if (error instanceof StaleDataError) return;
    throw error;
  }
  deps.log.info({ event: "first_operator_made" }, "the first operator was made from the settings");
}

/** What is wrong with a first operator from the settings, one line each, by the setting's name and never by its value. */
export function firstOperatorProblems(
  { username, password }: { username: string; password: string },
  site: Pick<Settings, "publicUrl" | "apps">,
): string[] {
  const problems = [];
  if (password.toLowerCase() === username.toLowerCase())
    problems.push("ADMIN_PASSWORD: it is the name itself");
  const unfitName = usernameProblem(username);
  if (unfitName) problems.push(`ADMIN_USERNAME: ${unfitName}`);
  const unfitPassword = passwordProblem(password, [username, ...siteWords(site)]);
  if (unfitPassword) problems.push(`ADMIN_PASSWORD: ${unfitPassword}`);
  return problems;
}

/** @throws {OperatorError} username_unfit */
export function parseUsername(username: string): string {
  const problem = usernameProblem(username);
  if (problem) throw new OperatorError("username_unfit", problem);
  return foldUsername(username);
}

/** @throws {OperatorError} password_unfit */
export function checkPassword(deps: Deps, username: string, password: string): void {
  const problem = passwordProblem(password, [username, ...siteWords(deps.settings)]);
  if (problem) throw new OperatorError("password_unfit", problem);
}
