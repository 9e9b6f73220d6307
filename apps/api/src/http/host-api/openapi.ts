import { z } from "zod";
import { takesIdempotencyKey } from "../../domain/hosts/call.js";
import { type HostRefusal, hostProblems } from "../../domain/hosts/host-error.js";
import type { Operation } from "../../domain/hosts/operation.js";
import { hostScopes } from "../../domain/hosts/scopes.js";

/** A JSON Schema as far as the page of reference reads it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  const?: unknown;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  default?: unknown;
  description?: string;
  $defs?: Record<string, Schema>;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description?: string;
  schema: Schema;
}

export interface OperationObject {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security: [{ apiKey: string[] }];
  parameters: (Parameter | { $ref: string })[];
  requestBody?: { required: boolean; content: { "application/json": { schema: Schema } } };
  responses: Record<string, object> & {
    200: { description: string; content: { "application/json": { schema: Schema } } };
  };
}

export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, Schema> } & Record<string, object>;
  [field: string]: unknown;
}

/** The OpenAPI 3.1 document of the operations, from the schemas that read their input and write their answers. */
export function openApiOf(
  operations: readonly Operation[],
  { publicUrl }: { publicUrl: URL },
): OpenApiDocument {
  const schemas: Record<string, Schema> = { Problem: problemSchema };
  const paths: OpenApiDocument["paths"] = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describe(operation, schemas),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Host API of the WeChat login",
      version: "1",
      description: "For the servers of host applications. What each problem code means: /api/v1/docs.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: new URL("/api/v1", publicUrl).href }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: {
        apiKey: {
          type: "http",
          scheme: "bearer",
          description: `A key made by npm run host -- keys create. Its scopes: ${hostScopes.join(", ")}.`,
        },
      },
      parameters: { IdempotencyKey: idempotencyKey },
      responses: Object.fromEntries(statuses.map((status) => [`Problem${status}`, problemResponse(status)])),
      schemas,
    },
  };
}

function describe(operation: Operation, schemas: Record<string, Schema>): OperationObject {
  const { name, path, scope, summary, method } = operation;
  const input = jsonSchema(operation.input.strict(), "input", schemas);
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, part = ""]) => part);
  const fields = Object.entries(input.properties ?? {});
  const required = input.required ?? [];
  const hasBody = method === "POST" || method === "PUT";
  const parameters = fields
    .filter(([field]) => inPath.includes(field) || !hasBody)
    .map(
      ([field, { description, ...schema }]): Parameter => ({
        name: field,
        in: inPath.includes(field) ? "path" : "query",
        required: inPath.includes(field) || required.includes(field),
        ...(description !== undefined && { description }),
        schema,
      }),
    );
  const bodyFields = fields.filter(([field]) => !inPath.includes(field));
  const repeats = takesIdempotencyKey(operation);
  return {
    operationId: name,
    tags: [subjectOf(operation)],
    summary,
    description: scope === null ? "Needs any key." : `Needs a key with the scope ${scope}.`,
    security: [{ apiKey: scope === null ? [] : [scope] }],
    parameters: [...parameters, ...(repeats ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : [])],
    ...(hasBody &&
      bodyFields.length > 0 && {
        requestBody: {
          required: bodyFields.some(([field]) => required.includes(field)),
          content: {
            "application/json": {
              schema: {
                ...input,
                properties: Object.fromEntries(bodyFields),
                required: required.filter((field) => !inPath.includes(field)),
              },
            },
          },
        },
      }),
    responses: {
      200: {
        description: "Done",
        content: { "application/json": { schema: answerSchema(operation, schemas) } },
      },
      ...Object.fromEntries(
        statuses
          .filter((status) => (hasBody || (status !== 413 && status !== 415)) && (repeats || status !== 422))
          .map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]),
      ),
    },
  };
}

const subjectOf = ({ name }: Operation): string => name.slice(0, name.indexOf("."));

/** A repeated request with the same Idempotency-Key is answered without the secrets, and with a note. */
function answerSchema({ output, secretFields = [] }: Operation, schemas: Record<string, Schema>): Schema {
  const schema = jsonSchema(output, "output", schemas);
  if (secretFields.length === 0) return schema;
  return {
    ...schema,
    properties: {
      ...schema.properties,
      note: { type: "string", description: "In a repeated answer: which fields it lacks" },
    },
    required: (schema.required ?? []).filter((field) => !secretFields.includes(field)),
  };
}

/** Schemas with an id of their own move to `schemas`. */
function jsonSchema(type: z.ZodType, io: "input" | "output", schemas: Record<string, Schema>): Schema {
  const made = z.toJSONSchema(type, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema: made }) => {
      // The limits of a JavaScript integer say nothing about a field.
      if (made.maximum === Number.MAX_SAFE_INTEGER) delete made.maximum;
      if (made.minimum === Number.MIN_SAFE_INTEGER) delete made.minimum;
      delete made.id;
    },
  }) as Schema & { $schema?: string };
  const {
    $schema,
    $defs = {},
    ...schema
  } = JSON.parse(JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/'));
  Object.assign(schemas, $defs);
  return schema;
}

const statuses = [...new Set(Object.values(hostProblems).map(({ status }) => status))].sort((a, b) => a - b);

const codesOf = (status: number): HostRefusal[] =>
  (Object.keys(hostProblems) as HostRefusal[]).filter((code) => hostProblems[code].status === status);

const problemResponse = (status: number) => ({
  description: codesOf(status).join(", "),
  ...((status === 429 || status === 503) && {
    headers: { "Retry-After": { description: "Seconds", schema: { type: "integer" } } },
  }),
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

const problemSchema = {
  type: "object",
  description: "RFC 9457",
  properties: {
    type: { type: "string", format: "uri-reference" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "What to do, for the author of the program" },
    code: { type: "string", enum: Object.keys(hostProblems) },
    errcode: { type: "string", description: "WeChat's, where WeChat refused" },
    requestId: { type: "string", description: "By which an operator finds the request in the log" },
  },
  required: ["type", "title", "status", "detail", "code", "requestId"],
} satisfies Schema;

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "A new value for each thing to make, such as a UUID. The same request with it, within 24 hours, is answered as the first time and makes nothing.",
  schema: { type: "string", minLength: 1, maxLength: 200 },
};
