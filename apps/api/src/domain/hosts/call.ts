import { HostError } from "./host-error.js";
import type { HostContext, Operation } from "./operation.js";
import { readInput } from "./read-input.js";

/** @throws {HostError} scope_missing */
export function requireScope({ scope }: Operation, { scopes }: HostContext["caller"]): void {
  if (scope !== null && !scopes.includes(scope)) {
    throw new HostError("scope_missing", `This key lacks the scope ${scope}.`);
  }
}

/**
 * Calls an operation of the host API, over HTTP and tRPC alike.
 *
 * @param given the input before it is checked
 * @throws {HostError} scope_missing, input_invalid and what the operation throws
 * @throws {DatabaseError}
 */
export async function callOperation(
  operation: Operation,
  context: HostContext,
  given: unknown,
): Promise<unknown> {
  requireScope(operation, context.caller);
  const answer = await operation.run(context, readInput(operation.input, given));
  return operation.output.parse(answer);
}
