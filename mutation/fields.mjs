import ts from "typescript";

/**
 * Reads the sources of packages, and tells of an object literal's field whether the compiler does not miss it, and of a
 * field or an argument whether the compiler accepts the value of the next one in its place. Stryker does not say which file
 * a node is of, so the length of the text stands for it: `{ length, start, end }`, as Babel counts.
 *
 * @param {string[]} directories of the packages, from the root
 */
export function readFields(directories) {
  const all = directories.map(fieldsOf);
  const places = (kind) => new Set(all.flatMap((fields) => fields[kind]).map(keyOf));
  const [optional, fitting] = [places("optional"), places("fitting")];
  return {
    isOptional: (at) => optional.has(keyOf(at)),
    fitsNextValue: (at) => fitting.has(keyOf(at)),
  };
}

/** The offsets of all of them in a package, with the length of their file. */
export function fieldsOf(directory) {
  const all = checkedSources(directory).map(({ source, checker }) => {
    const optional = [];
    const fitting = [];
    const visit = (node) => {
      if (ts.isObjectLiteralExpression(node)) {
        optional.push(...node.properties.filter((field) => isOptional(field, node, checker)));
        fitting.push(...fittingFields(node, checker));
      }
      if (ts.isCallExpression(node)) fitting.push(...fittingArguments(node, checker));
      ts.forEachChild(node, visit);
    };
    visit(source);
    const at = (node) => ({ length: source.text.length, start: node.getStart(), end: node.getEnd() });
    return { optional: optional.map(at), fitting: fitting.map(at) };
  });
  return {
    optional: all.flatMap((one) => one.optional),
    fitting: all.flatMap((one) => one.fitting),
  };
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

function fittingFields({ properties }, checker) {
  return properties.filter((field, n) => {
    const [value, next] = [valueIn(field), valueIn(properties[n + 1])];
    return value && next && fits(value, next, checker);
  });
}

function fittingArguments({ arguments: values }, checker) {
  return values.filter((value, n) => values[n + 1] && fits(value, values[n + 1], checker));
}

const valueIn = (field) => {
  if (field && ts.isPropertyAssignment(field)) return field.initializer;
  return field && ts.isShorthandPropertyAssignment(field) ? field.name : undefined;
};

/** Whether `next` could stand in the place of `value`. Two literals, such as two texts, Stryker changes already. */
function fits(value, next, checker) {
  if (ts.isSpreadElement(value) || ts.isSpreadElement(next)) return false;
  if (value.getText() === next.getText() || isLiteral(value) || isLiteral(next)) return false;
  const [was, becomes] = [value, next].map((node) => checker.getTypeAtLocation(node));
  if (was.flags & ts.TypeFlags.Any || becomes.flags & ts.TypeFlags.Any) return false;
  const expected = ts.isExpression(value) ? checker.getContextualType(value) : undefined;
  return checker.isTypeAssignableTo(becomes, expected ?? checker.getBaseTypeOfLiteralType(was));
}

const isLiteral = (node) =>
  ts.isLiteralExpression(node) || ts.isArrowFunction(node) || ts.isObjectLiteralExpression(node);
