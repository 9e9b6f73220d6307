import ts from "typescript";

const named = /^(T[1-9]\d*(?:, T[1-9]\d*)*): (.+)$/s;
const looksNamed = /^T\d+(?:, ?T\d+)*:\s/;
const groups = new Set(["describe", "suite"]);
const tests = new Set(["it", "test"]);
const provesNothing = new Set(["skip", "todo", "fails"]);
const engines = { sqlite: "SQLite", postgres: "PostgreSQL" };

/**
 * Finds the tests whose title, or the title of a `describe` around them, names promises: `T1, T3: a sentence`.
 * Tests that are skipped, or meant to fail, prove nothing and are left out.
 *
 * @returns `tests`: the numbers, the title with those around it, and the one engine that `onlyOn` confines it to;
 * `problems`: a line for each text that was meant to name a promise and cannot count.
 */
export function findTests(file, source) {
  const kind = file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, kind);
  const found = { tests: [], problems: [] };
  const complain = (node, what) => {
    const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
    found.problems.push(`${file}:${line}: ${what}`);
  };
  visit(tree, { numbers: [], titles: [], engine: undefined });
  return found;

  function visit(node, around) {
    if ((ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) && looksNamed.test(node.text)) {
      complain(node, "names a promise, but is not written as the title of a test");
    }
    const call = ts.isCallExpression(node) ? readCall(node) : undefined;
    if (!call) return ts.forEachChild(node, (child) => visit(child, around));
    if (call.skipped) return;
    const inside = within(around, call);
    if (call.isTest && inside.numbers.length > 0) {
      const { titles, numbers, engine } = inside;
      found.tests.push({ file, numbers, title: titles.join(" › "), ...(engine ? { engine } : {}) });
    }
    ts.forEachChild(node, (child) => {
      // A title that cannot be read as text may hold a name all the same: better said than missed.
      if (child === call.titleNode && call.title !== undefined) return;
      visit(child, child === call.body ? inside : around);
    });
  }

  function within(around, { title, titleNode, engine }) {
    const [, numbers = "", sentence = title] = named.exec(title ?? "") ?? [];
    if (numbers === "" && /^T\d/.test(title ?? "")) {
      complain(titleNode, 'names promises otherwise than "T1, T3: a sentence"');
    }
    const own = numbers === "" ? [] : numbers.split(", ").map((name) => Number(name.slice(1)));
    return {
      numbers: [...new Set([...around.numbers, ...own])],
      titles: sentence === undefined ? around.titles : [...around.titles, sentence],
      engine: engine ?? around.engine,
    };
  }
}

/**
 * Reads `it("…", body)` and its relatives: `.each(rows)("…", body)`, a table in backticks, `.runIf(…)("…", body)`,
 * `onlyOn("sqlite", "…", body)`.
 *
 * @returns undefined for a call that declares neither a test nor a group of tests.
 */
function readCall(node) {
  const modifiers = [];
  let at = node;
  while (!ts.isIdentifier(at)) {
    if (ts.isCallExpression(at)) at = at.expression;
    else if (ts.isPropertyAccessExpression(at)) {
      modifiers.push(at.name.text);
      at = at.expression;
    } else if (ts.isTaggedTemplateExpression(at)) at = at.tag;
    else return undefined;
  }
  const engine = at.text === "onlyOn" ? engines[textOf(node.arguments[0])] : undefined;
  const isTest = tests.has(at.text);
  const skipped = modifiers.some((name) => provesNothing.has(name));
  const isNamed = skipped || node.arguments.length > 1;
  if (!(isTest || groups.has(at.text) || engine) || !isNamed) return undefined;
  const body = node.arguments.find(ts.isFunctionLike);
  const titleNode = node.arguments[engine ? 1 : 0];
  const text = textOf(titleNode);
  const repeated = modifiers.includes("each") || modifiers.includes("for");
  return { isTest, skipped, engine, body, titleNode, title: repeated ? text && withoutValues(text) : text };
}

/** The text as far as it stands in the source, with … for what only running it would tell. */
function textOf(node) {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    return left === undefined && right === undefined ? undefined : `${left ?? "…"}${right ?? "…"}`;
  }
  return undefined;
}

/** What `each` puts into a title, by position or by name. */
const withoutValues = (title) =>
  title.replaceAll(/%[sdifjoc#$]|\$[A-Za-z_][\w.]*|%%/g, (mark) => (mark === "%%" ? "%" : "…"));
