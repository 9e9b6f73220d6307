import { initTRPC, type TRPCDefaultErrorShape, type TRPCError } from "@trpc/server";
import { type OperatorRole, roleRank } from "../domain/operators.js";
import type { OperatorContext, PersonContext } from "./context.js";
import { AppError, toAppError } from "./errors.js";

// Who may call what hangs on the procedure, never on the spelling of a path.

interface ClientError extends TRPCDefaultErrorShape {
  data: TRPCDefaultErrorShape["data"] & { requestId: string; appCode: string | null };
}

/** A fixed text and a request number: no stack, SQL, path or driver text. */
function clientError(
  shape: TRPCDefaultErrorShape,
  error: TRPCError,
  requestId: string | undefined,
): ClientError {
  const known = error instanceof AppError;
  const { code, httpStatus, path } = shape.data;
  const message = known ? error.message : code;
  return {
    code: shape.code,
    message,
    data: {
      code,
      httpStatus,
      ...(path === undefined ? {} : { path }),
      requestId: requestId ?? "",
      appCode: known ? error.appCode : null,
    },
  };
}

const person = initTRPC.context<PersonContext>().create({
  isDev: false,
  errorFormatter: ({ shape, error, ctx }) => clientError(shape, error, ctx?.requestId),
});
const operator = initTRPC.context<OperatorContext>().create({
  isDev: false,
  errorFormatter: ({ shape, error, ctx }) => clientError(shape, error, ctx?.requestId),
});

export const personRouter = person.router;
export const operatorRouter = operator.router;

const personBase = person.procedure
  .use(async ({ next }) => {
    const result = await next();
    if (!result.ok) throw toAppError(result.error);
    return result;
  })
  .use(({ ctx, next }) => {
    if (ctx.searchError !== undefined) throw ctx.searchError;
    return next();
  });
const operatorBase = operator.procedure
  .use(async ({ next }) => {
    const result = await next();
    if (!result.ok) throw toAppError(result.error);
    return result;
  })
  .use(({ ctx, next }) => {
    if (ctx.searchError !== undefined) throw ctx.searchError;
    return next();
  });

/** Anybody, signed in or not. */
export const publicProcedure = personBase;

export const personProcedure = personBase.use(({ ctx, next }) => {
  if (!ctx.session) throw new AppError("signed_out");
  return next({ ctx: { session: ctx.session } });
});

/** Only what an operator needs before there is a session. */
export const anonymousOperatorProcedure = operatorBase;

function procedureFor(lowest: OperatorRole) {
  return operatorBase.use(({ ctx, next }) => {
    if (!ctx.operator) throw new AppError("signed_out");
    if (roleRank[ctx.operator.role] < roleRank[lowest]) {
      const { deps, operator: acting } = ctx;
      deps.log.warn({ event: "role_too_low", operatorId: acting.id }, "an operator was refused");
      throw new AppError("role_too_low");
    }
    return next({ ctx: { operator: ctx.operator } });
  });
}

export const viewerProcedure = procedureFor("viewer");
export const operatorProcedure = procedureFor("operator");
