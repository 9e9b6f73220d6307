import type { AnyRouter, TRPCError } from "@trpc/server";
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Deps } from "../domain/deps.js";
import { findOperator } from "../domain/operators.js";
import { findSession } from "../domain/sessions.js";
import type { OperatorContext, PersonContext } from "../trpc/context.js";
import { type OperatorRouter, router as operatorRouter } from "../trpc/operator-router.js";
import { type PersonRouter, router as personRouter } from "../trpc/person-router.js";
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
  await app.register(async (scope) => {
    scope.addHook("preParsing", sameOriginOnly(deps.settings.publicUrl));
    await scope.register(fastifyTRPCPlugin, {
      prefix: "/trpc",
      trpcOptions: {
        router: personRouter,
        allowBatching: true,
        maxBatchSize,
        createContext: async ({ req, res }): Promise<PersonContext> => {
          const { found, searchError } = await whoAsks(findSession(deps, cookies.read(req, "session")));
          return {
            deps: { ...deps, log: req.log },
            requestId: req.id,
            visitor: visitorOf(req),
            session: found,
            searchError,
            clearSessionCookie: () => {
              cookies.clear(res, "session");
              res.header("clear-site-data", '"cache"');
              // From here on nothing starts by itself: the person taps first.
              cookies.set(res, "signed_out", "1", yearSeconds);
            },
          };
        },
        onError: logErrorsOf(personRouter),
      } satisfies FastifyTRPCPluginOptions<PersonRouter>["trpcOptions"],
    });
  });

  await app.register(async (scope) => {
    scope.addHook("preParsing", sameOriginOnly(deps.settings.publicUrl));
    await scope.register(fastifyTRPCPlugin, {
      prefix: "/admin/trpc",
      trpcOptions: {
        router: operatorRouter,
        allowBatching: true,
        maxBatchSize,
        createContext: async ({ req, res }): Promise<OperatorContext> => {
          const operatorSecret = cookies.read(req, "operator");
          const { found, searchError } = await whoAsks(findOperator(deps, operatorSecret));
          return {
            deps: { ...deps, log: req.log },
            requestId: req.id,
            visitor: visitorOf(req),
            operator: found,
            searchError,
            operatorSecret,
            setOperatorCookie: (secret) => cookies.set(res, "operator", secret, operatorCookieSeconds),
            clearOperatorCookie: () => {
              cookies.clear(res, "operator");
              res.header("clear-site-data", '"cache"');
            },
          };
        },
        onError: logErrorsOf(operatorRouter),
      } satisfies FastifyTRPCPluginOptions<OperatorRouter>["trpcOptions"],
    });
  });
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
