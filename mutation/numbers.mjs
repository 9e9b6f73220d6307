import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** Doubles each number from 2 on: a limit, a time or a unit that is not what it says. Stryker itself changes no number. */
const numbers = {
  name: "NumericLiteral",
  *mutate(path) {
    if (!path.isNumericLiteral() || path.node.value < 2 || isName(path)) return;
    yield { type: "NumericLiteral", value: path.node.value * 2 };
  },
};

/** Of a field or in a type: neither is a number when the program runs. */
const isName = ({ node, parent }) => parent.key === node || parent.type === "TSLiteralType";

/** Whether an entry of accepted.mjs is of such a change: one that is not tried is not out of date. */
export const isOfNumber = ({ was }) => /^(0[xo][\da-f_]+|[\d_.]+)$/i.test(was);

/** @param {{ only: boolean }} options whether numbers are all that is changed from now on, or are changed as well */
export async function changeNumbers({ only }) {
  const kinds = await kindsOfChanges();
  if (only) kinds.length = 0;
  kinds.push(numbers);
}

/** Stryker has no plugins for kinds of changes: the list that it reads them from is the way in. */
export async function kindsOfChanges() {
  const fromStryker = createRequire(createRequire(import.meta.url).resolve("@stryker-mutator/core"));
  const instrumenter = pathToFileURL(fromStryker.resolve("@stryker-mutator/instrumenter"));
  return (await import(new URL("mutators/mutate.js", instrumenter))).allMutators;
}
