/**
 * A Stryker plugin that leaves words for humans alone: what a log line says or why an error was thrown decides
 * nothing, while scopes, outcomes and kinds, which are strings too, do. That a line is logged or an error thrown
 * at all stays mutated, as part of the code around it.
 */
export const strykerPlugins = [
  {
    kind: "Ignore",
    name: "words-for-humans",
    value: { shouldIgnore: (path) => (isForHumans(path) ? "words for humans" : undefined) },
  },
];

/** What takes its reason as its last argument; the ones before it are data. */
const explained = new Set(["Error", "TypeError", "ResponseError", "badShape"]);

/** @param {{ node: any, parent: any }} path where Babel stands in the source */
function isForHumans({ node, parent }) {
  if (parent?.type !== "CallExpression" && parent?.type !== "NewExpression") return false;
  const { callee, arguments: given } = parent;
  if (node === callee) return false;
  // `deps.log.warn({ event, … }, "…")`, `request.log.info(…)`
  if (callee.type === "MemberExpression" && nameOf(callee.object) === "log") return true;
  // The name under which a query is prepared, and its timings are kept.
  if (nameOf(callee) === "statement") return node === given[0];
  return (
    explained.has(nameOf(callee)) && node === given.at(-1) && /^(String|Template)Literal$/.test(node.type)
  );
}

/** `badShape` of `this.badShape`, `log` of `deps.log`, `Error` of `Error` */
const nameOf = ({ property, name }) => property?.name ?? name;
