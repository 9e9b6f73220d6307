import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import type { FastifyInstance } from "fastify";
import type { Deps } from "../domain/deps.js";
import { findOperator } from "../domain/operators.js";
import { findSession } from "../domain/sessions.js";
import type { OperatorContext, PersonContext } from "../trpc/context.js";
import { type OperatorRouter, router as operatorRouter } from "../trpc/operator-router.js";
import { type PersonRouter, router as personRouter } from "../trpc/person-router.js";
import type { Cookies } from "./cookies.js";
import { sameOriginOnly } from "./same-origin.js";

const maxBatchSize = 10;
const operatorCookieSeconds = 12 * 3600;
const yearSeconds = 365 * 86_400;

/** `/trpc` for people and `/admin/trpc` for operators: two routers, two cookies. */
export async function trpcRoutes(
  app: FastifyInstance,
  { deps, cookies }: { deps: Deps; cookies: Cookies },
): Promise<void> {
  const visitorOf = (request: { ip: string; headers: { "user-agent"?: string | undefined } }) => ({
    ip: request.ip,
    userAgent: request.headers["user-agent"],
  });

  await app.register(async (scope) => {
    scope.addHook("preParsing", sameOriginOnly(deps.settings.publicUrl));
    await scope.register(fastifyTRPCPlugin, {
      prefix: "/trpc",
      trpcOptions: {
        router: personRouter,
        allowBatching: true,
        maxBatchSize,
        createContext: async ({ req, res }): Promise<PersonContext> => ({
          deps,
          requestId: req.id,
          visitor: visitorOf(req),
          session: await findSession(deps, cookies.read(req, "session")),
          clearSessionCookie: () => {
            cookies.clear(res, "session");
            // From here on nothing starts by itself: the person taps first.
            cookies.set(res, "signed_out", "1", yearSeconds);
          },
        }),
        onError: ({ error, path, ctx }) => logError(deps, error, path, ctx?.requestId),
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
          return {
            deps,
            requestId: req.id,
            visitor: visitorOf(req),
            operator: await findOperator(deps, operatorSecret),
            operatorSecret,
            setOperatorCookie: (secret) => cookies.set(res, "operator", secret, operatorCookieSeconds),
            clearOperatorCookie: () => cookies.clear(res, "operator"),
          };
        },
        onError: ({ error, path, ctx }) => logError(deps, error, path, ctx?.requestId),
      } satisfies FastifyTRPCPluginOptions<OperatorRouter>["trpcOptions"],
    });
  });
}

function logError(deps: Deps, error: Error & { code: string }, path: string | undefined, requestId?: string) {
  const fields = { event: "procedure_failed", procedure: path, code: error.code, requestId };
  if (error.code === "INTERNAL_SERVER_ERROR" || error.code === "SERVICE_UNAVAILABLE") {
    deps.log.error({ ...fields, err: error }, "a procedure failed");
  } else {
    deps.log.info(fields, "a procedure was refused");
  }
}
