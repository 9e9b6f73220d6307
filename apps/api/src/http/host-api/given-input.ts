import type { FastifyRequest } from "fastify";
import { HostError } from "../../domain/hosts/host-error.js";
import type { Operation } from "../../domain/hosts/operation.js";

/**
 * The fields that a request carries: the parts of its path, and its query or its body.
 *
 * @throws {HostError} input_invalid if a field stands where this operation does not read it
 */
export function givenInput({ method }: Operation, request: FastifyRequest): object {
  if (method === "GET" && hasUnreadBody(request)) {
    throw new HostError("input_invalid", "This operation takes its fields in the query, and has no body.");
  }
  const query = request.query as Record<string, unknown>;
  const body = bodyOf(request);
  const parts = request.params as Record<string, unknown>;
  const [fields, misplaced, place] =
    method === "GET" || method === "DELETE" ? [query, body, "query"] : [body, query, "JSON body"];
  const [wrong] = Object.keys(misplaced);
  if (wrong !== undefined) {
    throw new HostError(
      "input_invalid",
      `${wrong.slice(0, 100)}: this operation takes its fields in the ${place}.`,
    );
  }
  const twice = Object.keys(fields).find((name) => Object.hasOwn(parts, name));
  if (twice !== undefined) {
    throw new HostError("input_invalid", `${twice}: it is a part of the path, and given again.`);
  }
  return { ...fields, ...parts };
}

function bodyOf({ body = {} }: FastifyRequest): Record<string, unknown> {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return { ...body };
  throw new HostError("json_invalid", "The body is a JSON object, with a field for each input.");
}

/** Fastify reads no body of GET: a filter in it would be ignored, and all users be taken for the one who was asked for. */
const hasUnreadBody = ({ headers }: FastifyRequest): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
