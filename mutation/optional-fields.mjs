import ts from "typescript";
import { mutated } from "./parts.mjs";

let found;

/**
 * Whether the compiler does not miss a field of an object literal. Stryker does not say which file a node is of, so the
 * length of the text stands for it.
 *
 * @param {{ length: number, start: number, end: number }} at as Babel counts
 */
export function isOptionalField(at) {
  found ??= new Set(mutated.flatMap(({ directory }) => optionalFields(directory)).map(keyOf));
  return found.has(keyOf(at));
}

/** The offsets of such fields in the sources of a package, with the length of their file. */
export function optionalFields(directory) {
  return checkedSources(directory).flatMap(({ source, checker }) => {
    const found = [];
    const visit = (node) => {
      if (ts.isObjectLiteralExpression(node)) {
        found.push(...node.properties.filter((field) => isOptional(field, node, checker)));
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found.map((field) => ({
      length: source.text.length,
      start: field.getStart(),
      end: field.getEnd(),
    }));
  });
}

const keyOf = ({ length, start, end }) => `${length}:${start}-${end}`;

function checkedSources(directory) {
  const { config } = ts.readConfigFile(`${directory}/tsconfig.json`, ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, directory);
  const program = ts.createProgram(fileNames, options);
  const checker = program.getTypeChecker();
  const sources = program.getSourceFiles().filter(({ fileName }) => fileName.includes(`${directory}/src/`));
  return sources.map((source) => ({ source, checker }));
}

function isOptional(field, literal, checker) {
  if (ts.isSpreadAssignment(field)) return isMaybeEmpty(checker.getTypeAtLocation(field.expression));
  const expected = checker.getContextualType(literal);
  if (!expected) return false;
  if (expected.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) return true;
  const { text } = field.name; // none where it is computed
  const kinds = expected.isUnion() ? expected.types : [expected];
  const known = kinds.flatMap((kind) => (text === undefined ? [] : (kind.getProperty(text) ?? [])));
  return known.every((property) => property.flags & ts.SymbolFlags.Optional);
}

/** Of a condition, such as `...(ip && { ip })`, or with no field that has to be there. */
function isMaybeEmpty(type) {
  const kinds = type.isUnion() ? type.types : [type];
  return kinds.some((kind) =>
    kind.getProperties().every((property) => property.flags & ts.SymbolFlags.Optional),
  );
}
