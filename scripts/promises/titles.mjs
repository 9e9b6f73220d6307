import ts from "typescript";

const named = /^(.*\S) \[(T[1-9]\d*(?:, T[1-9]\d*)*)\]$/s;
/** A promise number in the part of a title that `named` leaves: it is in the wrong place or misspelled. */
const misplaced = /\bT\d/;
/** A text that was meant as such a title, with the numbers at its end or, as in the past, in front. */
const looksNamed = /\[T\d+(?:, ?T\d+)*\]\s*$|^T\d+(?:, ?T\d+)*:\s/;
const groups = new Set(["describe", "suite"]);
const tests = new Set(["it", "test"]);
const provesNothing = new Set(["skip", "todo", "fails"]);
const engines = { sqlite: "SQLite", postgres: "PostgreSQL" };

/**
 * Finds the tests whose title, or the title of a `describe` around them, names promises:
 * `a sentence [T1, T3]`. Tests that are skipped or expected to fail prove nothing and are left out.
 *
 * @returns `tests`: the numbers, the title with those around it, and the one engine that `onlyOn` confines it to;
 * `problems`: a line for each text that looks like the title of a promise but cannot be counted.
 */
export function findTests(file, source) {
  const kind = file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, kind);
  const found = { tests: [], problems: [] };
  const report = (node, problem) => {
    const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
    found.problems.push(`${file}:${line}: ${problem}`);
  };
  visit(tree, { numbers: [], titles: [], engine: undefined });
  return found;

  function visit(node, around) {
    if ((ts.isStringLiteralLike(node) || isTemplatePart(node)) && looksNamed.test(node.text)) {
      report(node, "names a promise, but is not written as the title of a test");
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
      // A title that cannot be read as text may still contain a number, which must be reported.
      if (child === call.titleNode && call.title !== undefined) return;
      visit(child, child === call.body ? inside : around);
    });
  }

  function within(around, { title, titleNode, engine }) {
    const [, sentence = title, numbers = ""] = named.exec(title ?? "") ?? [];
    if (misplaced.test(sentence ?? "")) {
      report(titleNode, 'must name its promises at the end: "a sentence [T1, T3]"');
    }
    const own = numbers === "" ? [] : numbers.split(", ").map((name) => Number(name.slice(1)));
    return {
      numbers: [...new Set([...around.numbers, ...own])],
      titles: sentence === undefined ? around.titles : [...around.titles, sentence],
      engine: engine ?? around.engine,
    };
  }
}

const isTemplatePart = (node) => ts.isTemplateHead(node) || ts.isTemplateTail(node);

/**
 * Reads `it("…", body)` and its variants: `.each(rows)("…", body)`, a table in backticks, `.runIf(…)("…", body)`,
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

/** The text as far as the source has it, with … for what is known only at run time. */
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

/** The placeholders of `each`, by position or by name. */
const withoutValues = (title) =>
  title.replaceAll(/%[sdifjoc#$]|\$[A-Za-z_][\w.]*|%%/g, (mark) => (mark === "%%" ? "%" : "…"));
