import type { TRPCMutationProcedure, TRPCQueryProcedure } from "@trpc/server";
import type { z } from "zod";
import { callOperation } from "../../domain/hosts/call.js";
import type { HostContext, Operation } from "../../domain/hosts/operation.js";
import { operations } from "../../domain/hosts/operations/index.js";
import type { PersonContext } from "../context.js";
import { hostProcedure, personRouter } from "../procedures.js";

type Operations = (typeof operations)[number];

type ProcedureOf<One> =
  One extends Operation<infer Input, infer Output, string, infer Method>
    ? Method extends "GET"
      ? TRPCQueryProcedure<DefOf<Input, Output>>
      : TRPCMutationProcedure<DefOf<Input, Output>>
    : never;

interface DefOf<Input extends z.ZodType, Output extends z.ZodType> {
  // An operation without a required field may be called without an input.
  input: Record<never, never> extends z.input<Input> ? z.input<Input> | undefined : z.input<Input>;
  output: z.output<Output>;
  meta: unknown;
}

type SubjectOf<Name> = Name extends `${infer Subject}.${string}` ? Subject : never;

/** The types that clients see: made, like the procedures, from the operations. */
type HostProcedures = {
  [Subject in SubjectOf<Operations["name"]>]: {
    [One in Operations as One["name"] extends `${Subject}.${infer Verb}` ? Verb : never]: ProcedureOf<One>;
  };
};

/** `host.*`: the operations of the host API under their names, such as `host.tickets.redeem`. */
export const hostRouter = personRouter(proceduresBySubject() as unknown as HostProcedures);

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
