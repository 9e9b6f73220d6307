import { expect, it } from "vitest";
import { z } from "zod";
import { operatorProcedures, personProcedures } from "./support/procedures.js";

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: unknown;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
}

const range = (from: unknown, to: unknown) =>
  from === undefined && to === undefined ? "" : `(${from ?? ""}..${to ?? ""})`;

/** What may be given, in one line. */
function lineOf(schema: Schema): string {
  const { type, properties, items, anyOf = schema.oneOf } = schema;
  const otherwise = schema.default === undefined ? "" : ` = ${JSON.stringify(schema.default)}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.join(" | ") + otherwise;
  if (anyOf) return anyOf.map(lineOf).join(" | ") + otherwise;
  if (items) return `[${lineOf(items)}]${range(schema.minItems, schema.maxItems)}${otherwise}`;
  if (properties) {
    const fields = Object.entries(properties).map(
      ([name, of]) => `${name}${schema.required?.includes(name) ? "" : "?"}: ${lineOf(of)}`,
    );
    return `{ ${fields.join(", ")} }`;
  }
  const bounds = range(schema.minLength ?? schema.minimum, schema.maxLength ?? schema.maximum);
  const form = schema.format ?? schema.pattern ?? "";
  return [type ?? "anything", bounds, form && ` ${form}`, otherwise].join("");
}

/** Also what the input's own rules turn a text into or refuse: white space around it, NUL, what is no id. */
function textsOf(input: z.ZodType | undefined): string {
  if (!(input instanceof z.ZodObject)) return "";
  const marks = Object.entries(input.shape as Record<string, z.ZodType>).flatMap(([name, of]) => {
    const trimmed = of.safeParse(" a text ").data === "a text" ? ["trimmed"] : [];
    const withNul = of.safeParse("a text").success && !of.safeParse("a\0text").success ? ["without NUL"] : [];
    const isId = of.safeParse("01ARZ3NDEKTSV4RRFFQ69G5FAV").success && !of.safeParse("a text").success;
    const found = [...trimmed, ...withNul, ...(isId ? ["an id"] : [])];
    return found.length > 0 ? [`${name} is ${found.join(" and ")}`] : [];
  });
  return marks.length > 0 ? `; ${marks.join(", ")}` : "";
}

// Those of hosts are in the contract of their API: see host-contract.unit.test.ts.
const own = personProcedures.filter(({ path }) => !path.startsWith("host."));

it("takes of every procedure what is written here, and no more of it", () => {
  const lines = [...own, ...operatorProcedures].map(({ base, path, type, meta, inputs }) => {
    const [input] = inputs;
    const asked = input && lineOf(z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as Schema);
    const about = meta && Object.keys(meta).length > 0 ? ` ${JSON.stringify(meta)}` : "";
    return `${base} ${path} (${type})${about}: ${asked ?? "nothing"}${textsOf(input)}`;
  });
  expect(lines).toMatchSnapshot();
});
