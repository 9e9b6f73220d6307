import { describe, expect, it } from "vitest";
import { z } from "zod";
import { operations } from "../src/domain/hosts/operations/index.js";

/** As text, so that the stored contract has one line for each input and answer. */
const schemaOf = (schema: z.ZodType, io: "input" | "output") => {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io });
  // The words of the document may change: programs read none of them.
  return JSON.stringify(described, (key, value) =>
    key === "description" || key === "example" ? undefined : value,
  );
};

describe("the contract of the host API", () => {
  // Programs of others are written against it. Read the difference before `npx vitest run -u` accepts it.
  it("is the stored one: each operation, its scope, and each field of its input and answer", () => {
    const contract = operations.map(({ run: _, summary: __, input, output, ...operation }) => ({
      ...operation,
      input: schemaOf(input, "input"),
      answer: schemaOf(output, "output"),
    }));
    expect(contract).toMatchSnapshot();
  });
});
