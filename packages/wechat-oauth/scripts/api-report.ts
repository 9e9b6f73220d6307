import { dirname } from "node:path";
import ts from "typescript";

const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

/**
 * The public surface of one entry as text: every exported declaration by name, without its documentation, then the
 * declarations that these mention. A change in it affects users of the package.
 *
 * Our own script, because API Extractor's release bundles a TypeScript that is too old to read these declarations.
 *
 * @param entry path of the entry's built `.d.ts`
 */
export function renderApi(entry: string, title: string): string {
  // Without lib: only names declared in this package matter here.
  const program = ts.createProgram([entry], {
    noLib: true,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${entry} is not a module`);

  const exported = checker
    .getExportsOfModule(module)
    .map((symbol) => ({ symbol: resolve(symbol), name: symbol.name }));
  const seen = new Set(exported.map(({ symbol }) => symbol));
  const mentioned: ts.Symbol[] = [];
  for (const symbol of seen) {
    for (const other of namesIn(symbol)) {
      if (seen.has(other)) continue;
      seen.add(other); // the loop visits it as well
      mentioned.push(other);
    }
  }

  const surface = exported.map(({ symbol, name }) => ({ name, text: textOf(symbol) }));
  const mentionedDeclarations = mentioned.map((symbol) => ({ name: symbol.name, text: textOf(symbol) }));
  const section = (declarations: typeof surface) =>
    declarations
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, text }) => `// ${name}\n${text}\n`)
      .join("\n");
  return [
    `# API of ${title}\n`,
    "Written by `pnpm run api-report` in packages/wechat-oauth, from the built declarations.\n",
    `## Exported\n\n\`\`\`ts\n${section(surface)}\`\`\`\n`,
    ...(mentionedDeclarations.length > 0
      ? [`## Mentioned by these\n\n\`\`\`ts\n${section(mentionedDeclarations)}\`\`\`\n`]
      : []),
  ].join("\n");

  function resolve(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The top-level symbols of this package that a declaration mentions. */
  function namesIn(symbol: ts.Symbol): Set<ts.Symbol> {
    const found = new Set<ts.Symbol>();
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) {
        const symbolHere = checker.getSymbolAtLocation(node);
        const target = symbolHere && resolve(symbolHere);
        if (target && topLevelOf(target).length > 0) found.add(target);
      }
      ts.forEachChild(node, visit);
    };
    for (const declaration of topLevelOf(symbol)) visit(declaration);
    return found;
  }

  function topLevelOf(symbol: ts.Symbol): ts.Node[] {
    return (symbol.declarations ?? [])
      .map((node) => (ts.isVariableDeclaration(node) ? node.parent.parent : node))
      .filter(
        (node) => ts.isSourceFile(node.parent) && node.getSourceFile().fileName.startsWith(dirname(entry)),
      )
      .filter((node) => !ts.isExportDeclaration(node) && !ts.isImportDeclaration(node));
  }

  function textOf(symbol: ts.Symbol): string {
    return topLevelOf(symbol)
      .map((node) => printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile()))
      .map((text) => text.replace(/^\s*#private;\n/gm, ""))
      .join("\n");
  }
}
