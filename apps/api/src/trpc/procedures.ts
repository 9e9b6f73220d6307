import { initTRPC, type TRPCDefaultErrorShape, type TRPCError } from "@trpc/server";
import type { AuditEvent } from "../domain/audit.js";
import { maskForRole } from "../domain/console/masking.js";
import { admitCaller } from "../domain/hosts/admit.js";
import { type OperatorRole, requireRole } from "../domain/operators/roles.js";
import type { OperatorContext, PersonContext } from "./context.js";
import { AppError, toAppError } from "./errors.js";

// What a procedure requires is part of the procedure, never of its path: authentication, role, masking and audit.

interface PersonMeta {
  access: "public" | "person" | "host";
}

interface OperatorMeta {
  access?: "public" | OperatorRole;
  /** Every mutation names the entry that it writes; a test calls each of them and reads the audit log. */
  audit?: AuditEvent;
}

interface ClientError extends TRPCDefaultErrorShape {
  data: TRPCDefaultErrorShape["data"] & { requestId: string; appCode: string | null };
}

/** A fixed text and the request number: no stack, SQL, path or driver text. */
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

const person = initTRPC
  .context<PersonContext>()
  .meta<PersonMeta>()
  .create({
    isDev: false,
    errorFormatter: ({ shape, error, ctx }) => clientError(shape, error, ctx?.requestId),
  });
const operator = initTRPC
  .context<OperatorContext>()
  .meta<OperatorMeta>()
  .create({
    isDev: false,
    errorFormatter: ({ shape, error, ctx }) => clientError(shape, error, ctx?.requestId),
  });

export const personRouter = person.router;
export const operatorRouter = operator.router;

const personBase = person.procedure
  .use(({ next }) => mapErrors(next))
  .use(({ ctx, next }) => {
    checkAuthentication(ctx);
    return next();
  });
const operatorBase = operator.procedure
  .use(({ next }) => mapErrors(next))
  .use(({ ctx, next }) => {
    checkAuthentication(ctx);
    return next();
  });

/** Throws an error of the domain as the one that is shown to the client. */
async function mapErrors<Result extends { ok: true } | { ok: false; error: TRPCError }>(
  next: () => Promise<Result>,
): Promise<Result> {
  const result = await next();
  if (!result.ok) throw toAppError(result.error);
  return result;
}

/** Throws what kept the caller from being authenticated: here the answer gets the request number. */
function checkAuthentication({ authenticationError }: { authenticationError?: unknown }): void {
  if (authenticationError !== undefined) throw authenticationError;
}

/** For anyone, signed in or not. */
export const publicProcedure = personBase.meta({ access: "public" });

export const personProcedure = personBase.meta({ access: "person" }).use(({ ctx, next }) => {
  if (!ctx.session) throw new AppError("signed_out");
  return next({ ctx: { session: ctx.session } });
});

/** For the server of a host application, which sends its key: see domain/hosts. */
export const hostProcedure = personBase.meta({ access: "host" }).use(async ({ ctx, next }) => {
  const { deps, hostKey: key, visitor, isForeign } = ctx;
  return next({ ctx: { caller: await admitCaller(deps, { key, visitor, isForeign }) } });
});

/** Only for what an operator needs before there is a session. */
export const publicOperatorProcedure = operatorBase.meta({ access: "public" });

/** For a signed-in operator, also one who must add a second factor before anything else. */
export const enrollingProcedure = operatorBase.meta({ access: "viewer" }).use(({ ctx, next }) => {
  const { operator, operatorSecret } = ctx;
  if (!operator || operatorSecret === undefined) throw new AppError("signed_out");
  return next({ ctx: { operator, self: { operator, session: operatorSecret, visitor: ctx.visitor } } });
});

function procedureFor(lowest: OperatorRole) {
  return operatorBase.meta({ access: lowest }).use(async ({ ctx, type, next }) => {
    const signedIn = requireRole(ctx.deps, ctx.operator, lowest);
    const call = () => next({ ctx: { operator: signedIn } });
    const result = type === "query" ? await ctx.deps.listGate.run(call) : await call();
    return result.ok ? { ...result, data: maskForRole(signedIn.role, result.data) } : result;
  });
}

export const viewerProcedure = procedureFor("viewer");
export const operatorProcedure = procedureFor("operator");
export const ownerProcedure = procedureFor("owner");
