/**
 * A Stryker plugin that ignores texts for people: the text of a log line or an error has no effect, whereas scopes,
 * outcomes and kinds, which are strings too, have one. Whether a line is logged or an error thrown is still mutated,
 * as part of the surrounding code.
 */
export const strykerPlugins = [
  {
    kind: "Ignore",
    name: "words-for-humans",
    value: { shouldIgnore: (path) => (isForHumans(path) ? "words for humans" : undefined) },
  },
];

/** Calls whose last argument is a text for people; the arguments before it are data. */
const explained = new Set(["Error", "TypeError", "ResponseError", "badShape"]);

/** Calls with texts for people among their other arguments, and where: those of the simulator in two languages. */
const explanationsOf = new Map([
  ["HostError", [1]],
  ["refuse", [1, 2]],
  ["pageText", [1, 2]],
  ["unreachable", [0, 1]],
  ["t", [1]],
]);

/** Fields whose value is a text for people: of an operation, of a schema, and in the two languages. */
const described = new Set(["summary", "description", "en", "zh"]);

/** Calls whose first argument is the name of a prepared query, which labels its timings. */
const named = new Set(["statement", "noteMoved", "moveAll"]);

/** @param {{ node: any, parent: any, parentPath: any }} path the current node in Babel's traversal */
function isForHumans({ node, parent, parentPath }) {
  // `const explanations = { reason: "a text" }`, `{ summary: "a text" }`
  if (parent?.type === "ObjectProperty" && node === parent.value) {
    const isText = described.has(parent.key.name) && /^(String|Template)Literal$/.test(node.type);
    return isText || parentPath.parentPath.parent.id?.name === "explanations";
  }
  if (parent?.type !== "CallExpression" && parent?.type !== "NewExpression") return false;
  const { callee, arguments: given } = parent;
  if (node === callee) return false;
  // `deps.log.warn({ event, … }, "…")`, `request.log.info(…)`
  if (callee.type === "MemberExpression" && nameOf(callee.object) === "log") return true;
  if (named.has(nameOf(callee))) return node === given[0];
  const name = nameOf(callee);
  const places = explanationsOf.get(name) ?? (explained.has(name) ? [given.length - 1] : []);
  return places.includes(given.indexOf(node)) && /^(String|Template)Literal$/.test(node.type);
}

/** `badShape` of `this.badShape`, `log` of `deps.log`, `Error` of `Error` */
const nameOf = ({ property, name }) => property?.name ?? name;
