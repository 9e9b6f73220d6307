import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Deps } from "../../domain/deps.js";
import { findCaller } from "../../domain/hosts/api-keys.js";
import { HostError } from "../../domain/hosts/host-error.js";
import type { Operation } from "../../domain/hosts/operation.js";
import { operations } from "../../domain/hosts/operations/index.js";
import { visitorOf } from "../visitor.js";
import { sendProblem } from "./problems.js";

export const hostApiPath = "/api/v1";

/** The host API: JSON for the servers of host applications, each call with its key. No cookie counts here. */
export async function hostApiRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  await app.register(async (scope) => {
    scope.setErrorHandler(async (error, request, reply) => sendProblem(request, reply, error));
    for (const operation of operations) addOperation(scope, deps, operation);
  });
}

function addOperation(scope: FastifyInstance, deps: Deps, operation: Operation): void {
  const { method } = operation;
  const url = hostApiPath + operation.path.replace(/\{(\w+)\}/g, ":$1");
  scope.route({
    method,
    url,
    exposeHeadRoute: false,
    handler: async (request) => {
      const caller = await findCaller(deps, bearerOf(request));
      if (!caller) {
        throw new HostError(
          "key_invalid",
          "Send Authorization: Bearer, with a key of this host application.",
        );
      }
      if (operation.scope !== null && !caller.scopes.includes(operation.scope)) {
        throw new HostError("scope_missing", `This key lacks the scope ${operation.scope}.`);
      }
      const context = { deps: { ...deps, log: request.log }, caller, visitor: visitorOf(request) };
      const answer = await operation.run(context, readInput(operation, request));
      return operation.output.parse(answer);
    },
  });
}

const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer ([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? "")?.[1];

function readInput({ method, input }: Operation, request: FastifyRequest) {
  const given = method === "GET" || method === "DELETE" ? request.query : (request.body ?? {});
  const parsed = input.safeParse({ ...(given as object), ...(request.params as object) });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new HostError("input_invalid", problems.join("; "), { cause: parsed.error });
}
