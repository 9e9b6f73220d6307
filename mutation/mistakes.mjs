import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { readFields } from "./fields.mjs";

let fields;

/**
 * The small mistakes that Stryker does not make: a number that is twice what it should be, one part of several that is
 * left out, and a value in its neighbour's place. Each yields what Babel puts in the place of a node.
 */
const mistakes = {
  /** A limit, a time or a unit that is not what it says. */
  *NumberDoubled(path) {
    if (!path.isNumericLiteral() || path.node.value < 2) return;
    // The name of a field and a type are no numbers when the program runs.
    if (path.parent.key === path.node || path.parentPath.isTSLiteralType()) return;
    yield { type: "NumericLiteral", value: path.node.value * 2 };
  },

  /** A condition of a query; Drizzle skips one that is undefined. */
  *ConditionLeftOut(path) {
    const { parentPath: call, node } = path;
    if (path.listKey !== "arguments" || !isCallOf(call, ["and", "or"])) return;
    if (path.isSpreadElement()) yield { ...node, argument: { type: "ArrayExpression", elements: [] } };
    else if (call.node.arguments.length > 1) yield { type: "Identifier", name: "undefined" };
  },

  /** A field that may be absent: one that has to be there is missed by the compiler. */
  *FieldLeftOut(path) {
    if (!path.parentPath?.isObjectExpression() || path.listKey !== "properties") return;
    if (path.parent.properties.length === 1) return; // Stryker empties such an object
    if (!fields.isOptional(placeOf(path))) return;
    yield { type: "SpreadElement", argument: { type: "ObjectExpression", properties: [] } };
  },

  /** A field or an argument that has the value of the next one. */
  *NextValue(path) {
    if (path.listKey !== "properties" && path.listKey !== "arguments") return;
    const next = path.getNextSibling();
    if (!next.node || !fields.fitsNextValue(placeOf(path))) return;
    const isField = path.listKey === "properties";
    yield isField ? { ...path.node, shorthand: false, value: next.node.value } : next.node;
  },

  /** A call for its effect. Stryker empties whole blocks only. */
  *CallLeftOut(path) {
    if (!path.isExpressionStatement()) return;
    const { expression } = path.node;
    const called = expression.type === "AwaitExpression" ? expression.argument : expression;
    // A class needs its call of `super` where it stands.
    const isOfEffect = /^(Optional)?CallExpression$/.test(called.type) && called.callee.type !== "Super";
    if (isOfEffect) yield { type: "EmptyStatement" };
  },

  /** A step of a query or of a schema. */
  *StepLeftOut(path) {
    if (!path.isCallExpression() || !isCallOf(path, steps) || path.node.callee.type !== "MemberExpression")
      return;
    yield path.node.callee.object;
  },
};

const steps = [
  "where",
  "orderBy",
  "limit",
  "groupBy",
  "min",
  "max",
  "regex",
  "refine",
  "trim",
  "int",
  "strict",
];

function placeOf({ node, scope }) {
  const { end: length } = scope.getProgramParent().block;
  return { start: node.start, end: node.end, length };
}

function isCallOf(path, names) {
  if (!path?.isCallExpression()) return false;
  const { callee } = path.node;
  return names.includes(callee.type === "MemberExpression" ? callee.property.name : callee.name);
}

/**
 * @param {{ only: boolean, directories: string[] }} options whether these mistakes are all that is tried from now on, or are
 *   tried as well; and the packages whose sources are changed
 */
export async function tryMistakes({ only, directories }) {
  fields = readFields(directories);
  const kinds = await kindsOfChanges();
  if (only) kinds.length = 0;
  kinds.push(...Object.entries(mistakes).map(([name, mutate]) => ({ name, mutate })));
}

/** Stryker has no plugins for kinds of changes: the list that it reads them from is the way in. */
export async function kindsOfChanges() {
  const fromStryker = createRequire(createRequire(import.meta.url).resolve("@stryker-mutator/core"));
  const instrumenter = pathToFileURL(fromStryker.resolve("@stryker-mutator/instrumenter"));
  return (await import(new URL("mutators/mutate.js", instrumenter))).allMutators;
}
