import { callOperation } from "../../domain/hosts/call.js";
import type { HostContext, Operation } from "../../domain/hosts/operation.js";
import { operations } from "../../domain/hosts/operations/index.js";
import type { PersonContext } from "../context.js";
import { hostProcedure, personRouter } from "../procedures.js";

/** `host.*`: the operations of the host API under their names, such as `host.tickets.redeem`. */
export const hostRouter = personRouter(proceduresBySubject());

function proceduresBySubject() {
  const subjects: Record<string, Record<string, ReturnType<typeof procedureOf>>> = {};
  for (const operation of operations) {
    const [subject = "", verb = ""] = operation.name.split(".");
    subjects[subject] = { ...subjects[subject], [verb]: procedureOf(operation) };
  }
  return subjects;
}

function procedureOf(operation: Operation) {
  // callOperation reads the input, so that it is refused in the same words as over HTTP.
  const procedure = hostProcedure.input((given: unknown) => given ?? {});
  const call = ({ ctx, input: given }: { ctx: HostContext & PersonContext; input: unknown }) =>
    callOperation(operation, ctx, { given, idempotencyKey: ctx.idempotencyKey });
  return operation.method === "GET" ? procedure.query(call) : procedure.mutation(call);
}
