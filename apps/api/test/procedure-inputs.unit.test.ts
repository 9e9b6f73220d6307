import { describe, expect, it } from "vitest";
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

const equal = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

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
    const eachTrimmed = equal(of.safeParse([" a text "]).data, ["a text"]) ? ["trimmed one by one"] : [];
    const isId = of.safeParse("01ARZ3NDEKTSV4RRFFQ69G5FAV").success && !of.safeParse("a text").success;
    const found = [...trimmed, ...eachTrimmed, ...withNul, ...(isId ? ["an id"] : [])];
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

describe("what a procedure takes", () => {
  const id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  const [other, stateAt] = ["01ARZ3NDEKTSV4RRFFQ69G5FAW", "2026-03-01T12:00:00.000Z"];
  const read = (path: string, input: object) => {
    const schema = operatorProcedures.find((procedure) => procedure.path === path)?.inputs[0];
    return schema?.safeParse(input).data;
  };

  it.each([
    ["operators.changeRole", { id, from: "viewer", to: "owner" }, { id, from: "owner", to: "owner" }],
    ["people.erase", { userId: id, confirm: "Q69G5FAV" }, { userId: id, confirm: "Q69G5FAW" }],
    ["people.erase", { userId: other, confirm: "Q69G5FAW" }, { userId: id, confirm: "5FAV" }],
    ["people.blockMany", { userIds: [id, other], reason: "spam" }, { userIds: [id, id], reason: "spam" }],
    ...["failures.acknowledgeMany", "failures.resolveMany", "failures.reopenMany"].map(
      (path) =>
        [
          path,
          { groups: [id, other].map((one) => ({ id: one, stateAt: null })) },
          { groups: [null, stateAt].map((at) => ({ id, stateAt: at })) },
        ] as const,
    ),
    [
      "failures.undoMany",
      { groups: [id, other].map((one) => ({ id: one, stateAt: null, to: "open" })) },
      { groups: ["open", "muted"].map((to) => ({ id, stateAt: null, to })) },
    ],
  ] as const)("is a real change, of each thing once and as it was confirmed: %s", (path, taken, refused) => {
    expect([read(path, taken), read(path, refused)]).toEqual([taken, undefined]);
  });

  it.each([
    ["1970-01-01T00:00:00.000Z", 0],
    ["1969-12-31T23:59:59.999Z", undefined],
    ["9999-12-31T23:59:59.999Z", Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
    ["9999-12-31T23:00:00-01:00", undefined],
    ["2026-03-01T20:00:00+08:00", Date.UTC(2026, 2, 1, 12)],
    ["2026-03-01T20:00:00", undefined],
    ["2026-03-01", undefined],
  ])("as a moment is one that both databases can store: %s", (from, ms) => {
    expect(read("failures.list", { from })).toEqual(
      ms === undefined ? ms : { from: new Date(ms), limit: 50 },
    );
  });

  it("as a code is six digits, in the groups in which apps show them", () => {
    expect(read("secondFactor.confirmTotp", { code: " 123\u2009456 78", name: "phone" })).toEqual({
      ...{ code: "12345678", name: "phone" },
    });
  });
});
