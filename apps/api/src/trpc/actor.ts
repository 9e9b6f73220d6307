import type { OperatorContext } from "./context.js";

/** What a procedure gets after `requireRole`. */
export type ActingContext = OperatorContext & { operator: { id: string } };

/** The signed-in operator, as the domain names who acts. */
export const actorOf = ({
  operator,
  visitor,
}: Pick<OperatorContext, "visitor"> & { operator: { id: string } }) => ({
  operatorId: operator.id,
  visitor,
});
