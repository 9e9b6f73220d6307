import type { OperatorRole } from "../../db/schema.js";
import type { Deps } from "../deps.js";

export type { OperatorRole };

/** A role may do what every role of a lower rank may. */
export const roleRank = { viewer: 1, operator: 2, owner: 3 } as const satisfies Record<OperatorRole, number>;

/** The request has no signed-in operator, or one who may not do this: the role is too low, or a second factor is missing. */
export class AccessError extends Error {
  override readonly name = "AccessError" as const;
  constructor(readonly reason: "signed_out" | "role_too_low" | "factor_required") {
    super(reason);
  }
}

/**
 * The check that every procedure and every route for operators begins with.
 *
 * @throws {AccessError} signed_out · factor_required · role_too_low
 */
export function requireRole<Operator extends { id: string; role: OperatorRole; mustEnrol: boolean }>(
  deps: Pick<Deps, "log">,
  operator: Operator | undefined,
  lowest: OperatorRole,
): Operator {
  if (!operator) throw new AccessError("signed_out");
  if (operator.mustEnrol) throw new AccessError("factor_required");
  if (roleRank[operator.role] < roleRank[lowest]) {
    deps.log.warn({ event: "role_too_low", operatorId: operator.id }, "an operator's role was too low");
    throw new AccessError("role_too_low");
  }
  return operator;
}
