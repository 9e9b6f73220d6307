import type { AnyRouter, inferRouterContext, TRPCError } from "@trpc/server";
import { type CreateFastifyContextOptions, fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Deps } from "../domain/deps.js";
import { challengeSeconds } from "../domain/operators/factors.js";
import { operatorSessionLifetime } from "../domain/sessions/lifetime.js";
import type { OperatorContext, PersonContext } from "../trpc/context.js";
import { retryAfterOf } from "../trpc/errors.js";
import { router as operatorRouter } from "../trpc/operator-router.js";
import { router as personRouter } from "../trpc/person-router.js";
import { authenticateOperator, authenticateUser } from "./authentication.js";
import { beginInBrowser } from "./begin-in-browser.js";
import type { Cookies } from "./cookies.js";
import { bearerOf, idempotencyKeyOf } from "./host-api/request-headers.js";
import { isForeign, sameOriginOnly } from "./same-origin.js";
import { clearCookie, endSessionCookie } from "./session-cookie.js";
import { visitorOf } from "./visitor.js";

const maxBatchSize = 10;

/** `/trpc` for people and hosts and `/admin/trpc` for operators: two routers, two cookies. */
export async function trpcRoutes(
  app: FastifyInstance,
  { deps, cookies }: { deps: Deps; cookies: Cookies },
): Promise<void> {
  const baseContext = (request: FastifyRequest) => ({
    deps: { ...deps, log: request.log },
    requestId: request.id,
    visitor: visitorOf(request),
  });

  await mount(app, deps, "/trpc", personRouter, async ({ req, res }): Promise<PersonContext> => {
    const { found, authenticationError } = await settle(authenticateUser(deps, cookies, req));
    return {
      ...baseContext(req),
      session: found,
      hostKey: bearerOf(req),
      isForeign: isForeign(req, deps.settings.publicUrl),
      idempotencyKey: idempotencyKeyOf(req),
      authenticationError,
      beginInBrowser: (begin) => beginInBrowser({ settings: deps.settings, cookies }, req, res, begin),
      clearSessionCookie: () => endSessionCookie(res, cookies),
    };
  });

  await mount(app, deps, "/admin/trpc", operatorRouter, async ({ req, res }): Promise<OperatorContext> => {
    const { found, authenticationError } = await settle(authenticateOperator(deps, cookies, req));
    return {
      ...baseContext(req),
      operator: found,
      authenticationError,
      operatorSecret: cookies.read(req, "operator"),
      setOperatorCookie: (secret) =>
        cookies.set(res, "operator", secret, operatorSessionLifetime.absoluteSeconds),
      pendingSecret: cookies.read(req, "operator_pending"),
      setPendingCookie: (secret) => cookies.set(res, "operator_pending", secret, challengeSeconds),
      clearOperatorCookie: () => clearCookie(res, cookies, "operator"),
    };
  });
}

/** Mounts a router under its prefix: same-origin JSON only, at most ten calls in a batch. */
async function mount<Router extends AnyRouter>(
  app: FastifyInstance,
  { settings }: Deps,
  prefix: string,
  router: Router,
  createContext: (options: CreateFastifyContextOptions) => Promise<inferRouterContext<Router>>,
): Promise<void> {
  const trpcOptions = {
    router,
    allowBatching: true,
    maxBatchSize,
    createContext,
    onError: logErrorsOf(router),
    responseMeta: retryAfter,
  };
  await app.register(async (scope) => {
    scope.addHook("preParsing", sameOriginOnly(settings.publicUrl));
    await scope.register(fastifyTRPCPlugin, { prefix, trpcOptions });
  });
}

/** The longest wait of the calls in a batch. */
function retryAfter({ errors }: { errors: readonly TRPCError[] }) {
  const seconds = errors.map(retryAfterOf).filter((one) => one !== undefined);
  return seconds.length > 0 ? { headers: { "retry-after": String(Math.max(...seconds)) } } : {};
}

/** An error thrown by createContext would reach the client without a request number, so the procedures throw it. */
const settle = <Found>(search: Promise<Found>): Promise<{ found?: Found; authenticationError?: unknown }> =>
  search.then(
    (found) => ({ found }),
    (authenticationError: unknown) => ({ authenticationError }),
  );

const logErrorsOf = (router: AnyRouter) => (failed: FailedCall) => {
  const { error, path = "", req } = failed;
  // The name of an unknown procedure is text from outside, so it is not logged.
  const procedure = Object.hasOwn(router._def.procedures, path) ? path : "(none)";
  const fields = { event: "procedure_failed", procedure, code: error.code };
  if (error.code === "INTERNAL_SERVER_ERROR" || error.code === "SERVICE_UNAVAILABLE") {
    req.log.error({ ...fields, err: error }, "a procedure failed");
  } else {
    req.log.info(fields, "a procedure was refused");
  }
};

interface FailedCall {
  error: TRPCError;
  path: string | undefined;
  req: FastifyRequest;
}
