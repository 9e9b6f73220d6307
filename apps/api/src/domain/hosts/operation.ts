import type { z } from "zod";
import type { Deps, Visitor } from "../deps.js";
import type { HostCaller } from "./api-keys.js";
import type { HostScope } from "./scopes.js";

/** What an operation of the host API gets besides its input. */
export interface HostContext {
  deps: Deps;
  caller: HostCaller;
  /** The host's server, not a person. */
  visitor: Visitor;
}

/** The calling host, as the domain names who acts. */
export const actorOf = ({ caller, visitor }: HostContext) => ({
  clientId: caller.client.id,
  keyId: caller.keyId,
  visitor,
});

type HttpMethod = "GET" | "POST" | "PUT" | "DELETE";

/**
 * One operation of the host API. The HTTP routes, the tRPC procedures and the OpenAPI document are all made from it, so that
 * none of them can forget its scope or describe another shape.
 */
export interface Operation<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodType = z.ZodType,
  Name extends string = string,
  Method extends HttpMethod = HttpMethod,
> {
  /** As tRPC names it, and the operationId of the document: `tickets.redeem`. */
  name: Name;
  method: Method;
  /** Below /api/v1; its parts in braces are fields of the input: `/users/{id}`. */
  path: string;
  /** What the key needs; null: any key. */
  scope: HostScope | null;
  /** One line for the document. */
  summary: string;
  /** Parts of the path, and the query (GET, DELETE) or the JSON body (POST, PUT), in one object. */
  input: Input;
  output: Output;
  /** Fields of the answer that are secrets: a repeated request with the same Idempotency-Key gets the answer without them. */
  secretFields?: readonly string[];
  /** Of a POST that makes nothing: it takes no Idempotency-Key. */
  isReadOnly?: true;
  /** @throws {HostError} what the host did wrong */
  run(context: HostContext, input: z.output<Input>): Promise<z.input<Output>>;
}

/** Checks an operation's types where it is written, and keeps them for clients of tRPC. */
export const defineOperation = <
  Input extends z.ZodObject,
  Output extends z.ZodType,
  Name extends string,
  Method extends HttpMethod,
>(
  operation: Operation<Input, Output, Name, Method>,
): Operation<Input, Output, Name, Method> => operation;
