import { isUtf8 } from "node:buffer";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Deps } from "../../domain/deps.js";
import { admitCaller, type KeyLimit } from "../../domain/hosts/admit.js";
import type { HostCaller } from "../../domain/hosts/api-keys.js";
import { callOperation, requireScope } from "../../domain/hosts/call.js";
import { HostError } from "../../domain/hosts/host-error.js";
import type { Operation } from "../../domain/hosts/operation.js";
import { operations } from "../../domain/hosts/operations/index.js";
import { isForeign } from "../same-origin.js";
import { visitorOf } from "../visitor.js";
import { givenInput } from "./given-input.js";
import { sendProblem } from "./problems.js";
import { referenceRoutes } from "./reference.js";
import { bearerOf, idempotencyKeyOf } from "./request-headers.js";

export const hostApiPath = "/api/v1";

/** An import of 200 people has to fit. */
const bodyLimit = 256 * 1024;

/** The host API: JSON for the servers of host applications, each call with its key. No cookie counts here. */
export async function hostApiRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  await app.register(
    async (scope) => {
      scope.setErrorHandler(async (error, request, reply) => sendProblem(request, reply, error));
      scope.setNotFoundHandler(async (request, reply) =>
        sendProblem(
          request,
          reply,
          new HostError("path_unknown", `No operation has this method and path: see ${hostApiPath}/docs.`),
        ),
      );
      readJson(scope);
      referenceRoutes(scope, deps.settings);
      for (const operation of operations) addOperation(scope, deps, operation);
    },
    { prefix: hostApiPath },
  );
}

/**
 * Some HTTP clients send Content-Type: application/json with each request, also without a body. A body in another encoding is
 * refused, as a file of people is: read as UTF-8, two external ids in GBK may become one.
 */
function readJson(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser("error", "error");
  scope.removeContentTypeParser("application/json");
  scope.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    const bytes = body as Buffer;
    if (bytes.length === 0) done(null, undefined);
    else if (!isUtf8(bytes)) done(new HostError("json_invalid", "The body is not UTF-8."));
    else parse(request, bytes.toString(), done);
  });
}

function addOperation(scope: FastifyInstance, deps: Deps, operation: Operation): void {
  /** Who sent a request, from before its body is read until it is answered. */
  const callers = new WeakMap<FastifyRequest, HostCaller>();
  scope.route({
    method: operation.method,
    url: operation.path.replace(/\{(\w+)\}/g, ":$1"),
    exposeHeadRoute: false,
    bodyLimit,
    onRequest: async (request, reply) => {
      const caller = await admitCaller(deps, {
        key: bearerOf(request),
        visitor: visitorOf(request),
        isForeign: isForeign(request, deps.settings.publicUrl),
        showLimit: (limit) => setLimitHeaders(reply, limit),
      });
      requireScope(operation, caller);
      callers.set(request, caller);
    },
    handler: async (request, reply) => {
      const caller = callers.get(request);
      if (!caller) throw new Error("A request passed without its caller.");
      const context = { deps: { ...deps, log: request.log }, caller, visitor: visitorOf(request) };
      return callOperation(operation, context, {
        given: givenInput(operation, request),
        idempotencyKey: idempotencyKeyOf(request),
        onReplay: () => void reply.header("idempotency-replayed", "true"),
      });
    },
  });
}

function setLimitHeaders(reply: FastifyReply, { max, remaining, resetSeconds }: KeyLimit): void {
  reply.headers({
    "ratelimit-limit": max,
    "ratelimit-remaining": remaining,
    "ratelimit-reset": resetSeconds,
  });
}
