// Validators for input: each returns the typed value or throws a TypeError that names the field.

/** @throws {TypeError} */
export function asRecord(input: unknown, name: string): Record<string, unknown> {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new TypeError(`${name} must be an object`);
  }
  return input as Record<string, unknown>;
}

/** @throws {TypeError} that lists the known names */
export function rejectUnknown(fields: Record<string, unknown>, known: readonly string[], name = ""): void {
  const unknown = Object.keys(fields).filter((field) => !known.includes(field));
  if (unknown.length > 0) {
    throw new TypeError(
      `${name === "" ? "" : `${name}: `}unknown: ${unknown.join(", ")}; known: ${known.join(", ")}`,
    );
  }
}

/** @throws {TypeError} */
export function integer(input: unknown, name: string, least: number, most: number): number {
  if (typeof input !== "number" || !Number.isInteger(input) || input < least || input > most) {
    throw new TypeError(`${name} must be a whole number from ${least} to ${most}`);
  }
  return input;
}

/** @throws {TypeError} */
export function text(input: unknown, name: string): string {
  if (typeof input !== "string") throw new TypeError(`${name} must be a string`);
  return input;
}

/** @param most UTF-16 units. @returns a reader that throws TypeError */
export function textUpTo(most: number): (input: unknown, name: string) => string {
  return (input, name) => {
    if (typeof input !== "string" || input.length > most) {
      throw new TypeError(`${name} must be a string of at most ${most} characters`);
    }
    return input;
  };
}

/** @throws {TypeError} */
export function flag(input: unknown, name: string): boolean {
  if (typeof input !== "boolean") throw new TypeError(`${name} must be true or false`);
  return input;
}

/** @throws {TypeError} */
export function texts(input: unknown, name: string): string[] {
  if (!Array.isArray(input)) throw new TypeError(`${name} must be a list of strings`);
  return input.map((item, index) => text(item, `${name}[${index}]`));
}

/** @throws {TypeError} that lists the choices */
export function oneOf<Choice extends string | number | boolean>(
  input: unknown,
  name: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((candidate) => candidate === input);
  if (choice === undefined) throw new TypeError(`${name} must be one of ${choices.join(", ")}`);
  return choice;
}

/** Reads the fields of a patch that are present. @throws {TypeError} from the reader of a field */
export function readPresent<Patch extends object>(
  fields: Record<string, unknown>,
  readers: { readonly [Name in keyof Patch]-?: (input: unknown, name: string) => Patch[Name] },
  prefix = "",
): Patch {
  const entries = (Object.keys(readers) as (keyof Patch & string)[])
    .filter((name) => fields[name] !== undefined)
    .map((name) => [name, readers[name](fields[name], `${prefix}${name}`)]);
  return Object.fromEntries(entries) as Patch;
}
