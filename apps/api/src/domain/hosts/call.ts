import { HostError } from "./host-error.js";
import { runOnce } from "./idempotency.js";
import type { HostContext, Operation } from "./operation.js";
import { readInput } from "./read-input.js";

/** @throws {HostError} scope_missing */
export function requireScope({ scope }: Operation, { scopes }: HostContext["caller"]): void {
  if (scope !== null && !scopes.includes(scope)) {
    throw new HostError("scope_missing", `This key lacks the scope ${scope}.`);
  }
}

/** Whether a request to it may carry an Idempotency-Key. */
export const takesIdempotencyKey = ({ method, isReadOnly }: Operation): boolean =>
  method !== "GET" && !isReadOnly;

interface Call {
  /** The input before it is checked. */
  given: unknown;
  idempotencyKey: string | undefined;
  /** Is told if the answer is an earlier request's. */
  onReplay?: () => void;
}

/**
 * Calls an operation of the host API, over HTTP and tRPC alike.
 *
 * @throws {HostError} scope_missing, input_invalid, idempotency_… and what the operation throws
 * @throws {DatabaseError}
 */
export async function callOperation(
  operation: Operation,
  context: HostContext,
  { given, idempotencyKey: key, onReplay }: Call,
): Promise<unknown> {
  const { deps, caller } = context;
  requireScope(operation, caller);
  const input = readInput(operation.input, given);
  const run = async () => operation.output.parse(await operation.run(context, input));
  if (key === undefined || !takesIdempotencyKey(operation)) return run();
  const { answer, isReplayed } = await runOnce(deps, { caller, operation, input, key }, run);
  if (isReplayed) onReplay?.();
  return answer;
}
