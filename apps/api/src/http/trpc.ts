import type { AnyRouter, inferRouterContext, TRPCError } from "@trpc/server";
import { type CreateFastifyContextOptions, fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Deps } from "../domain/deps.js";
import { findOperator } from "../domain/operators.js";
import { findSession } from "../domain/sessions.js";
import type { OperatorContext, PersonContext } from "../trpc/context.js";
import { router as operatorRouter } from "../trpc/operator-router.js";
import { router as personRouter } from "../trpc/person-router.js";
import type { Cookies } from "./cookies.js";
import { sameOriginOnly } from "./same-origin.js";
import { visitorOf } from "./visitor.js";

const maxBatchSize = 10;
const operatorCookieSeconds = 12 * 3600;
const yearSeconds = 365 * 86_400;

/** `/trpc` for people and `/admin/trpc` for operators: two routers, two cookies. */
export async function trpcRoutes(
  app: FastifyInstance,
  { deps, cookies }: { deps: Deps; cookies: Cookies },
): Promise<void> {
  const whatBothGet = (request: FastifyRequest) => ({
    deps: { ...deps, log: request.log },
    requestId: request.id,
    visitor: visitorOf(request),
  });

  await mount(app, deps, "/trpc", personRouter, async ({ req, res }): Promise<PersonContext> => {
    const { found, searchError } = await whoAsks(findSession(deps, cookies.read(req, "session")));
    return {
      ...whatBothGet(req),
      session: found,
      searchError,
      clearSessionCookie: () => {
        forget(res, cookies, "session");
        // From here on nothing starts by itself: the person taps first.
        cookies.set(res, "signed_out", "1", yearSeconds);
      },
    };
  });

  await mount(app, deps, "/admin/trpc", operatorRouter, async ({ req, res }): Promise<OperatorContext> => {
    const operatorSecret = cookies.read(req, "operator");
    const { found, searchError } = await whoAsks(findOperator(deps, operatorSecret));
    return {
      ...whatBothGet(req),
      operator: found,
      searchError,
      operatorSecret,
      setOperatorCookie: (secret) => cookies.set(res, "operator", secret, operatorCookieSeconds),
      clearOperatorCookie: () => forget(res, cookies, "operator"),
    };
  });
}

/** One router under its prefix, for same-origin JSON only and ten calls a batch at most. */
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
  };
  await app.register(async (scope) => {
    scope.addHook("preParsing", sameOriginOnly(settings.publicUrl));
    await scope.register(fastifyTRPCPlugin, { prefix, trpcOptions });
  });
}

/** Takes the cookie away, and what the browser keeps of the pages that were seen with it. */
function forget(reply: FastifyReply, cookies: Cookies, name: "session" | "operator"): void {
  cookies.clear(reply, name);
  reply.header("clear-site-data", '"cache"');
}

/** An error here would reach the client without a request number: the procedures throw it instead. */
const whoAsks = <Found>(search: Promise<Found>): Promise<{ found?: Found; searchError?: unknown }> =>
  search.then(
    (found) => ({ found }),
    (searchError: unknown) => ({ searchError }),
  );

const logErrorsOf = (router: AnyRouter) => (failed: FailedCall) => {
  const { error, path = "", req } = failed;
  // A path that no procedure has is a stranger's text, and may hold anything.
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
